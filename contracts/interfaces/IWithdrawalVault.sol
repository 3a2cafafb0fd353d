// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title WithdrawalVault
/// @notice The address in the withdrawal credentials of every validator of the pool, and their fee recipient. ETH arrives
/// by consensus-layer withdrawal (no code runs), as fee recipient (no code runs) or by plain transfer from builders.
interface IWithdrawalVault {
    /// @notice EIP-7251 compounding credentials: 0x02 ‖ eleven zero bytes ‖ this address.
    function withdrawalCredentials() external view returns (bytes32);
}
