// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOperatorRegistry} from "../../interfaces/IOperatorRegistry.sol";

/// @title RegistryLedger
/// @dev Who the operators are, for the parts of OperatorRegistry.
abstract contract RegistryLedger is IOperatorRegistry {
    uint256 public operatorCount;
    mapping(uint256 operatorId => Operator) internal _operators;

    modifier onlyOwner(uint256 operatorId) {
        if (msg.sender != operator(operatorId).owner) revert Unauthorized(msg.sender);
        _;
    }

    /// @inheritdoc IOperatorRegistry
    function operator(uint256 operatorId) public view returns (Operator memory) {
        _requireOperator(operatorId);
        return _operators[operatorId];
    }

    function _requireOperator(uint256 operatorId) internal view {
        if (operatorId == 0 || operatorId > operatorCount) revert OperatorNotFound(operatorId);
    }
}
