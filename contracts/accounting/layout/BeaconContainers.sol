// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../interfaces/IBeaconVerifier.sol";
import {SSZ} from "../../libraries/SSZ.sol";
import {Epoch, Gwei, Slot} from "../../libraries/Units.sol";

/// @title Hash tree roots of containers of the beacon chain
/// @notice The same in all forks from Electra on.
library BeaconContainers {
    /// @dev Five fields, padded to eight.
    function root(IBeaconVerifier.BeaconBlockHeader calldata header) internal view returns (bytes32) {
        bytes32 left = SSZ.hash(
            SSZ.hash(SSZ.toChunk(Slot.unwrap(header.slot)), SSZ.toChunk(header.proposerIndex)),
            SSZ.hash(header.parentRoot, header.stateRoot)
        );
        return SSZ.hash(left, _rightOfFive(header.bodyRoot));
    }

    function root(IBeaconVerifier.BeaconValidator calldata validator) internal view returns (bytes32) {
        bytes32 identity = SSZ.hash(
            SSZ.hash(validator.pubkeyRoot, validator.withdrawalCredentials),
            SSZ.hash(SSZ.toChunk(Gwei.unwrap(validator.effectiveBalanceGwei)), SSZ.toChunk(validator.slashed))
        );
        bytes32 epochs = SSZ.hash(
            SSZ.hash(_chunk(validator.activationEligibilityEpoch), _chunk(validator.activationEpoch)),
            SSZ.hash(_chunk(validator.exitEpoch), _chunk(validator.withdrawableEpoch))
        );
        return SSZ.hash(identity, epochs);
    }

    /// @dev Five fields, padded to eight.
    function root(IBeaconVerifier.PendingDeposit calldata deposit) internal view returns (bytes32) {
        bytes32 left = SSZ.hash(
            SSZ.hash(deposit.pubkeyRoot, deposit.withdrawalCredentials),
            SSZ.hash(SSZ.toChunk(Gwei.unwrap(deposit.amountGwei)), deposit.signatureRoot)
        );
        return SSZ.hash(left, _rightOfFive(SSZ.toChunk(Slot.unwrap(deposit.slot))));
    }

    function _rightOfFive(bytes32 fifth) private view returns (bytes32) {
        return SSZ.hash(SSZ.hash(fifth, bytes32(0)), SSZ.hash(bytes32(0), bytes32(0)));
    }

    function _chunk(Epoch epoch) private pure returns (bytes32) {
        return SSZ.toChunk(Epoch.unwrap(epoch));
    }
}
