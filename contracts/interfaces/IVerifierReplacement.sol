// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title VerifierReplacement
/// @notice Holds the verifier in force, the one part of the system that can be replaced.
interface IVerifierReplacement {
    /// @notice The verifier that all proofs go through.
    function current() external view returns (IBeaconVerifier);
}
