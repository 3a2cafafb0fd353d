// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";
import {Epoch, Gwei} from "../libraries/Units.sol";

/// @title ValidatorEndings
/// @notice How validators and keys end. Part of ValidatorManager.
interface IValidatorEndings {
    /// @notice The key exists with other credentials: the predeposit is lost, the set takes no new keys.
    event ForeignCredentials(bytes32 indexed validatorId, uint256 indexed setId, bytes32 withdrawalCredentials);

    /// @notice The beacon chain has scheduled the validator's exit.
    event ExitSeen(bytes32 indexed validatorId, Epoch exitEpoch, Epoch withdrawableEpoch);
    event Withdrawn(bytes32 indexed validatorId);
    event KeyExpired(bytes32 indexed validatorId);

    error CredentialsAreOurs(bytes32 validatorId);
    error ValidatorIsNotExiting(bytes32 validatorId);
    error NoTopUpInFlight(bytes32 validatorId);
    error DepositAmountMismatch(bytes32 validatorId, Gwei proven, Gwei expected);
    error NotWithdrawable(bytes32 validatorId, Epoch withdrawableEpoch, Epoch proofEpoch);

    /// @notice The validator was slashed: `Slashings.recordSlashed` and `settle` come first.
    error SlashingNotSettled(bytes32 validatorId);

    /// @notice A consolidation will still move a balance to the validator, or its source has to be finished first.
    error ConsolidationInFlight(bytes32 validatorId);
    error BalanceLeft(bytes32 validatorId, Gwei balance);
    error AlreadyForgotten(bytes32 validatorId);
    error KeyNotExpired(bytes32 validatorId, uint256 expiresAt);

    /// @notice An open report counts the validator; try again after it.
    error ReportIsOpen();

    /// @notice Shows that a verified or predeposited key exists with credentials that are not ours: it ends as
    /// Foreign, the reserve of the seven bonds is burned, and the set takes no new keys until governance lifts the
    /// bar. Anyone may.
    function proveForeign(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Shows that a validator's exit is scheduled, whoever asked for it. A Predeposited key counts in reports
    /// from then on, as by `proveCredentials`. With a top-up in flight it has to be sent again for a Slashed key, so
    /// that its withdrawable epoch is known. Anyone may.
    function recordExit(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Shows that the top-up of a leaving validator still waits in the beacon chain's queue, so that the open
    /// report goes on counting it. Anyone may; needed once per report from the withdrawable epoch on, within an eighth of
    /// a day of its start.
    /// @param anchor Not older than the report's cut.
    function provePendingTopUp(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.PendingDepositProof calldata proof
    ) external;

    /// @notice Shows that the withdrawable epoch of a validator has passed and its balance is 0. Anyone may, when no
    /// top-up and no consolidation to it is in flight. It counts in the open report, if there is one.
    function recordWithdrawn(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof,
        IBeaconVerifier.BalancesProof calldata balances
    ) external;

    /// @notice Takes a validator that was withdrawn during a report out of the next ones. Anyone may, while none is
    /// open.
    function forget(bytes32 validatorId) external;

    /// @notice Ends a verified key that got no predeposit within 30 DAYs, or any when the pool is closed. *Because*
    /// the bonds of those who left since wait for its end. Anyone may.
    function expireKey(bytes32 validatorId) external;
}
