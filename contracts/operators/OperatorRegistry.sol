// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {NodeKeys} from "./registry/NodeKeys.sol";
import {OperatorBonds} from "./registry/OperatorBonds.sol";

/// @title OperatorRegistry
contract OperatorRegistry is NodeKeys, OperatorBonds {
    uint256 private constant MAX_MULTIADDRS_LENGTH = 512;
    uint256 private constant MAX_URI_LENGTH = 256;

    constructor(Wiring memory w) OperatorBonds(w) {}

    /// @inheritdoc IOperatorRegistry
    function register(
        Registration calldata registration,
        bytes calldata proofOfPossession
    ) external returns (uint256 operatorId) {
        _requireText(registration.multiaddrs, MAX_MULTIADDRS_LENGTH);
        _requireText(registration.uri, MAX_URI_LENGTH);
        if (registration.payout == address(0)) revert ZeroAddress();
        address nodeKey = _freshNodeKey(registration.nodePublicKey);
        _requireRegistrationProof(nodeKey, registration.payout, proofOfPossession);

        operatorId = ++operatorCount;
        operatorIdOf[nodeKey] = operatorId;
        _operators[operatorId] = Operator(msg.sender, nodeKey, registration.payout);
        emit OperatorRegistered(
            operatorId,
            msg.sender,
            nodeKey,
            registration.nodePublicKey,
            registration.payout,
            registration.multiaddrs,
            registration.uri
        );
    }

    /// @inheritdoc IOperatorRegistry
    function setMultiaddrs(uint256 operatorId, string calldata multiaddrs) external onlyOwner(operatorId) {
        _requireText(multiaddrs, MAX_MULTIADDRS_LENGTH);
        emit MultiaddrsChanged(operatorId, multiaddrs);
    }

    /// @inheritdoc IOperatorRegistry
    function setUri(uint256 operatorId, string calldata uri) external onlyOwner(operatorId) {
        _requireText(uri, MAX_URI_LENGTH);
        emit UriChanged(operatorId, uri);
    }

    /// @inheritdoc IOperatorRegistry
    function setPayout(uint256 operatorId, address payout) external onlyOwner(operatorId) {
        if (payout == address(0)) revert ZeroAddress();
        _operators[operatorId].payout = payout;
        emit PayoutChanged(operatorId, payout);
    }

    function _requireText(string calldata text, uint256 maximum) private pure {
        if (bytes(text).length > maximum) revert TextTooLong(bytes(text).length, maximum);
    }
}
