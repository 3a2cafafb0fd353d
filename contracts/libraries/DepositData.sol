// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SSZ} from "./SSZ.sol";
import {Gwei} from "./Units.sol";

/// @title Roots of deposits
/// @notice Containers DepositMessage and DepositData of the consensus-specs, phase0/beacon-chain.md.
library DepositData {
    bytes4 private constant DOMAIN_DEPOSIT = 0x03000000;

    /// @dev compute_domain(DOMAIN_DEPOSIT, genesisForkVersion, zero root): deposits are valid across forks.
    function domain(bytes4 genesisForkVersion) internal view returns (bytes32) {
        bytes32 forkDataRoot = SSZ.hash(bytes32(genesisForkVersion), bytes32(0));
        return bytes32(DOMAIN_DEPOSIT) | (forkDataRoot >> 32);
    }

    /// @dev What the key signs for a deposit.
    function signingRoot(
        bytes memory pubkey,
        bytes32 withdrawalCredentials,
        Gwei amount,
        bytes32 depositDomain
    ) internal view returns (bytes32) {
        bytes32 message = SSZ.hash(
            SSZ.hash(SSZ.pubkeyRoot(pubkey), withdrawalCredentials),
            SSZ.hash(SSZ.toChunk(Gwei.unwrap(amount)), bytes32(0))
        );
        return SSZ.hash(message, depositDomain);
    }

    /// @dev Root that the deposit contract compares.
    function root(
        bytes memory pubkey,
        bytes32 withdrawalCredentials,
        Gwei amount,
        bytes memory signature
    ) internal view returns (bytes32) {
        return
            SSZ.hash(
                SSZ.hash(SSZ.pubkeyRoot(pubkey), withdrawalCredentials),
                SSZ.hash(SSZ.toChunk(Gwei.unwrap(amount)), SSZ.signatureRoot(signature))
            );
    }
}
