// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slot} from "../libraries/Units.sol";
import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title BalanceReport
/// @notice Proves what the pool owns. `start` takes one consistent cut of both chains, `prove` adds the balances of the
/// pool's validators by Merkle proofs against the beacon root of that cut, `finish` books the difference. All three
/// may be called by anyone; there is no oracle.
/// @dev What another contract did before or after the cut is told apart by `number()`, never by timestamps, *because* a
/// block may hold a proof or a top-up before and another one after the `start`: whoever writes `number()` down when
/// something happens knows that it is part of every report with a *greater* number, and of no other.
interface IBalanceReport {
    /// @notice A cut was taken.
    /// @param blockRoot Root of the beacon block whose state is proven: the parent of the one that holds this
    /// transaction.
    /// @param bookedWei The pool's booked total.
    /// @param liquidWei ETH of pool and vault, less claims.
    /// @param inFlightWei Deposits on their way that no proven balance holds.
    /// @param validatorCount Validators to be proven.
    event ReportStarted(
        uint256 indexed number,
        bytes32 blockRoot,
        uint256 bookedWei,
        uint256 liquidWei,
        uint256 inFlightWei,
        uint256 validatorCount
    );

    /// @notice The open report was given up for a new one.
    event ReportReplaced(uint256 indexed number, uint256 provenCount, uint256 validatorCount);

    /// @notice The header of the report's block became known.
    event HeaderBound(uint256 indexed number, Slot slot, bytes32 stateRoot);

    /// @notice `count` more validators were proven; `provenCount` in all.
    event BalancesProven(uint256 indexed number, uint256 count, uint256 provenCount);

    /// @notice `differenceWei` of the proven total to the booked one was handed to the pool.
    event ReportFinished(uint256 indexed number, int256 differenceWei, uint256 expectedWei);

    error Unauthorized(address caller);
    error NoOpenReport();

    /// @notice The last report finished too recently.
    error ReportTooEarly(uint256 timestamp, uint256 earliest);

    /// @notice The open report still moves; it may be replaced at `earliest` if nothing more is proven.
    error ReportInProgress(uint256 timestamp, uint256 earliest);

    /// @notice The verifier's answer is no list of balances.
    error MalformedBalances();

    /// @notice Not all validators of the cut are proven.
    error ReportIncomplete(uint256 provenCount, uint256 validatorCount);

    /// @notice Takes the cut: sweeps the vault, closes the redemption cycle and records booked total, liquid ETH,
    /// deposits in flight, the number of validators and the beacon root of the parent block. Earliest
    /// `ReportIntervalSeconds` after the last finish, or at once after a new slashed proof. Replaces an open report
    /// after 6 h without progress or 24 h in all.
    function start() external;

    /// @notice Adds the balances of those validators of the cut that the proof covers and that no earlier one of this
    /// report did; others are skipped. Any order, any batches.
    /// @param header Header of the report's block. Read by the first call of a report only, which binds slot and
    /// state root; later calls may leave it empty.
    /// @param proof Balances in that state.
    function prove(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) external;

    /// @notice Books the difference once all validators of the cut are proven. A cut without validators is finished by
    /// this call alone.
    function finish() external;

    /// @notice `prove` with the last balances of a report, and `finish`: one transaction less.
    function proveAndFinish(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) external;

    /// @notice `start`, `prove` and `finish` for a pool whose balances fit one transaction and a prover that has the state
    /// of the last block at hand: the header must be that of the block before this transaction's, else it reverts. Each of
    /// the three may follow the other in one block anyway; here they share what each would have to look up.
    function reportAtOnce(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) external;

    /// @notice A new slashed proof lets the next report start at once. Only Slashings.
    function allowEarlyStart() external;

    /// @notice Earliest Unix time at which `start` succeeds; may lie in the past.
    function startableAt() external view returns (uint256);

    /// @notice Number of the last report started, 0 before the first. Replaced reports count.
    function number() external view returns (uint64);
    function isOpen() external view returns (bool);

    /// @notice Unix time of the last `start`, in seconds; 0 before the first.
    function startedAt() external view returns (uint64);

    /// @notice Unix time of the last `finish`, in seconds; 0 before the first.
    function lastFinishedAt() external view returns (uint64);

    /// @notice Slot whose state the last report proves; 0 until its header is bound.
    function slot() external view returns (Slot);

    /// @notice Whether the header of the last report's block is known.
    function isBound() external view returns (bool);

    /// @notice Root of that state; before the header is bound, root of the block itself.
    function anchorRoot() external view returns (bytes32);
    function provenCount() external view returns (uint256);
    function validatorCount() external view returns (uint256);

    /// @notice Whether this report has the balance of the validator with this index.
    function isProven(uint64 validatorIndex) external view returns (bool);
}
