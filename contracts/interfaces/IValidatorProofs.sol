// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";
import {Epoch} from "../libraries/Units.sol";

/// @title ValidatorProofs
/// @notice Steps of a validator's way up that the beacon state shows. Part of ValidatorManager.
interface IValidatorProofs {
    event CredentialsProven(bytes32 indexed validatorId, uint64 validatorIndex);
    event Activated(bytes32 indexed validatorId, Epoch activationEpoch);

    error NotActive(bytes32 validatorId, Epoch activationEpoch, Epoch proofEpoch);

    /// @notice Shows that the predeposited key exists with our credentials, later than the predeposit. Anyone may.
    /// Activation epochs are free, *because* a stranger's top-up would otherwise brick the key.
    function proveCredentials(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Shows that a proven key is active. Anyone may.
    function recordActivation(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;
}
