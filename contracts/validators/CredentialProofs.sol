// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IValidatorProofs} from "../interfaces/IValidatorProofs.sol";
import {Slot, toGwei} from "../libraries/Units.sol";
import {ValidatorAccounting} from "./ValidatorAccounting.sol";
import {ValidatorEvidence} from "./ValidatorEvidence.sol";

/// @title CredentialProofs
/// @dev The step from Predeposited to Proven, from which on a validator counts in reports by its own balance.
abstract contract CredentialProofs is ValidatorAccounting, ValidatorEvidence {
    /// @dev All 32 bytes of the credentials count: the prefix decides who may move the balance.
    function _prove(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) internal {
        IBeaconVerifier verifier = VERIFIERS.current();
        _requireValidator(verifier, validatorId, anchor, proof);
        bytes32 actual = proof.validator.withdrawalCredentials;
        if (actual != withdrawalCredentials) revert WithdrawalCredentialsMismatch(withdrawalCredentials, actual);
        ValidatorRecord storage record = _validators[validatorId];
        _requireLater(anchor.header.slot, verifier.slotAt(record.since));

        uint256 reservedShares = record.reservedShares;
        record.state = ValidatorState.Proven;
        // Fits: the verifier refuses indices of 2⁴⁰ and more, and reports are hours apart.
        record.validatorIndex = uint40(proof.validatorIndex);
        record.since = uint40(REPORT.number());
        record.reservedShares = 0;
        _totals.provenKeyCount++;
        _subtractInFlight(toGwei(PREDEPOSIT_WEI));
        _account(proof.validatorIndex, validatorId);
        emit IValidatorProofs.CredentialsProven(validatorId, proof.validatorIndex);
        SETS.release(record.setId, reservedShares);
    }

    function _requireLater(Slot slot, Slot predepositSlot) private pure {
        if (!(slot > predepositSlot)) revert ProofTooOld(slot, Slot.wrap(Slot.unwrap(predepositSlot) + 1));
    }
}
