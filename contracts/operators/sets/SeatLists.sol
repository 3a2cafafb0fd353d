// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISeatLists} from "../../interfaces/ISeatLists.sol";
import {Eligibility} from "./Eligibility.sol";

/// @title SeatLists
abstract contract SeatLists is ISeatLists, Eligibility {
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
    function isEligible(uint256 operatorId) external view returns (bool) {
        return _isEligible(operatorId);
    }
}
