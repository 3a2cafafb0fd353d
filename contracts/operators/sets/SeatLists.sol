// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISeatLists} from "../../interfaces/ISeatLists.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {SetLedger} from "./SetLedger.sol";

/// @title SeatLists
abstract contract SeatLists is SetLedger {
    /// @inheritdoc ISeatLists
    function setListed(uint256 operatorId, bool listed) external onlyGovernance {
        _ownerOf(operatorId);
        _standings[operatorId].listed = listed;
        emit OperatorListed(operatorId, listed);
    }

    /// @inheritdoc ISeatLists
    function joinOpenList(uint256 operatorId) external onlyOwnerOf(operatorId) {
        _standings[operatorId].openSince = uint64(block.timestamp);
        emit OpenListJoined(operatorId);
    }

    /// @inheritdoc ISeatLists
    function leaveOpenList(uint256 operatorId) external onlyOwnerOf(operatorId) {
        _standings[operatorId].openSince = 0;
        emit OpenListLeft(operatorId);
    }

    /// @inheritdoc ISeatLists
    function standing(uint256 operatorId) external view returns (Standing memory) {
        return _standings[operatorId];
    }

    /// @inheritdoc ISeatLists
    function isListed(uint256 operatorId) external view returns (bool) {
        return _standings[operatorId].listed;
    }

    /// @inheritdoc ISeatLists
    function isEligible(uint256 operatorId) public view returns (bool) {
        Standing memory stands = _standings[operatorId];
        if (stands.convicted) return false;
        if (stands.listed) return true;
        uint256 wait = _parameter(Parameter.OpenListSeconds);
        return stands.openSince != 0 && block.timestamp >= stands.openSince + wait;
    }

    /// @dev Whether the operator is on governance's list; reverts unless it may take a seat.
    function _requireEligible(uint256 operatorId) internal view returns (bool listed) {
        _ownerOf(operatorId);
        if (!isEligible(operatorId)) revert NotEligible(operatorId);
        return _standings[operatorId].listed;
    }

    /// @dev Open seats alone must never sign, *because* a hundred refundable identities would soon fill four of seven.
    function _requireListed(uint256[7] memory operatorIds) internal view {
        uint256 listed;
        for (uint256 i = 0; i < SEATS; i++) {
            if (_standings[operatorIds[i]].listed) listed++;
        }
        if (listed < THRESHOLD) revert TooFewListed(listed, THRESHOLD);
    }
}
