// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IKeyRequests} from "../interfaces/IKeyRequests.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {Seats} from "../libraries/Seats.sol";
import {KeyDemand} from "./KeyDemand.sol";
import {ValidatorAccounting} from "./ValidatorAccounting.sol";

/// @title KeyRequests
/// @dev Anyone may ask a set for keys, so every limit against wasting the operators' work is here.
abstract contract KeyRequests is ValidatorAccounting, KeyDemand {
    using SafeCast for uint256;
    using Seats for uint8;

    /// @inheritdoc IKeyRequests
    function requestKeys(uint256 setId, uint32 keyCount) external returns (uint256 requestId) {
        _requireValidCount(keyCount);
        SetRecord storage set = _setRecords[setId];
        if (set.openRequestId != 0) revert RequestAlreadyOpen(setId, set.openRequestId);
        if (block.timestamp < set.skippedUntil) revert SetSkipped(setId, set.skippedUntil);
        _requireAcceptsKeys(setId);
        if (!POOL.acceptsNewKeys()) revert NewKeysStopped();
        if (!_hasDemand(setId, keyCount)) revert NoDemand(setId, committedWei(), POOL.unallocatedWei());

        uint256 stakeWei = keyCount * TARGET_BALANCE_WEI;
        uint64 configuration = CHANGES.configuration(setId);
        uint64 deadline = uint64(block.timestamp) + REQUEST_LIFETIME;
        requestId = ++_totals.requestCount;
        _requests[requestId] = RequestRecord(RequestState.Open, setId.toUint32(), keyCount, configuration, deadline, 0);
        set.openRequestId = uint64(requestId);
        set.pendingKeyCount += keyCount;
        _commit(stakeWei);
        emit KeysRequested(requestId, setId, configuration, keyCount, deadline);
        SETS.assignStake(setId, stakeWei);
    }

    /// @inheritdoc IKeyRequests
    function expireRequest(uint256 requestId) external {
        RequestRecord storage expired = _requests[requestId];
        if (expired.state != RequestState.Open) revert RequestNotOpen(requestId, expired.state);
        if (block.timestamp <= expired.deadline) revert RequestBeforeDeadline(requestId, expired.deadline);

        uint256 setId = expired.setId;
        uint256 stakeWei = expired.keyCount * TARGET_BALANCE_WEI;
        uint64 until = uint64(block.timestamp + PARAMETERS.get(Parameter.SetSkipSeconds));
        expired.state = RequestState.Expired;
        SetRecord storage set = _setRecords[setId];
        set.openRequestId = 0;
        set.skippedUntil = until;
        set.pendingKeyCount -= expired.keyCount;
        _uncommit(stakeWei);
        emit RequestExpired(requestId, setId, until);
        emit SeatsSilent(requestId, setId, Seats.ALL.except(expired.acknowledged));
        SETS.releaseStake(setId, stakeWei);
        SETS.setSuspended(setId, true);
    }

    /// @dev Reverts unless the request is open and not past its deadline.
    function _openRequest(uint256 requestId) internal view returns (RequestRecord storage found) {
        found = _requests[requestId];
        if (found.state != RequestState.Open) revert RequestNotOpen(requestId, found.state);
        if (block.timestamp > found.deadline) revert RequestPastDeadline(requestId, found.deadline);
    }

    /// @dev A set that delivered counts in the average again.
    function _completeRequest(RequestRecord storage completed) internal {
        completed.state = RequestState.Completed;
        _setRecords[completed.setId].openRequestId = 0;
        SETS.setSuspended(completed.setId, false);
    }

    function _requireValidCount(uint32 keyCount) private pure {
        if (keyCount == 0 || keyCount > MAX_KEYS_PER_REQUEST) {
            revert InvalidKeyCount(keyCount, MAX_KEYS_PER_REQUEST);
        }
    }
}
