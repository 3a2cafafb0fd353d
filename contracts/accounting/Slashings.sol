// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IBalanceReport} from "../interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {ISlashings} from "../interfaces/ISlashings.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Epoch, Gwei, Slot} from "../libraries/Units.sol";
import {FreezeBudget} from "./slashings/FreezeBudget.sol";
import {SlashingCharges} from "./slashings/SlashingCharges.sol";
import {SlashingPenalties} from "./slashings/SlashingPenalties.sol";

/// @title Slashings
/// @dev The loss of a slashed validator is followed by falls of its proven balance, not as old balance less new one,
/// *because* a balance proven before the slashing may be one before a withdrawal, and bonds must not pay for ETH that the
/// pool received. What no proof shows (the penalty of the slashing itself, the time until the first and after the last
/// proof) is counted by formula.
contract Slashings is SlashingCharges, ISlashings {
    using Checkpoints for Checkpoints.Trace208;
    using FreezeBudget for FreezeBudget.Budget;
    using SafeCast for uint256;

    /// @dev Two slots. @param balanceGwei Last one proven before the withdrawable epoch; 0 before the first.
    /// @param epoch Of that balance; of the slashing before the first.
    /// @param reportNumber `REPORT.number()` at the slashed proof: later reports value the key, none before does.
    struct Record {
        uint64 effectiveGwei;
        uint64 balanceGwei;
        uint64 lossGwei;
        uint64 remainingGwei;
        uint32 setId;
        uint32 generation;
        uint32 epoch;
        uint32 withdrawableEpoch;
        uint32 reportNumber;
        uint88 reservedWei;
        bool settled;
    }

    /// @param reportNumber `REPORT.number()` at the last slashed proof.
    /// @param earlierGwei Recorded as slashed before that number's report began: what it counts, *because* a proof in
    /// between must not make the sum of a report depend on who was proven before it.
    struct Recent {
        uint64 reportNumber;
        uint192 earlierGwei;
    }

    uint256 private constant FREEZE_PERIOD_DAYS = 30;

    IParameters public immutable PARAMETERS;
    IVerifierReplacement public immutable VERIFIERS;
    IValidatorManager public immutable MANAGER;
    IBalanceReport public immutable REPORT;
    uint64 public immutable DAY;

    FreezeBudget.Budget private _freeze;

    /// @dev `REPORT.number()` at the last slashed proof that stopped fills.
    uint64 private _frozenInReport;
    Recent private _recent;

    /// @dev Sum of effective balances by the epoch in which they were recorded, which is never before the slashing.
    Checkpoints.Trace208 private _slashedGwei;
    mapping(bytes32 validatorId => Record) private _records;

    constructor(Wiring memory w) SlashingCharges(w) {
        PARAMETERS = IParameters(w.parameters);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        MANAGER = IValidatorManager(w.manager);
        REPORT = IBalanceReport(w.report);
        DAY = w.day;
    }

    /// @inheritdoc ISlashings
    function recordSlashed(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        if (_records[validatorId].withdrawableEpoch != 0) revert AlreadyRecorded(validatorId);
        IBeaconVerifier verifier = VERIFIERS.current();
        verifier.verifyHeader(anchor.timestamp, anchor.header);
        Slot slot = anchor.header.slot;
        bytes32 pubkeyRoot = verifier.verifyValidator(slot, anchor.header.stateRoot, proof);
        if (pubkeyRoot != validatorId) revert PubkeyMismatch(validatorId, pubkeyRoot);
        if (!proof.validator.slashed) revert NotSlashed(validatorId);

        IValidatorManager.Validator memory validator = MANAGER.validator(validatorId);
        uint256 epoch = _presentEpoch(verifier);
        uint256 effectiveGwei = Gwei.unwrap(proof.validator.effectiveBalanceGwei);
        uint64 reportNumber = REPORT.number();
        _countSlashed(epoch, effectiveGwei, reportNumber);
        uint256 vector = verifier.EPOCHS_PER_SLASHINGS_VECTOR();
        uint256 withdrawable = Epoch.unwrap(proof.validator.withdrawableEpoch);
        Record memory record;
        record.effectiveGwei = effectiveGwei.toUint64();
        record.lossGwei = SlashingPenalties.initialUp(effectiveGwei).toUint64();
        record.setId = validator.setId.toUint32();
        record.generation = validator.generation;
        record.withdrawableEpoch = withdrawable.toUint32();
        record.epoch = (withdrawable - vector).toUint32();
        record.reportNumber = uint256(reportNumber).toUint32();
        record.remainingGwei = _remainingUp(record, _market(verifier, epoch, _slashedGwei.latest())).toUint64();
        emit ValidatorSlashed(validatorId, validator.setId, slot, proof.validator.withdrawableEpoch);

        MANAGER.markSlashed(validatorId);
        _openCharge(_keyOf(validatorId, record));
        _reserve(validatorId, record);
        _records[validatorId] = record;
        REPORT.allowEarlyStart();
        if (epoch < withdrawable) _stopFills(reportNumber);
    }

    /// @inheritdoc ISlashings
    function raiseReserve(bytes32 validatorId) external returns (uint256 reservedWei) {
        Record memory record = _requireUnsettled(validatorId);
        IBeaconVerifier verifier = VERIFIERS.current();
        SlashingPenalties.Market memory market = _market(verifier, _presentEpoch(verifier), _slashedGwei.latest());
        record.remainingGwei = Math.max(record.remainingGwei, _remainingUp(record, market)).toUint64();
        reservedWei = _reserve(validatorId, record);
        _records[validatorId] = record;
        _emitValued(validatorId, record);
    }

    /// @inheritdoc ISlashings
    function valueReductionWei(
        bytes32 validatorId,
        Gwei balance,
        Slot slot,
        uint64 reportNumber
    ) external returns (int256 reductionWei) {
        if (msg.sender != address(REPORT)) revert Unauthorized(msg.sender);
        Record memory record = _records[validatorId];
        if (record.settled || record.reportNumber >= reportNumber) return 0;
        IBeaconVerifier verifier = VERIFIERS.current();
        uint256 epoch = Epoch.unwrap(verifier.epochOf(slot));
        uint256 expectedGwei = 0;
        if (epoch < record.withdrawableEpoch) {
            uint256 slashedGwei = _recent.reportNumber >= reportNumber ? _recent.earlierGwei : _slashedGwei.latest();
            _follow(record, Gwei.unwrap(balance), epoch, _market(verifier, epoch, slashedGwei));
            expectedGwei = record.remainingGwei;
        }
        // What is reserved only now counts from the next report on, *because* bonds that several keys share would
        // answer for more or less by the order in which these are proven.
        uint256 answeredWei = Math.min(_lossWei(record), record.reservedWei);
        _reserve(validatorId, record);
        _records[validatorId] = record;
        _emitValued(validatorId, record);
        return int256(expectedGwei * GWEI_IN_WEI) - int256(answeredWei);
    }

    /// @inheritdoc ISlashings
    function onReportFinished(uint64 reportNumber) external {
        if (msg.sender != address(REPORT)) revert Unauthorized(msg.sender);
        if (reportNumber > _frozenInReport && _freeze.lift()) POOL.unfreeze();
    }

    /// @inheritdoc ISlashings
    function settle(bytes32 validatorId) external returns (uint256 chargedWei) {
        Record memory record = _requireUnsettled(validatorId);
        uint256 epoch = _presentEpoch(VERIFIERS.current());
        if (epoch < record.withdrawableEpoch) {
            revert NotWithdrawable(validatorId, Epoch.wrap(record.withdrawableEpoch), Epoch.wrap(uint64(epoch)));
        }
        uint256 lossWei = _lossWei(record);
        // What is reserved for other slashings of the set is theirs, *because* reports count on it.
        uint256 shares = POOL.convertToShares(Math.min(lossWei, _reserve(validatorId, record)));
        record.settled = true;
        _records[validatorId] = record;
        uint256 charged = _settleCharge(_keyOf(validatorId, record), record.reservedWei, shares);
        chargedWei = POOL.convertToAssets(charged);
        emit SlashingSettled(validatorId, lossWei, chargedWei);
    }

    /// @inheritdoc ISlashings
    function isSettled(bytes32 validatorId) external view returns (bool) {
        return _records[validatorId].settled;
    }

    /// @inheritdoc ISlashings
    function slashing(bytes32 validatorId) external view returns (Slashing memory) {
        Record memory record = _records[validatorId];
        return
            Slashing({
                setId: record.setId,
                withdrawableEpoch: Epoch.wrap(record.withdrawableEpoch),
                effectiveGwei: Gwei.wrap(record.effectiveGwei),
                balanceGwei: Gwei.wrap(record.balanceGwei),
                lossGwei: Gwei.wrap(record.lossGwei),
                remainingGwei: Gwei.wrap(record.remainingGwei),
                reservedWei: record.reservedWei,
                settled: record.settled
            });
    }

    /// @inheritdoc ISlashings
    function frozenUntil() external view returns (uint64) {
        return _freeze.until;
    }

    /// @inheritdoc ISlashings
    function recentlySlashedGwei() external view returns (Gwei) {
        IBeaconVerifier verifier = VERIFIERS.current();
        return Gwei.wrap(_market(verifier, _presentEpoch(verifier), _slashedGwei.latest()).slashedGwei.toUint64());
    }

    function _countSlashed(uint256 epoch, uint256 effectiveGwei, uint64 reportNumber) private {
        uint256 earlierGwei = _slashedGwei.latest();
        if (_recent.reportNumber != reportNumber) _recent = Recent(reportNumber, earlierGwei.toUint192());
        _slashedGwei.push(epoch.toUint48(), (earlierGwei + effectiveGwei).toUint208());
    }

    function _stopFills(uint64 reportNumber) private {
        _frozenInReport = reportNumber;
        uint256 maximum = PARAMETERS.get(Parameter.FreezeMaximumSeconds);
        uint256 until = _freeze.freeze(maximum, FREEZE_PERIOD_DAYS * DAY);
        if (until > block.timestamp) POOL.freeze(uint64(until));
    }

    /// @dev Takes a balance of before the withdrawable epoch into the account. Withdrawals of what is above the maximum are
    /// no penalties.
    function _follow(
        Record memory record,
        uint256 balanceGwei,
        uint256 epoch,
        SlashingPenalties.Market memory market
    ) private pure {
        uint256 capped = Math.min(balanceGwei, SlashingPenalties.MAX_EFFECTIVE_GWEI);
        uint256 fallGwei =
            record.balanceGwei == 0
                ? SlashingPenalties.betweenUp(
                    record.effectiveGwei,
                    record.epoch,
                    epoch,
                    record.withdrawableEpoch,
                    market
                )
                : Math.saturatingSub(record.balanceGwei, capped);
        record.lossGwei += fallGwei.toUint64();
        record.balanceGwei = capped.toUint64();
        record.epoch = epoch.toUint32();
        record.remainingGwei = Math.min(_remainingUp(record, market), balanceGwei).toUint64();
    }

    /// @dev Penalties after the last proven balance; before the first, all after that of the slashing itself.
    function _remainingUp(Record memory record, SlashingPenalties.Market memory market) private pure returns (uint256) {
        uint256 effectiveGwei =
            record.balanceGwei == 0 ? record.effectiveGwei : SlashingPenalties.effectiveAtMost(record.balanceGwei);
        return
            SlashingPenalties.betweenUp(
                effectiveGwei,
                record.epoch,
                record.withdrawableEpoch,
                record.withdrawableEpoch,
                market
            );
    }

    function _reserve(bytes32 validatorId, Record memory record) private returns (uint256 reservedWei) {
        uint256 lossWei = _lossWei(record);
        reservedWei = record.reservedWei;
        if (lossWei > reservedWei) {
            reservedWei = _reserveMore(_keyOf(validatorId, record), reservedWei, lossWei);
            record.reservedWei = reservedWei.toUint88();
        }
    }

    function _emitValued(bytes32 validatorId, Record memory record) private {
        emit SlashingValued(
            validatorId,
            Gwei.wrap(record.balanceGwei),
            Gwei.wrap(record.lossGwei),
            Gwei.wrap(record.remainingGwei),
            record.reservedWei
        );
    }

    /// @param slashedGwei Of all that was ever recorded; what is older than the vector at `epoch` comes off.
    function _market(
        IBeaconVerifier verifier,
        uint256 epoch,
        uint256 slashedGwei
    ) private view returns (SlashingPenalties.Market memory market) {
        market.totalActiveGwei = PARAMETERS.get(Parameter.TotalActiveWei) / GWEI_IN_WEI;
        market.minimumBps = PARAMETERS.get(Parameter.CorrelationMinimumBps);
        market.factorBps = PARAMETERS.get(Parameter.CorrelationFactorBps);
        market.vectorEpochs = verifier.EPOCHS_PER_SLASHINGS_VECTOR();
        market.slashedGwei = slashedGwei;
        if (epoch >= market.vectorEpochs) {
            market.slashedGwei -= _slashedGwei.upperLookupRecent(uint48(epoch - market.vectorEpochs));
        }
    }

    /// @dev No report counts on the reserve meanwhile. A closed pool has no more reports.
    function _requireUnsettled(bytes32 validatorId) private view returns (Record memory record) {
        record = _records[validatorId];
        if (record.withdrawableEpoch == 0) revert NotRecorded(validatorId);
        if (record.settled) revert AlreadySettled(validatorId);
        if (REPORT.isOpen() && POOL.closedAt() == 0) revert ReportOpen(REPORT.number());
    }

    function _presentEpoch(IBeaconVerifier verifier) private view returns (uint256) {
        return Epoch.unwrap(verifier.epochOf(verifier.slotAt(block.timestamp)));
    }

    function _keyOf(bytes32 validatorId, Record memory record) private pure returns (Key memory) {
        return Key(validatorId, record.setId, record.generation);
    }

    function _lossWei(Record memory record) private pure returns (uint256) {
        return (uint256(record.lossGwei) + record.remainingGwei) * GWEI_IN_WEI;
    }
}
