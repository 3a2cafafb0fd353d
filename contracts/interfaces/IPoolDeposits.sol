// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Deposits of StakingPool
/// @notice ERC-7535 (ERC-4626 with ETH as the asset). All amounts in wei, all shares with 18 decimals.
/// @dev Rounding favours the holders who stay. There is no three-argument `deposit` or `mint`: deposits are not
/// asynchronous (ERC-7540 interface id 0xce3bbe50 is answered with false).
interface IPoolDeposits {
    /// @notice ERC-4626/7535 event of every deposit and mint. `assets` in wei.
    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);

    /// @notice `deposit` needs the ETH of the call to equal `assets`.
    error AssetsNotSent(uint256 assets, uint256 sent);

    /// @notice `mint` needs at least the ETH that the shares cost.
    error InsufficientAssetsSent(uint256 required, uint256 sent);

    /// @notice Nothing was asked for, or the amount is too small to be worth one share.
    error ZeroAmount();

    /// @notice The rate moved: the call would give less than the caller accepts.
    error LessThanMinimum(uint256 amount, uint256 minimum);

    /// @notice The books would pass the maximum of `maxDeposit`.
    error DepositLimitExceeded(uint256 assets, uint256 maximum);

    /// @notice The refund of `mint` was refused by its receiver.
    error RefundFailed(address receiver, uint256 amountWei);

    /// @notice The constructor needs at least 1 ETH.
    error SeedTooSmall(uint256 sent, uint256 minimum);

    /// @notice Stakes exactly `assets` wei, which must equal the ETH sent, and mints shares to `receiver`.
    /// @return shares Rounded down.
    function deposit(uint256 assets, address receiver) external payable returns (uint256 shares);

    /// @notice Stakes the ETH sent; reverts (LessThanMinimum) if that gives fewer than `minShares`.
    function depositAtLeast(address receiver, uint256 minShares) external payable returns (uint256 shares);

    /// @notice Mints exactly `shares` to `receiver`. More ETH than needed may be sent; the rest returns to the
    /// caller, last.
    /// @return assets Wei taken, rounded up.
    function mint(uint256 shares, address receiver) external payable returns (uint256 assets);

    /// @notice ERC-7535: 0xEeee…EEeE, meaning ETH itself.
    function asset() external pure returns (address);

    /// @notice ERC-7575: the share token, which is this contract.
    function share() external view returns (address);

    /// @notice What all shares together are worth now, in wei: booked ETH less what has not been streamed yet, fees
    /// whose shares are not minted yet and the value of burnt bonds.
    function totalAssets() external view returns (uint256);

    /// @notice Shares worth `assets` wei at this moment's rate, rounded down.
    function convertToShares(uint256 assets) external view returns (uint256 shares);

    /// @notice Wei that `shares` are worth at this moment's rate, rounded down.
    function convertToAssets(uint256 shares) external view returns (uint256 assets);

    /// @notice What `deposit` would mint in this block.
    function previewDeposit(uint256 assets) external view returns (uint256 shares);

    /// @notice What `mint` would take in this block.
    function previewMint(uint256 shares) external view returns (uint256 assets);

    /// @notice The most `deposit` accepts from anyone for `receiver`; 0 while deposits are stopped.
    function maxDeposit(address receiver) external view returns (uint256 assets);

    /// @notice The most `mint` accepts for `receiver`; 0 while deposits are stopped.
    function maxMint(address receiver) external view returns (uint256 shares);
}
