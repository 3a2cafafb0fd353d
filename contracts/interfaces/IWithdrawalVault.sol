// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title WithdrawalVault
/// @notice The address in the withdrawal credentials of every validator of the pool, and their fee recipient. ETH arrives
/// by consensus-layer withdrawal (no code runs), as fee recipient (no code runs) or by plain transfer from builders.
interface IWithdrawalVault {
    /// @notice All ETH went to StakingPool.
    event Swept(uint256 amountWei);

    /// @notice Sends all ETH to StakingPool. Only StakingPool, which counts it in the same transaction.
    function sweep() external returns (uint256 amountWei);

    /// @notice EIP-7251 compounding credentials: 0x02 ‖ eleven zero bytes ‖ this address.
    function withdrawalCredentials() external view returns (bytes32);

    /// @notice The call came from another contract than the one it is meant for.
    error Unauthorized(address caller);
    error InvalidPubkeyLength(uint256 length);

    /// @notice This chain has no code at the predeploy's address; a call to it would succeed and do nothing.
    error PredeployMissing(address predeploy);

    /// @notice The predeploy refused to tell its fee or to take the request.
    error PredeployFailed(address predeploy);

    /// @notice The fee has risen above what the caller sent and the vault adds.
    error FeeNotCovered(uint256 feeWei, uint256 sentWei);

    /// @notice Asks the consensus layer (EIP-7002) to withdraw `amountGwei` from a validator, or to exit it for 0. The vault
    /// pays up to 0.01 ETH of the fee, the caller the rest; what is left of the ETH sent goes back to it. Only
    /// ValidatorExits.
    /// @param pubkey 48 bytes, compressed.
    function requestWithdrawal(bytes calldata pubkey, uint64 amountGwei) external payable;

    /// @notice Asks the consensus layer (EIP-7251) to move the balance of one validator to another. Fee as above. Only
    /// ValidatorExits.
    function requestConsolidation(bytes calldata source, bytes calldata target) external payable;

    /// @notice Fee of one request in the next call, in wei: 1 when few are queued, exponential in their number.
    function withdrawalFee() external view returns (uint256);
    function consolidationFee() external view returns (uint256);
}
