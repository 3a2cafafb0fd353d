// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBalanceReport} from "../interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Slot} from "../libraries/Units.sol";
import {BalanceTally} from "./BalanceTally.sol";

/// @title BalanceReport
/// @dev The cut needs no waiting to be consistent, *because* of Ethereum's own order. When `start` runs in block N,
/// EIP-4788 gives the root of the beacon block that holds execution block N − 1, however many slots were skipped between.
/// Its state has paid the withdrawals up to N − 1 and they lie in the vault; those of N are credited after the last
/// transaction of N. A deposit made in N before `start` is in no beacon state yet, an older one may still wait in
/// `pending_deposits`: both count as in flight until the validator's own balance shows them.
contract BalanceReport is BalanceTally, ReentrancyGuardTransient {
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @dev One slot: what decides who may do what.
    /// @param bound `anchorRoot` is the state's root, no longer the block's.
    /// @param early A slashed proof came after the last `start`.
    /// @param slashed Slashings waits for a report that started after its last proof.
    struct Status {
        bool open;
        bool bound;
        bool early;
        bool slashed;
        uint32 number;
        uint40 startedAt;
        uint40 progressAt;
        uint40 lastFinishedAt;
        uint32 validatorCount;
        uint32 provenCount;
    }

    /// @dev One slot: the sums so far, and whose state they are from.
    /// @param differenceWei Proven total less booked total at `start`.
    struct Sums {
        int128 differenceWei;
        uint88 expectedWei;
        uint40 slot;
    }

    IStakingPool public immutable POOL;
    IVerifierReplacement public immutable VERIFIERS;
    IParameters public immutable PARAMETERS;
    uint64 public immutable DAY;

    Status private _status;
    Sums private _sums;

    /// @inheritdoc IBalanceReport
    bytes32 public anchorRoot;

    constructor(Wiring memory w) BalanceTally(w) {
        POOL = IStakingPool(w.pool);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        PARAMETERS = IParameters(w.parameters);
        DAY = w.day;
    }

    /// @inheritdoc IBalanceReport
    function start() external nonReentrant {
        _start(_status);
    }

    /// @inheritdoc IBalanceReport
    function prove(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) external nonReentrant {
        _prove(_status, header, proof);
    }

    /// @inheritdoc IBalanceReport
    function finish() external nonReentrant {
        _finish(_status);
    }

    /// @inheritdoc IBalanceReport
    function proveAndFinish(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) external nonReentrant {
        Status memory status = _status;
        _prove(status, header, proof);
        _finish(status);
    }

    /// @inheritdoc IBalanceReport
    function reportAtOnce(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) external nonReentrant {
        Status memory status = _status;
        _start(status);
        _prove(status, header, proof);
        _finish(status);
    }

    /// @inheritdoc IBalanceReport
    function allowEarlyStart() external {
        if (msg.sender != address(SLASHINGS)) revert Unauthorized(msg.sender);
        _status.early = _status.slashed = true;
    }

    /// @inheritdoc IBalanceReport
    function startableAt() external view returns (uint256) {
        return _startableAt(_status);
    }

    /// @inheritdoc IBalanceReport
    function isOpen() external view returns (bool) {
        return _status.open;
    }

    /// @inheritdoc IBalanceReport
    function startedAt() external view returns (uint64) {
        return _status.startedAt;
    }

    /// @inheritdoc IBalanceReport
    function lastFinishedAt() external view returns (uint64) {
        return _status.lastFinishedAt;
    }

    /// @inheritdoc IBalanceReport
    function slot() external view returns (Slot) {
        return Slot.wrap(_sums.slot);
    }

    /// @inheritdoc IBalanceReport
    function isBound() external view returns (bool) {
        return _status.bound;
    }

    /// @inheritdoc IBalanceReport
    function provenCount() external view returns (uint256) {
        return _status.provenCount;
    }

    /// @inheritdoc IBalanceReport
    function validatorCount() external view returns (uint256) {
        return _status.validatorCount;
    }

    /// @inheritdoc IBalanceReport
    function number() public view override returns (uint64) {
        return _status.number;
    }

    /// @dev In this and the next two, `status` is what storage holds, before and after.
    function _start(Status memory status) private {
        _requireStartable(status);
        if (status.open) emit ReportReplaced(status.number, status.provenCount, status.validatorCount);
        status.open = true;
        status.bound = status.early = false;
        status.number++;
        status.startedAt = status.progressAt = uint40(block.timestamp);
        status.validatorCount = MANAGER.accountedCount().toUint32();
        status.provenCount = 0;
        _status = status;

        bytes32 blockRoot = VERIFIERS.current().parentBlockRoot(uint64(block.timestamp));
        (uint256 bookedWei, uint256 liquidWei) = POOL.openReport();
        uint256 inFlightWei = MANAGER.inFlightWei();
        int256 differenceWei = (liquidWei + inFlightWei).toInt256() - bookedWei.toInt256();
        anchorRoot = blockRoot;
        _sums = Sums(differenceWei.toInt128(), 0, 0);
        emit ReportStarted(status.number, blockRoot, bookedWei, liquidWei, inFlightWei, status.validatorCount);
    }

    function _prove(
        Status memory status,
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) private {
        if (!status.open) revert NoOpenReport();
        IBeaconVerifier verifier = VERIFIERS.current();
        Sums memory sums = _sums;
        bytes32 stateRoot = status.bound ? anchorRoot : _bind(verifier, status, sums, header);

        Tally memory tally;
        tally.number = status.number;
        tally.slot = Slot.wrap(sums.slot);
        _count(tally, proof.runs, _balancesOf(verifier, tally.slot, stateRoot, proof));

        // Field by field, as each takes a write and most are as they were.
        if (tally.count > 0) _status.progressAt = status.progressAt = uint40(block.timestamp);
        status.provenCount += tally.count.toUint32();
        _status.provenCount = status.provenCount;
        _sums.differenceWei = sums.differenceWei + tally.worthWei.toInt128();
        if (tally.expectedWei > 0) _sums.expectedWei = sums.expectedWei + tally.expectedWei.toUint88();
        emit BalancesProven(status.number, tally.count, status.provenCount);
    }

    function _finish(Status memory status) private {
        if (!status.open) revert NoOpenReport();
        if (status.provenCount != status.validatorCount) {
            revert ReportIncomplete(status.provenCount, status.validatorCount);
        }
        bool slashed = status.slashed;
        _status.open = status.open = false;
        _status.lastFinishedAt = status.lastFinishedAt = uint40(block.timestamp);
        if (slashed != status.early) _status.slashed = status.slashed = status.early;
        Sums memory sums = _sums;
        emit ReportFinished(status.number, sums.differenceWei, sums.expectedWei);
        POOL.finishReport(sums.differenceWei);
        EXITS.onReportFinished(status.number, sums.expectedWei);
        if (slashed) SLASHINGS.onReportFinished(status.number);
    }

    /// @dev The slot comes from the header of the very block, *because* the slot chooses the layout that proofs are read by.
    function _bind(
        IBeaconVerifier verifier,
        Status memory status,
        Sums memory sums,
        IBeaconVerifier.BeaconBlockHeader calldata header
    ) private returns (bytes32 stateRoot) {
        verifier.verifyHeaderRoot(anchorRoot, header);
        stateRoot = header.stateRoot;
        // Stored at once: who settles a validator may ask for the slot.
        sums.slot = uint256(Slot.unwrap(header.slot)).toUint40();
        _status.bound = status.bound = true;
        _sums.slot = sums.slot;
        anchorRoot = stateRoot;
        emit HeaderBound(status.number, header.slot, stateRoot);
    }

    function _requireStartable(Status memory status) private view {
        uint256 earliest = _startableAt(status);
        if (block.timestamp >= earliest) return;
        if (status.open) revert ReportInProgress(block.timestamp, earliest);
        revert ReportTooEarly(block.timestamp, earliest);
    }

    /// @dev An open report can be replaced, *because* its proofs may become impossible to make (nobody kept the state); but
    /// not while it moves, *because* whoever restarts it each time would keep redemptions waiting, which are filled only
    /// while none is open.
    function _startableAt(Status memory status) private view returns (uint256) {
        if (status.open) {
            return Math.min(status.progressAt + DAY / 4, status.startedAt + DAY);
        }
        if (status.early || status.lastFinishedAt == 0) return 0;
        return status.lastFinishedAt + PARAMETERS.poolTerms().reportIntervalSeconds;
    }
}
