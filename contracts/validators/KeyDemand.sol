// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKeyRequests} from "../interfaces/IKeyRequests.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title KeyDemand
/// @dev Whether the pool needs keys, and whether a set may make them.
abstract contract KeyDemand is ValidatorLedger, IKeyRequests {
    uint256 internal constant MAX_KEYS_PER_REQUEST = 20;

    /// @dev Keys a set may have ready ahead of deposits, so that a deposit need not wait for a ceremony.
    uint256 private constant SPARE_KEYS = 2;

    /// @dev *Because* a key made while a new sharing is under way would have no shares in it, one of a set that
    /// leavers wait for would bind their bonds anew, and a set that let a key go foreign may do it again.
    function _requireAcceptsKeys(uint256 setId) internal view {
        if (!_acceptsKeys(setId)) revert SetTakesNoKeys(setId);
    }

    /// @dev Whether `requestKeys` would accept this request now.
    function _canRequestKeys(uint256 setId, uint32 keyCount) internal view returns (bool) {
        SetRecord memory set = _setRecords[setId];
        return
            keyCount > 0 &&
            keyCount <= MAX_KEYS_PER_REQUEST &&
            set.openRequestId == 0 &&
            block.timestamp >= set.skippedUntil &&
            _acceptsKeys(setId) &&
            POOL.acceptsNewKeys() &&
            _hasDemand(setId, keyCount) &&
            SETS.canTakeStake(setId, keyCount * TARGET_BALANCE_WEI);
    }

    function _acceptsKeys(uint256 setId) private view returns (bool) {
        return CHANGES.acceptsKeys(setId);
    }

    function _hasDemand(uint256 setId, uint32 keyCount) internal view returns (bool) {
        if (_setRecords[setId].pendingKeyCount + keyCount <= SPARE_KEYS) return true;
        return committedWei() + keyCount * TARGET_BALANCE_WEI <= POOL.unallocatedWei();
    }
}
