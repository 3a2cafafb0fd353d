// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {Epoch, FAR_FUTURE_EPOCH, Slot} from "../libraries/Units.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title ValidatorProofs
/// @dev What the beacon state shows of a validator, and the step of its life that this allows.
abstract contract ValidatorProofs is ValidatorLedger {
    /// @inheritdoc IValidatorManager
    function proveCredentials(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        _requireState(validatorId, ValidatorState.Predeposited);
        _requireProof(validatorId, anchor, proof);
        ValidatorRecord storage record = _validators[validatorId];
        _requireLaterThanPredeposit(anchor.header.slot, record.predepositTimestamp);
        if (proof.validator.slashed) revert ValidatorIsSlashed(validatorId);
        if (proof.validator.exitEpoch != FAR_FUTURE_EPOCH || proof.validator.withdrawableEpoch != FAR_FUTURE_EPOCH) {
            revert ValidatorIsExiting(validatorId, proof.validator.exitEpoch);
        }

        uint256 reservedShares = record.reservedShares;
        record.state = ValidatorState.Proven;
        // Fits: the verifier refuses indices of 2⁴⁰ and more.
        record.validatorIndex = uint40(proof.validatorIndex);
        record.reservedShares = 0;
        _totals.provenKeyCount++;
        emit CredentialsProven(validatorId, proof.validatorIndex);
        SETS.release(record.setId, reservedShares);
    }

    /// @inheritdoc IValidatorManager
    function recordActivation(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        _requireState(validatorId, ValidatorState.Proven);
        ValidatorRecord storage record = _validators[validatorId];
        if (record.sentGwei.toWei() < TARGET_BALANCE_WEI) revert NotToppedUp(validatorId);
        _requireProof(validatorId, anchor, proof);
        Epoch activationEpoch = proof.validator.activationEpoch;
        Epoch proofEpoch = VERIFIERS.current().epochOf(anchor.header.slot);
        if (activationEpoch > proofEpoch) revert NotActive(validatorId, activationEpoch, proofEpoch);

        record.state = ValidatorState.Active;
        emit Activated(validatorId, activationEpoch);
    }

    /// @dev All 32 bytes of the credentials count: the prefix decides who may move the balance.
    function _requireProof(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) private view {
        IBeaconVerifier verifier = VERIFIERS.current();
        verifier.verifyHeader(anchor.timestamp, anchor.header);
        bytes32 pubkeyRoot = verifier.verifyValidator(anchor.header.slot, anchor.header.stateRoot, proof);
        if (pubkeyRoot != validatorId) revert PubkeyMismatch(validatorId, pubkeyRoot);
        bytes32 actual = proof.validator.withdrawalCredentials;
        if (actual != withdrawalCredentials) revert WithdrawalCredentialsMismatch(withdrawalCredentials, actual);
    }

    function _requireLaterThanPredeposit(Slot slot, uint256 predepositTimestamp) private view {
        Slot predepositSlot = VERIFIERS.current().slotAt(predepositTimestamp);
        if (!(slot > predepositSlot)) revert ProofTooOld(slot, Slot.wrap(Slot.unwrap(predepositSlot) + 1));
    }
}
