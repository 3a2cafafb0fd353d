// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidatorAccounts} from "../interfaces/IValidatorAccounts.sol";
import {Epoch, Gwei} from "../libraries/Units.sol";
import {Deposits, DepositWord} from "./DepositWord.sol";
import {ValidatorIndices} from "./ValidatorIndices.sol";

/// @title ValidatorAccounting
/// @dev What every step of a validator keeps right: deposits in flight, keys that still wait for ETH, keys that leave.
abstract contract ValidatorAccounting is ValidatorIndices {
    using DepositWord for bytes32;

    /// @dev One slot.
    /// @param withdrawableEpoch 0 until it is proven; a slashing moves it.
    /// @param earlierEpoch The one known before report `seenInReport` began, which goes by it.
    /// @param seenInReport `REPORT.number()` at the last proof of the epoch.
    /// @param pendingInReport Report since whose start the deposit was seen in the queue.
    struct LeavingTopUp {
        Epoch withdrawableEpoch;
        Epoch earlierEpoch;
        uint64 seenInReport;
        uint64 pendingInReport;
    }

    mapping(bytes32 validatorId => LeavingTopUp) internal _leavingTopUps;

    uint256 internal _leavingTopUpCount;

    function _addInFlight(Gwei amount) internal {
        _totals.inFlightGwei = Gwei.wrap(Gwei.unwrap(_totals.inFlightGwei) + Gwei.unwrap(amount));
    }

    function _subtractInFlight(Gwei amount) internal {
        _totals.inFlightGwei = Gwei.wrap(Gwei.unwrap(_totals.inFlightGwei) - Gwei.unwrap(amount));
    }

    /// @dev From here on no ETH goes to the key any more. A slashed one may have been leaving before.
    function _leave(bytes32 validatorId, ValidatorRecord storage record, ValidatorState state) internal {
        ValidatorState before = record.state;
        if (before == ValidatorState.Exiting && state == ValidatorState.Slashed) {
            _stopEarning(record);
            record.state = state;
            emit IValidatorAccounts.SlashingRecorded(validatorId);
            return;
        }
        if (before != ValidatorState.Proven && before != ValidatorState.Active) {
            revert WrongState(validatorId, before, ValidatorState.Active);
        }
        if (state == ValidatorState.Slashed) _stopEarning(record);
        record.state = state;
        Deposits memory deposits = record.word.unpack();
        if (before == ValidatorState.Proven) _leavePending(record.setId, deposits);
        _uncommit(_missingWei(deposits.sentGwei));
        if (Gwei.unwrap(deposits.topUpGwei) != 0) _countLeavingTopUp();
        _markSpecial(record.validatorIndex);
        if (state == ValidatorState.Slashed) emit IValidatorAccounts.SlashingRecorded(validatorId);
        else emit IValidatorAccounts.ExitRecorded(validatorId);
        SETS.keyExiting(record.setId, record.generation);
    }

    /// @dev Fees go by stake that arrived, until the key is withdrawn. A slashed key earns nothing for its set.
    function _changeEarning(ValidatorRecord storage record, int256 changeWei) internal {
        if (record.state != ValidatorState.Slashed) FEES.onStakeChanged(record.setId, changeWei);
    }

    function _stopEarning(ValidatorRecord storage record) internal {
        Deposits memory deposits = record.word.unpack();
        uint256 stakeWei = deposits.sentGwei.toWei() - deposits.topUpGwei.toWei() - PREDEPOSIT_WEI;
        stakeWei += deposits.extraStakes * TARGET_BALANCE_WEI;
        if (stakeWei > 0) _changeEarning(record, -int256(stakeWei));
    }

    /// @dev A Proven key that was not topped up no longer waits for it.
    function _leavePending(uint256 setId, Deposits memory deposits) internal {
        if (deposits.sentGwei.toWei() > PREDEPOSIT_WEI) return;
        _setRecords[setId].pendingKeyCount--;
        _totals.provenKeyCount--;
    }

    /// @dev The key stops being live: as Withdrawn, Foreign or Expired.
    function _end(bytes32 validatorId, ValidatorRecord storage record, ValidatorState state, bool wasExiting) internal {
        uint256 setId = record.setId;
        record.state = state;
        _setRecords[setId].liveKeyCount--;
        SETS.keyRetired(setId, record.generation, wasExiting);
        CHANGES.keyRetired(setId, validatorId);
    }

    /// @dev Told to the pool, *because* a deposit must not pay for asking. A key leaves once, and nothing is sent to one
    /// that leaves: it is counted once, until a report settles the top-up.
    function _countLeavingTopUp() private {
        if (_leavingTopUpCount++ == 0) POOL.setTopUpLeaving(true);
    }

    function _uncountLeavingTopUp() internal {
        if (--_leavingTopUpCount == 0) POOL.setTopUpLeaving(false);
    }

    /// @dev Reports are due while any key has the pool's ETH.
    function _countDeposited() internal {
        if (_totals.depositedKeyCount++ == 0) POOL.setReportClock(true);
    }

    function _uncountDeposited() internal {
        if (--_totals.depositedKeyCount == 0) POOL.setReportClock(false);
    }
}
