// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Epoch, Slot} from "../libraries/Units.sol";

/// @title Errors that several parts of ValidatorManager and ValidatorExits share
interface IValidatorErrors {
    /// @notice The proof is about another public key.
    error PubkeyMismatch(bytes32 validatorId, bytes32 pubkeyRoot);

    /// @notice Exactly the one chunk with the validator's balance is wanted.
    error WrongBalanceChunk(uint64 validatorIndex);

    /// @notice The key exists with credentials that are not ours.
    error WithdrawalCredentialsMismatch(bytes32 expected, bytes32 actual);
    error ProofTooOld(Slot slot, Slot minimumSlot);

    /// @notice The block is older than `oldest`, a Unix time: its state may lack what happened since.
    error AnchorTooOld(uint64 timestamp, uint256 oldest);
    error ValidatorIsSlashed(bytes32 validatorId);
    error ValidatorIsExiting(bytes32 validatorId, Epoch exitEpoch);
    error TopUpInFlight(bytes32 validatorId);
}
