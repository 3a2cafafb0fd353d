// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Epoch, Gwei, Slot} from "../libraries/Units.sol";
import {IBeaconVerifier} from "./IBeaconVerifier.sol";
import {ISlashingCharges} from "./ISlashingCharges.sol";

/// @title Slashings
/// @notice What happens from the proof that a validator was slashed to its last ether: fills stop until a later report has
/// finished, reports value the key less the penalties still to come, its bonds answer for the loss, and pay in the end.
/// @dev Why the rate neither lags nor dips twice. The first report after the proof already counts every expected penalty,
/// so nobody leaves ahead of it. Against the loss stands at once what the locked bonds will pay (`reservedWei`); in the end
/// those bonds are burned, the pool keeps their value as cover, and the same report in which the reserve ends sets the cover
/// against it.
///
/// What a report takes off depends only on what was recorded before its `start` (and on the parameters of governance), not
/// on the order of its proofs: a key is valued from the report after its slashed proof on, with what was reserved and
/// recorded as slashed before that report.
interface ISlashings is ISlashingCharges {
    /// @param withdrawableEpoch As in the slashed proof: penalties end there.
    /// @param effectiveGwei Effective balance in the slashed proof.
    /// @param lossGwei Penalties so far: the one of the slashing itself and every fall proven since.
    /// @param remainingGwei Penalties expected after the last proven balance.
    /// @param reservedWei Part of lossGwei + remainingGwei that the bonds behind the key answer for.
    struct Slashing {
        uint256 setId;
        Epoch withdrawableEpoch;
        Gwei effectiveGwei;
        Gwei balanceGwei;
        Gwei lossGwei;
        Gwei remainingGwei;
        uint256 reservedWei;
        bool settled;
    }

    event ValidatorSlashed(bytes32 indexed validatorId, uint256 indexed setId, Slot slot, Epoch withdrawableEpoch);

    /// @notice Penalties known and expected after the last proven balance (0 before the first), and what bonds answer for,
    /// as the next report counts them.
    event SlashingValued(
        bytes32 indexed validatorId,
        Gwei balance,
        Gwei lossGwei,
        Gwei remainingGwei,
        uint256 reservedWei
    );

    /// @notice The loss is final; `chargedWei` of it was burned from bonds, the holders bear the rest.
    event SlashingSettled(bytes32 indexed validatorId, uint256 lossWei, uint256 chargedWei);

    /// @notice The proof is about another public key.
    error PubkeyMismatch(bytes32 validatorId, bytes32 pubkeyRoot);
    error NotSlashed(bytes32 validatorId);
    error AlreadyRecorded(bytes32 validatorId);
    error NotRecorded(bytes32 validatorId);
    error AlreadySettled(bytes32 validatorId);

    /// @notice Penalties go on until the withdrawable epoch.
    error NotWithdrawable(bytes32 validatorId, Epoch withdrawableEpoch, Epoch now);

    /// @notice While a report is open its sum counts the reserve: burning the bonds as well would count them twice.
    error ReportOpen(uint64 reportNumber);

    /// @notice Shows that one of our validators was slashed. Anyone may, once per validator, until it is Withdrawn.
    /// Fills stop until a report that starts later has finished, FreezeMaximumSeconds at most in all per 30 days; the next
    /// report may start at once. Reverts with WrongState (of IValidatorManager) for keys that no report counts.
    function recordSlashed(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Estimates the penalties anew and reserves bonds for them, as far as they reach. For anyone, before the next
    /// report starts: when more slashings were recorded after this one, its correlation penalty grows, and a report counts
    /// only bonds that were reserved before it. While no report is open.
    function raiseReserve(bytes32 validatorId) external returns (uint256 reservedWei);

    /// @notice What a report takes off the proven balance: expected penalties less what bonds answer for. **Negative** when
    /// bonds answer for losses that the balance shows already; 0 for a key whose slashed proof came after the report's
    /// start. Once per report and slashed validator. Only BalanceReport.
    /// @param slot That of the balance.
    function valueReductionWei(
        bytes32 validatorId,
        Gwei balance,
        Slot slot,
        uint64 reportNumber
    ) external returns (int256 reductionWei);

    /// @notice Ends the freeze when that report started after the last slashed proof. Only BalanceReport.
    function onReportFinished(uint64 reportNumber) external;

    /// @notice Burns what the bonds owe for a validator that is withdrawable. Anyone may, while no report is open.
    function settle(bytes32 validatorId) external returns (uint256 chargedWei);

    /// @notice Whether the charge is made. ValidatorManager lets a Slashed key become Withdrawn only then, *because* that
    /// frees the bonds.
    function isSettled(bytes32 validatorId) external view returns (bool);
    function slashing(bytes32 validatorId) external view returns (Slashing memory);

    /// @notice Unix time until which the last slashed proof stops fills at most; passed or 0 when nothing is frozen.
    function frozenUntil() external view returns (uint64);

    /// @notice Effective balances of our validators recorded as slashed in the last EPOCHS_PER_SLASHINGS_VECTOR epochs.
    function recentlySlashedGwei() external view returns (Gwei);
}
