// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title StakingPool
/// @notice Takes ETH, gives non-rebasing shares (ERC-20, ERC-2612) by ERC-7535, and hands ETH to ValidatorManager for
/// validators. All amounts in wei, all shares with 18 decimals.
/// @dev Assets are booked, never read from balances, so ETH sent in unasked moves no rate. Every rounding favours the
/// holders who stay. At least 1 ETH worth of shares is locked for ever at deployment, so supply is never zero and the rate
/// can't be inflated from an empty pool.
interface IStakingPool is IERC20 {
    /// @notice ERC-4626/7535 event of every deposit and mint. `assets` in wei.
    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);

    /// @notice ETH left the pool's free balance for validators; the booked total stays the same.
    event ValidatorFunded(uint256 amountWei);

    /// @notice The call came from another contract than the one it is meant for.
    error Unauthorized(address caller);

    /// @notice `deposit` needs the ETH of the call to equal `assets`.
    error AssetsNotSent(uint256 assets, uint256 sent);

    /// @notice `mint` needs at least the ETH that the shares cost.
    error InsufficientAssetsSent(uint256 required, uint256 sent);

    /// @notice Nothing was asked for, or the amount is too small to be worth one share.
    error ZeroAmount();

    /// @notice The pool has less free ETH than validators ask for.
    error InsufficientUnallocated(uint256 requestedWei, uint256 unallocatedWei);

    /// @notice The booked total would pass the maximum of `maxDeposit`.
    error DepositLimitExceeded(uint256 assets, uint256 maximum);

    /// @notice The refund of `mint` was refused by its receiver.
    error RefundFailed(address receiver, uint256 amountWei);

    /// @notice The constructor needs at least 1 ETH.
    error SeedTooSmall(uint256 sent, uint256 minimum);

    /// @notice Stakes exactly `assets` wei, which must equal the ETH sent, and mints shares to `receiver`.
    /// @return shares Rounded down.
    function deposit(uint256 assets, address receiver) external payable returns (uint256 shares);

    /// @notice Mints exactly `shares` to `receiver`. More ETH than needed may be sent; the rest returns to the caller, last.
    /// @return assets Wei taken, rounded up.
    function mint(uint256 shares, address receiver) external payable returns (uint256 assets);

    /// @notice Sends the 1 ETH of a predeposit to ValidatorManager. Only ValidatorManager.
    function fundPredeposit() external;

    /// @notice Sends `amountWei` for the top-up of a proven key to ValidatorManager. Only ValidatorManager.
    function fundTopUp(uint256 amountWei) external;

    /// @notice ERC-7535: 0xEeee…EEeE, meaning ETH itself.
    function asset() external pure returns (address);

    /// @notice Booked assets in wei: free ETH and what validators were given.
    function totalAssets() external view returns (uint256);

    /// @notice Booked ETH that lies in the pool, free for validators, in wei.
    function unallocatedWei() external view returns (uint256);

    /// @notice Shares worth `assets` wei at this moment's rate, rounded down.
    function convertToShares(uint256 assets) external view returns (uint256 shares);

    /// @notice Wei that `shares` are worth at this moment's rate, rounded down.
    function convertToAssets(uint256 shares) external view returns (uint256 assets);

    /// @notice What `deposit` would mint in this block.
    function previewDeposit(uint256 assets) external view returns (uint256 shares);

    /// @notice What `mint` would take in this block.
    function previewMint(uint256 shares) external view returns (uint256 assets);

    /// @notice The most `deposit` accepts from anyone for `receiver`.
    function maxDeposit(address receiver) external view returns (uint256 assets);

    /// @notice The most `mint` accepts for `receiver`.
    function maxMint(address receiver) external view returns (uint256 shares);
}
