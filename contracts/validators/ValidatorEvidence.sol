// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IValidatorErrors} from "../interfaces/IValidatorErrors.sol";
import {Gwei} from "../libraries/Units.sol";

/// @title ValidatorEvidence
/// @notice Reads one validator and its balance out of a beacon state that the execution chain vouches for.
abstract contract ValidatorEvidence is IValidatorErrors {
    uint256 private constant BALANCES_PER_CHUNK = 4;

    /// @dev Reverts unless the proof is about this key.
    function _requireValidator(
        IBeaconVerifier verifier,
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) internal view {
        verifier.verifyHeader(anchor.timestamp, anchor.header);
        bytes32 root = verifier.verifyValidator(anchor.header.slot, anchor.header.stateRoot, proof);
        if (root != validatorId) revert PubkeyMismatch(validatorId, root);
    }

    /// @dev Balance of a validator in the state of a header that was verified before.
    function _provenBalance(
        IBeaconVerifier verifier,
        uint64 validatorIndex,
        IBeaconVerifier.BeaconBlockHeader calldata header,
        IBeaconVerifier.BalancesProof calldata proof
    ) internal view returns (Gwei) {
        uint256 chunk = validatorIndex / BALANCES_PER_CHUNK;
        if (proof.runs.length != 1 || proof.runs[0].firstChunk() != chunk || proof.runs[0].chunkCount() != 1) {
            revert WrongBalanceChunk(validatorIndex);
        }
        return verifier.verifyBalances(header.slot, header.stateRoot, proof)[validatorIndex % BALANCES_PER_CHUNK];
    }
}
