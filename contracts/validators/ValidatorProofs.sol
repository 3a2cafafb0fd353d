// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IValidatorProofs} from "../interfaces/IValidatorProofs.sol";
import {Epoch, FAR_FUTURE_EPOCH} from "../libraries/Units.sol";
import {CredentialProofs} from "./CredentialProofs.sol";
import {DepositWord} from "./DepositWord.sol";

/// @title ValidatorProofs
/// @dev What the beacon state shows of a validator on its way up, and the step of its life that this allows.
abstract contract ValidatorProofs is CredentialProofs, IValidatorProofs {
    using DepositWord for bytes32;

    /// @inheritdoc IValidatorProofs
    function proveCredentials(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        _requireState(validatorId, ValidatorState.Predeposited);
        IBeaconVerifier.BeaconValidator calldata proven = proof.validator;
        if (proven.slashed) revert ValidatorIsSlashed(validatorId);
        if (proven.exitEpoch != FAR_FUTURE_EPOCH || proven.withdrawableEpoch != FAR_FUTURE_EPOCH) {
            revert ValidatorIsExiting(validatorId, proven.exitEpoch);
        }
        _prove(validatorId, anchor, proof);
    }

    /// @inheritdoc IValidatorProofs
    function recordActivation(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external {
        _requireState(validatorId, ValidatorState.Proven);
        IBeaconVerifier verifier = VERIFIERS.current();
        _requireValidator(verifier, validatorId, anchor, proof);
        Epoch activationEpoch = proof.validator.activationEpoch;
        Epoch proofEpoch = verifier.epochOf(anchor.header.slot);
        if (activationEpoch > proofEpoch) revert NotActive(validatorId, activationEpoch, proofEpoch);

        ValidatorRecord storage record = _validators[validatorId];
        record.state = ValidatorState.Active;
        _leavePending(record.setId, record.word.unpack());
        emit Activated(validatorId, activationEpoch);
    }
}
