// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IValidatorEndings} from "../interfaces/IValidatorEndings.sol";
import {IValidatorExits} from "../interfaces/IValidatorExits.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Epoch, FAR_FUTURE_EPOCH, Gwei, toGwei} from "../libraries/Units.sol";
import {CredentialProofs} from "./CredentialProofs.sol";
import {Deposits, DepositWord} from "./DepositWord.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title ValidatorEndings
/// @dev The ways down: an exit or a slashing seen on the beacon chain, the last withdrawal, keys that never began.
/// Part of ValidatorManager, which runs this code on its own storage; called directly it knows no validator.
contract ValidatorEndings is CredentialProofs, IValidatorEndings {
    using DepositWord for bytes32;

    /// @dev In days; ceremonies and deposits take hours.
    uint256 private constant KEY_LIFETIME_DAYS = 30;

    constructor(Wiring memory w, Parameters memory parameters) ValidatorLedger(w, parameters) {}

    /// @inheritdoc IValidatorEndings
    function proveForeign(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        ValidatorRecord storage record = _validators[validatorId];
        bool predeposited = record.state == ValidatorState.Predeposited;
        if (!predeposited) _requireState(validatorId, ValidatorState.KeyVerified);
        _requireValidator(VERIFIERS.current(), validatorId, anchor, proof);
        if (proof.validator.withdrawalCredentials == withdrawalCredentials) revert CredentialsAreOurs(validatorId);

        uint256 setId = record.setId;
        uint256 reservedShares = record.reservedShares;
        record.reservedShares = 0;
        _setRecords[setId].pendingKeyCount--;
        emit ForeignCredentials(validatorId, setId, proof.validator.withdrawalCredentials);
        if (predeposited) {
            _uncommit(TARGET_BALANCE_WEI - PREDEPOSIT_WEI);
            _subtractInFlight(toGwei(PREDEPOSIT_WEI));
            _uncountDeposited();
        } else {
            _uncommit(TARGET_BALANCE_WEI);
        }
        // Bars the set as well, even where nothing was reserved yet.
        SETS.burnReserved(setId, record.configuration, reservedShares);
        _end(validatorId, record, ValidatorState.Foreign, false);
    }

    /// @inheritdoc IValidatorEndings
    function recordExit(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        Epoch exitEpoch = proof.validator.exitEpoch;
        if (!(exitEpoch != FAR_FUTURE_EPOCH)) revert ValidatorIsNotExiting(validatorId);
        ValidatorRecord storage record = _validators[validatorId];
        if (record.state == ValidatorState.Predeposited) _prove(validatorId, anchor, proof);
        else _requireValidator(VERIFIERS.current(), validatorId, anchor, proof);

        if (!_isLeaving(record.state)) _leave(validatorId, record, ValidatorState.Exiting);
        if (Gwei.unwrap(record.word.unpack().topUpGwei) != 0) {
            LeavingTopUp storage top = _leavingTopUps[validatorId];
            uint64 reportNumber = REPORT.number();
            if (top.seenInReport != reportNumber) top.earlierEpoch = top.withdrawableEpoch;
            top.seenInReport = reportNumber;
            top.withdrawableEpoch = proof.validator.withdrawableEpoch;
        }
        emit ExitSeen(validatorId, exitEpoch, proof.validator.withdrawableEpoch);
    }

    /// @inheritdoc IValidatorEndings
    function provePendingTopUp(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.PendingDepositProof calldata proof
    ) external {
        Deposits memory deposits = _validators[validatorId].word.unpack();
        if (proof.deposit.pubkeyRoot != validatorId) revert PubkeyMismatch(validatorId, proof.deposit.pubkeyRoot);
        if (!_isLeaving(_validators[validatorId].state) || Gwei.unwrap(deposits.topUpGwei) == 0) {
            revert NoTopUpInFlight(validatorId);
        }
        if (Gwei.unwrap(proof.deposit.amountGwei) != Gwei.unwrap(deposits.topUpGwei)) {
            revert DepositAmountMismatch(validatorId, proof.deposit.amountGwei, deposits.topUpGwei);
        }
        // Seen in the queue after the cut, it was there at the cut as well.
        uint64 startedAt = REPORT.startedAt();
        if (anchor.timestamp < startedAt) revert AnchorTooOld(anchor.timestamp, startedAt);
        IBeaconVerifier verifier = VERIFIERS.current();
        verifier.verifyHeader(anchor.timestamp, anchor.header);
        verifier.verifyPendingDeposit(anchor.header.slot, anchor.header.stateRoot, proof);
        _leavingTopUps[validatorId].pendingInReport = REPORT.number();
    }

    /// @inheritdoc IValidatorEndings
    function recordWithdrawn(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof,
        IBeaconVerifier.BalancesProof calldata balances
    ) external {
        ValidatorRecord storage record = _validators[validatorId];
        uint64 validatorIndex = record.validatorIndex;
        IBeaconVerifier verifier = VERIFIERS.current();
        _requireValidator(verifier, validatorId, anchor, proof);
        if (!_isLeaving(record.state)) _leave(validatorId, record, ValidatorState.Exiting);

        Epoch proofEpoch = verifier.epochOf(anchor.header.slot);
        if (proof.validator.withdrawableEpoch > proofEpoch) {
            revert NotWithdrawable(validatorId, proof.validator.withdrawableEpoch, proofEpoch);
        }
        // *Because* the end of the key frees the bonds that pay for its slashing.
        if (proof.validator.slashed && !SLASHINGS.isSettled(validatorId)) revert SlashingNotSettled(validatorId);
        Gwei balance = _provenBalance(verifier, validatorIndex, anchor.header, balances);
        if (Gwei.unwrap(balance) != 0) revert BalanceLeft(validatorId, balance);
        Deposits memory deposits = record.word.unpack();
        if (Gwei.unwrap(deposits.topUpGwei) != 0) revert TopUpInFlight(validatorId);

        if (record.requestOpen) _requireNoneConsolidates(validatorId);
        emit Withdrawn(validatorId);
        _stopEarning(record);
        _uncountDeposited();
        _end(validatorId, record, ValidatorState.Withdrawn, true);
        if (deposits.extraStakes > 0) SETS.releaseStake(record.setId, deposits.extraStakes * TARGET_BALANCE_WEI);
        if (!REPORT.isOpen()) _forget(validatorIndex);
    }

    /// @inheritdoc IValidatorEndings
    function forget(bytes32 validatorId) external {
        _requireState(validatorId, ValidatorState.Withdrawn);
        if (REPORT.isOpen()) revert ReportIsOpen();
        uint64 validatorIndex = _validators[validatorId].validatorIndex;
        if (_validatorIds[validatorIndex] != validatorId) revert AlreadyForgotten(validatorId);
        _forget(validatorIndex);
    }

    /// @inheritdoc IValidatorEndings
    function expireKey(bytes32 validatorId) external {
        _requireState(validatorId, ValidatorState.KeyVerified);
        ValidatorRecord storage record = _validators[validatorId];
        uint256 expiresAt = record.since + KEY_LIFETIME_DAYS * DAY;
        if (block.timestamp <= expiresAt && POOL.closedAt() == 0) revert KeyNotExpired(validatorId, expiresAt);
        _setRecords[record.setId].pendingKeyCount--;
        _uncommit(TARGET_BALANCE_WEI);
        emit KeyExpired(validatorId);
        _end(validatorId, record, ValidatorState.Expired, false);
    }

    /// @dev *Because* what arrives at a key that no report counts any more looks like a loss until it is swept.
    function _requireNoneConsolidates(bytes32 validatorId) private view {
        IValidatorExits.Kind kind = IValidatorExits(EXITS).request(validatorId).kind;
        if (kind == IValidatorExits.Kind.ConsolidationTarget) revert ConsolidationInFlight(validatorId);
    }

    function _isLeaving(ValidatorState state) private pure returns (bool) {
        return state == ValidatorState.Exiting || state == ValidatorState.Slashed;
    }
}
