// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";
import {Epoch, Gwei} from "../libraries/Units.sol";

/// @title ValidatorExits
/// @notice Brings ETH back from validators by requests of the execution layer: full exits and partial withdrawals
/// (EIP-7002), consolidations (EIP-7251). Anyone may call when a rule says so; no operator has to help.
/// @dev The consensus layer drops requests without a word. So each needs a proof, at most one day old, that nothing
/// known speaks against it, a key has one request of any kind at a time, and a request that shows no effect lapses by
/// proof.
///
/// need = redemption queue − the pool's liquid ETH − what earlier requests will still bring. A request adds to the
/// expected ETH at once; it is taken off in `finish` of a report alone, together with the ETH that came.
interface IValidatorExits {
    enum Reason {
        Liquidity,
        BondShortfall,
        DeadSet,
        LeaverDeadline,
        Governance,
        Closing
    }

    enum Kind {
        None,
        Exit,
        Partial,
        ConsolidationSource,
        ConsolidationTarget
    }

    /// @param amountGwei What a partial asked for; 0 for others.
    /// @param balanceGwei Last balance proven for the key.
    /// @param reportNumber `REPORT.number()` at the request; 0 for an exit that was repeated.
    /// @param requestedAt Unix time in seconds.
    /// @param lapseEpoch From then on a partial may be proven to have had no effect; 0 until `scheduleLapse`.
    struct Request {
        Kind kind;
        Gwei amountGwei;
        Gwei balanceGwei;
        uint32 reportNumber;
        uint40 requestedAt;
        uint40 lapseEpoch;
    }

    /// @notice A key as one beacon state shows it.
    /// @param pubkey 48 bytes, compressed. @param balances The one chunk with its balance.
    struct KeyEvidence {
        bytes pubkey;
        IBeaconVerifier.ValidatorProof validator;
        IBeaconVerifier.BalancesProof balances;
    }

    /// @notice Governance decided that the key leaves; see `orderOf`.
    event Ordered(bytes32 indexed validatorId, bytes32 indexed target);
    event ExitRequested(bytes32 indexed validatorId, Reason reason, Gwei balance);
    event PartialRequested(bytes32 indexed validatorId, Gwei amount, Gwei balance);
    event ConsolidationRequested(bytes32 indexed source, bytes32 indexed target, Reason reason);

    /// @notice A report saw the balance fall by a partial.
    event PartialPaid(bytes32 indexed validatorId, Gwei amount);

    /// @notice The consensus layer dropped the request; it may be repeated.
    event RequestLapsed(bytes32 indexed validatorId, Kind kind);
    event ConsolidationFinished(bytes32 indexed source, bytes32 indexed target);

    error Unauthorized(address caller);

    /// @notice The key is not Proven, Active or (to repeat an exit) Exiting.
    error KeyNotLive(bytes32 validatorId);

    /// @notice One request of any kind at a time, *because* a pending partial makes the consensus layer drop an exit.
    error RequestPending(bytes32 validatorId, Kind kind);

    /// @notice No request of that kind is open for the key.
    error NoSuchRequest(bytes32 validatorId, Kind kind);

    /// @notice It became active too recently, so the consensus layer would drop the request.
    error ActiveTooShortly(bytes32 validatorId, Epoch activationEpoch, Epoch proofEpoch);

    /// @notice The queue is covered by what the pool has and expects.
    error NoNeed();

    /// @notice *Because* a request of 0.01 ETH must not exit 2,048 ETH: partials first, or wait until the need is old.
    error BalanceBeyondNeed(bytes32 validatorId, Gwei balance, uint256 limitWei);

    /// @notice A key with so little is exited in full.
    error BalanceTooSmall(bytes32 validatorId, Gwei balance, uint256 minimumWei);
    error ReasonNotGiven(bytes32 validatorId, Reason reason);

    /// @notice The two keys together would hold more than a validator may.
    error ConsolidationTooLarge(Gwei sum, Gwei maximum);

    /// @notice The proof shows a time before `earliest`, a Unix time.
    error LapseTooEarly(uint64 timestamp, uint256 earliest);
    error LapseEpochNotReached(Epoch lapseEpoch, Epoch proofEpoch);

    /// @notice The balance has fallen: the next report closes the request.
    error PartialWasPaid(bytes32 validatorId);
    error SourceNotWithdrawn(bytes32 source);

    /// @notice Exits a key in full (EIP-7002). The ETH sent pays the predeploy's fee beyond the 0.01 ETH that the
    /// vault bears; the rest returns. Reasons: Liquidity: need > 0, and the balance is at most max(2 × need,
    /// FullExitFloorWei) or the need is older than UnmetNeedSeconds. BondShortfall: OperatorSets allows the day's
    /// exit. DeadSet: proven offline twice in a row. LeaverDeadline: bonds of leavers wait for the key since
    /// LeaverKeepSeconds. Governance: the caller, or its order. Closing: the pool is closed. A lapsed exit may be repeated
    /// for any reason.
    /// @param anchor At most RequestProofSeconds old.
    function requestExit(
        Reason reason,
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata key
    ) external payable;

    /// @notice Orders that a key is exited, or consolidated into `target`; anyone carries it out with Reason.Governance and
    /// a proof of that day. *Because* a decision waits for days in the timelock, and no proof stays valid for so long.
    /// Only governance.
    /// @param target The key itself for an exit; zero takes the order back.
    function order(bytes32 validatorId, bytes32 target) external;

    /// @notice Exits a key of a closed pool without any proof; once a DAY for each key. Anyone may. *Because* proofs
    /// may be what failed when a pool closes.
    function requestExitAfterClosing(bytes calldata pubkey) external payable;

    /// @notice Withdraws part of a key's balance (EIP-7002) when redemptions need it: need or MinimumPartialWei,
    /// whichever is more, as far as 32 ETH stay. Only keys above FullExitFloorWei. Anyone may.
    /// @return amount What was asked for.
    function requestPartial(
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata key
    ) external payable returns (Gwei amount);

    /// @notice Moves the balance of one key to another (EIP-7251), for LeaverDeadline of the source, by governance or its
    /// order.
    /// Both Active, together at most 2,048 ETH; both count until the source is Withdrawn.
    function requestConsolidation(
        Reason reason,
        IBeaconVerifier.Anchor calldata anchor,
        KeyEvidence calldata source,
        KeyEvidence calldata target
    ) external payable;

    /// @notice Shows that an exit or a consolidation had no effect: exit epoch FAR_FUTURE one DAY after the request.
    /// Anyone.
    /// @param validatorId The key, of a consolidation its source.
    function lapse(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Fixes when a partial must have been paid at the latest: `earliest_exit_epoch` of a state one DAY or
    /// more after the request + withdrawability delay + PartialLapseEpochs. Once per request. Anyone.
    function scheduleLapse(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.EarliestExitEpochProof calldata proof
    ) external;

    /// @notice Shows that a partial had no effect: its lapse epoch has passed and the balance did not fall. Anyone.
    function lapsePartial(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.BalancesProof calldata proof
    ) external;

    /// @notice Frees the target of a consolidation whose source is Withdrawn. Anyone.
    function finishConsolidation(bytes32 source) external;

    /// @notice Writes down since when there is need, or that there is none. Also done by each report, and by a
    /// request when there was need. Anyone.
    function recordNeed() external;

    /// @notice Shows the proven balance of a key for which ValidatorManager's Settlement says `exiting`. Only
    /// BalanceReport.
    /// @param reportNumber `REPORT.number()` of the report that is proven.
    /// @return expectedWei What the key's requests will still bring: a partial not yet paid, or the whole balance of a
    /// leaving key; 0 for a slashed one.
    function settle(bytes32 validatorId, Gwei balance, uint64 reportNumber) external returns (uint256 expectedWei);

    /// @notice Takes over Σ of what `settle` returned; what was requested since that report began comes on top. Unlike the
    /// booked total, which is of the cut alone, it may know of exits and slashings recorded since. Called after the pool
    /// booked the report. Only BalanceReport.
    function onReportFinished(uint64 reportNumber, uint256 expectedWei) external;

    /// @notice ETH that requests made and exits seen will still bring.
    function expectedWei() external view returns (uint256);

    /// @notice What redemptions lack, in wei: queue − liquid − expected, 0 when that is negative.
    function needWei() external view returns (uint256);

    /// @notice Unix time since when there is need; 0 for none.
    function unmetSince() external view returns (uint64);

    /// @notice What governance ordered for the key: itself for an exit, else into which key; zero for nothing.
    function orderOf(bytes32 validatorId) external view returns (bytes32 target);

    /// @notice The open request of a key; kind None when there is none.
    function request(bytes32 validatorId) external view returns (Request memory);
}
