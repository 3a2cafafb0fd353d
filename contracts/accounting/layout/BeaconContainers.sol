// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../interfaces/IBeaconVerifier.sol";
import {SSZ} from "../../libraries/SSZ.sol";
import {Epoch, Gwei, Slot} from "../../libraries/Units.sol";

/// @title Hash tree roots of containers of the beacon chain
/// @notice The same in all forks from Electra on.
library BeaconContainers {
    function root(IBeaconVerifier.BeaconBlockHeader calldata header) internal view returns (bytes32) {
        bytes32[8] memory fields;
        fields[0] = SSZ.toChunk(Slot.unwrap(header.slot));
        fields[1] = SSZ.toChunk(header.proposerIndex);
        fields[2] = header.parentRoot;
        fields[3] = header.stateRoot;
        fields[4] = header.bodyRoot;
        return SSZ.rootOfEight(fields);
    }

    function root(IBeaconVerifier.BeaconValidator calldata validator) internal view returns (bytes32) {
        bytes32[8] memory fields;
        fields[0] = validator.pubkeyRoot;
        fields[1] = validator.withdrawalCredentials;
        fields[2] = SSZ.toChunk(Gwei.unwrap(validator.effectiveBalanceGwei));
        fields[3] = SSZ.toChunk(validator.slashed);
        fields[4] = _chunk(validator.activationEligibilityEpoch);
        fields[5] = _chunk(validator.activationEpoch);
        fields[6] = _chunk(validator.exitEpoch);
        fields[7] = _chunk(validator.withdrawableEpoch);
        return SSZ.rootOfEight(fields);
    }

    function root(IBeaconVerifier.PendingDeposit calldata deposit) internal view returns (bytes32) {
        bytes32[8] memory fields;
        fields[0] = deposit.pubkeyRoot;
        fields[1] = deposit.withdrawalCredentials;
        fields[2] = SSZ.toChunk(Gwei.unwrap(deposit.amountGwei));
        fields[3] = deposit.signatureRoot;
        fields[4] = SSZ.toChunk(Slot.unwrap(deposit.slot));
        return SSZ.rootOfEight(fields);
    }

    function _chunk(Epoch epoch) private pure returns (bytes32) {
        return SSZ.toChunk(Epoch.unwrap(epoch));
    }
}
