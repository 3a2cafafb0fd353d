// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Ethereum's deposit contract
/// @notice Consensus-specs, phase0/deposit-contract.md. Only what Septet calls.
interface IDepositContract {
    /// @param pubkey 48-byte compressed BLS public key.
    /// @param withdrawalCredentials 32 bytes.
    /// @param signature 96-byte compressed BLS signature over the deposit message; unchecked for a key that exists.
    /// @param depositDataRoot SSZ hash tree root of the DepositData.
    function deposit(
        bytes calldata pubkey,
        bytes calldata withdrawalCredentials,
        bytes calldata signature,
        bytes32 depositDataRoot
    ) external payable;
}
