// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameter} from "../../interfaces/IParameters.sol";
import {ISeatLists} from "../../interfaces/ISeatLists.sol";
import {SetLedger} from "./SetLedger.sol";

/// @title Eligibility
/// @dev Who may take a seat.
abstract contract Eligibility is SetLedger {
    function _isEligible(uint256 operatorId) internal view returns (bool) {
        ISeatLists.Standing memory stands = _standings[operatorId];
        if (stands.convicted) return false;
        if (stands.listed) return true;
        uint256 wait = _parameter(Parameter.OpenListSeconds);
        return stands.openSince != 0 && block.timestamp >= stands.openSince + wait;
    }

    /// @dev Whether the operator is on governance's list; reverts unless it may take a seat.
    function _requireEligible(uint256 operatorId) internal view returns (bool listed) {
        _ownerOf(operatorId);
        if (!_isEligible(operatorId)) revert ISeatLists.NotEligible(operatorId);
        return _standings[operatorId].listed;
    }

    /// @dev Open seats alone must never sign, *because* a hundred refundable identities would soon fill four of seven.
    function _requireListed(uint256[7] memory operatorIds) internal view {
        uint256 listed;
        for (uint256 i = 0; i < SEATS; i++) {
            if (_standings[operatorIds[i]].listed) listed++;
        }
        if (listed < THRESHOLD) revert ISeatLists.TooFewListed(listed, THRESHOLD);
    }
}
