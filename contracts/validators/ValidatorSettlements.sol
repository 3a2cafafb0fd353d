// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidatorAccounts} from "../interfaces/IValidatorAccounts.sol";
import {Epoch, Gwei} from "../libraries/Units.sol";
import {Deposits, DepositWord} from "./DepositWord.sol";
import {ValidatorAccounting} from "./ValidatorAccounting.sol";

/// @title ValidatorSettlements
/// @dev How validators count. Whether a deposit has arrived is decided by the validator's own balance, never by the
/// order of the deposit queue, *because* same-slot neighbours, entries of slot 0 and re-queued deposits make that
/// order lie both ways.
abstract contract ValidatorSettlements is ValidatorAccounting, IValidatorAccounts {
    using DepositWord for bytes32;
    using DepositWord for Deposits;

    /// @dev A top-up of x has arrived at balance ≥ stored + x − x / 16: penalties meanwhile are far smaller.
    uint64 private constant TOLERANCE_DIVISOR = 16;

    /// @dev Part of a day. *Because* who starts a report could prove the validator in the same transaction, before
    /// anybody can show that its top-up waits in the queue: a loss booked at once, and deposits at a rate without it.
    uint64 private constant GRACE_DIVISOR = 8;

    /// @inheritdoc IValidatorAccounts
    function settle(
        uint64 validatorIndex,
        Gwei balance,
        uint64 reportNumber
    ) external returns (Settlement memory settlement) {
        _requireCaller(address(REPORT));
        bytes32 validatorId = _validatorIds[validatorIndex];
        if (validatorId == 0) revert UnknownIndex(validatorIndex);
        ValidatorRecord storage record = _validators[validatorId];
        settlement.validatorId = validatorId;
        settlement.state = record.state;
        if (record.since >= reportNumber) return settlement;

        bool leaving = record.state != ValidatorState.Proven && record.state != ValidatorState.Active;
        settlement.counts = true;
        settlement.exiting = leaving || record.requestOpen;
        Deposits memory deposits = record.word.unpack();
        if (Gwei.unwrap(deposits.topUpGwei) != 0 && deposits.reportNumber < reportNumber) {
            bool arrived = _hasArrived(deposits, balance);
            bool missing = !arrived && leaving && _isMissing(validatorId, reportNumber);
            if (missing && block.timestamp < REPORT.startedAt() + DAY / GRACE_DIVISOR) {
                settlement.counts = false;
                return settlement;
            }
            if (arrived || missing) {
                settlement.creditedWei = deposits.topUpGwei.toWei();
                _settleTopUp(validatorId, record, deposits, arrived);
                if (leaving) _uncountLeavingTopUp();
            }
        }
        if (!settlement.exiting && Gwei.unwrap(deposits.topUpGwei) == 0) _unmarkSpecial(validatorIndex);
    }

    /// @inheritdoc IValidatorAccounts
    function markExiting(bytes32 validatorId) external {
        _requireCaller(EXITS);
        ValidatorRecord storage record = _validators[validatorId];
        if (record.state != ValidatorState.Exiting) _leave(validatorId, record, ValidatorState.Exiting);
    }

    /// @inheritdoc IValidatorAccounts
    function markSlashed(bytes32 validatorId) external {
        _requireCaller(address(SLASHINGS));
        _leave(validatorId, _validators[validatorId], ValidatorState.Slashed);
    }

    /// @inheritdoc IValidatorAccounts
    function setRequestOpen(bytes32 validatorId, bool open) external {
        _requireCaller(EXITS);
        ValidatorRecord storage record = _validators[validatorId];
        record.requestOpen = open;
        if (open) _markSpecial(record.validatorIndex);
    }

    /// @inheritdoc IValidatorAccounts
    function changeStake(bytes32 validatorId, bool more) external {
        _requireCaller(EXITS);
        ValidatorRecord storage record = _validators[validatorId];
        Deposits memory deposits = record.word.unpack();
        if (more) deposits.extraStakes++;
        else deposits.extraStakes--;
        record.word = deposits.pack();
        if (more) SETS.assignStake(record.setId, TARGET_BALANCE_WEI);
        else SETS.releaseStake(record.setId, TARGET_BALANCE_WEI);
        _changeEarning(record, more ? int256(TARGET_BALANCE_WEI) : -int256(TARGET_BALANCE_WEI));
    }

    /// @inheritdoc IValidatorAccounts
    function inFlightWei() external view returns (uint256) {
        return _totals.inFlightGwei.toWei();
    }

    /// @inheritdoc IValidatorAccounts
    function liveKeyCount(uint256 setId) external view returns (uint256) {
        return _setRecords[setId].liveKeyCount;
    }

    /// @inheritdoc IValidatorAccounts
    function accounted(uint256 word) external view returns (uint256) {
        return _groups[2 * word].accounted | (uint256(_groups[2 * word + 1].accounted) << GROUP_SIZE);
    }

    /// @inheritdoc IValidatorAccounts
    function special(uint256 word) external view returns (uint256) {
        return _groups[2 * word].special | (uint256(_groups[2 * word + 1].special) << GROUP_SIZE);
    }

    /// @inheritdoc IValidatorAccounts
    function groupOf(uint256 groupId) external view returns (uint128, uint128) {
        Group memory group = _groups[groupId];
        return (group.accounted, group.special);
    }

    /// @inheritdoc IValidatorAccounts
    function accountedCount() external view returns (uint256) {
        return _totals.accountedCount;
    }

    /// @inheritdoc IValidatorAccounts
    function leavingTopUps() external view returns (uint256) {
        return _leavingTopUpCount;
    }

    /// @inheritdoc IValidatorAccounts
    function validatorIdAt(uint64 validatorIndex) external view returns (bytes32) {
        return _validatorIds[validatorIndex];
    }

    function _settleTopUp(
        bytes32 validatorId,
        ValidatorRecord storage record,
        Deposits memory deposits,
        bool arrived
    ) private {
        Gwei amount = deposits.topUpGwei;
        _subtractInFlight(amount);
        deposits.topUpGwei = Gwei.wrap(0);
        if (!arrived) deposits.sentGwei = Gwei.wrap(Gwei.unwrap(deposits.sentGwei) - Gwei.unwrap(amount));
        record.word = deposits.pack();
        emit TopUpSettled(validatorId, amount.toWei(), arrived);
        if (arrived) _changeEarning(record, int256(amount.toWei()));
    }

    /// @dev Withdrawable, and nobody showed the deposit in the queue since the report began.
    function _isMissing(bytes32 validatorId, uint64 reportNumber) private view returns (bool) {
        LeavingTopUp memory top = _leavingTopUps[validatorId];
        Epoch withdrawable = top.seenInReport >= reportNumber ? top.earlierEpoch : top.withdrawableEpoch;
        if (Epoch.unwrap(withdrawable) == 0 || top.pendingInReport == reportNumber) return false;
        Epoch reported = VERIFIERS.current().epochOf(REPORT.slot());
        return !(withdrawable > reported);
    }

    function _hasArrived(Deposits memory deposits, Gwei balance) private pure returns (bool) {
        uint64 amount = Gwei.unwrap(deposits.topUpGwei);
        return Gwei.unwrap(balance) >= Gwei.unwrap(deposits.storedGwei) + amount - amount / TOLERANCE_DIVISOR;
    }
}
