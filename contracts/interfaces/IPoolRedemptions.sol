// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Redemptions of StakingPool
/// @notice ERC-7540, asynchronous redemption only. A requestId is the number of a *cycle*: all requests made between
/// two starts of a balance report. The start closes the cycle and caps its price at the rate of that moment; after
/// the report is finished anyone may `fill` it, oldest cycle first, at the lower of cap and rate. Filled ETH is set
/// aside and can be claimed at any time; nothing ever stops `requestRedeem` (before the pool is closed) or a claim.
/// @dev Until filled, shares lie in this contract, share in losses and gain nothing above the cap.
/// A *controller* owns requests; he, or an operator whom he approved by `setOperator`, claims them.
interface IPoolRedemptions {
    /// @param shares All shares of the cycle.
    /// @param filledShares Part of them that is paid for and burnt.
    /// @param cap Most that a fill pays, wei per 10²⁷ shares; 0 while the cycle takes requests.
    /// @param paidPerShare What all fills together paid, wei per 10²⁷ shares of the cycle, rounded down.
    /// @param closedAt Unix seconds; 0 while the cycle takes requests.
    struct Cycle {
        uint256 shares;
        uint256 filledShares;
        uint256 cap;
        uint256 paidPerShare;
        uint64 closedAt;
    }

    /// @notice ERC-7540: `shares` of `owner` wait under `requestId` for `controller`.
    event RedeemRequest(
        address indexed controller,
        address indexed owner,
        uint256 indexed requestId,
        address sender,
        uint256 shares
    );

    /// @notice ERC-7540: `operator` may, or may no longer, act for `controller` in everything that concerns
    /// redemptions.
    event OperatorSet(address indexed controller, address indexed operator, bool approved);

    /// @notice ERC-4626: filled ETH of `owner` (the controller) went to `receiver`.
    event Withdraw(
        address indexed sender,
        address indexed receiver,
        address indexed owner,
        uint256 assets,
        uint256 shares
    );

    /// @notice A report began: the cycle takes no more requests. `cap` in wei per 10²⁷ shares.
    event CycleClosed(uint256 indexed cycleId, uint256 shares, uint256 cap);

    /// @notice `shares` of the cycle were burnt for `assetsWei`, now claimable.
    event CycleFilled(uint256 indexed cycleId, uint256 shares, uint256 assetsWei);

    /// @notice Neither the controller (or owner) nor an operator of his.
    error NotOperator(address account, address caller);

    /// @notice The request is worth less than MinimumRequestWei was at the last start of a report.
    error RequestTooSmall(uint256 shares, uint256 minimum);

    /// @notice One controller can't ask for more in one cycle; use another cycle or controller.
    error RequestTooLarge(uint256 shares, uint256 maximum);

    /// @notice More than can be claimed in one call now; see `maxRedeem`, `maxWithdraw`.
    error ExceedsClaimable(uint256 amount, uint256 claimable);

    /// @notice The cycle was never there.
    error UnknownCycle(uint256 cycleId);

    /// @notice Nothing waits, or too little ETH is free: at least MinimumFillWei, or the rest of the oldest cycle.
    error NothingToFill();

    /// @notice Fills wait for the end of the report.
    error ReportIsOpen();

    /// @notice The receiver refused the ETH.
    error PaymentFailed(address receiver, uint256 amountWei);

    /// @notice ERC-7540: these previews can't be given for asynchronous redemptions.
    error PreviewNotSupported();

    /// @notice Takes `shares` of `owner` into this cycle, claimable by `controller` once filled. The caller must be
    /// the owner, an operator of his, or spends an ERC-20 allowance.
    /// @return requestId Number of the cycle.
    function requestRedeem(uint256 shares, address controller, address owner) external returns (uint256 requestId);

    /// @notice Fills waiting cycles, oldest first, at most `maxCycles` of them. Anyone may, while no report is open
    /// and fills are not frozen.
    /// @return paidWei ETH that became claimable.
    function fill(uint256 maxCycles) external returns (uint256 paidWei);

    /// @notice Claims `shares` out of the filled part of the controller's requests, oldest cycle first (up to 32 of
    /// them).
    function redeem(uint256 shares, address receiver, address controller) external returns (uint256 assets);

    /// @notice `redeem`, reverting (LessThanMinimum) if it pays less than `minAssets`.
    function redeemAtLeast(
        uint256 shares,
        address receiver,
        address controller,
        uint256 minAssets
    ) external returns (uint256 assets);

    /// @notice Claims exactly `assets` wei; shares are rounded up.
    function withdraw(uint256 assets, address receiver, address controller) external returns (uint256 shares);

    /// @notice Claims all that is filled in the named cycles, in any order.
    function claim(uint256[] calldata cycleIds, address receiver, address controller) external returns (uint256 assets);

    /// @notice Lets `operator` act for the caller: request with his shares, claim his requests to any receiver.
    function setOperator(address operator, bool approved) external returns (bool);

    function isOperator(address controller, address operator) external view returns (bool);

    /// @notice Shares of the request that are not filled.
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares);

    /// @notice Shares of the request that are filled and not claimed.
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares);

    /// @notice Wei of the request that are filled and not claimed.
    function claimableAssets(uint256 requestId, address controller) external view returns (uint256 assets);

    /// @notice Shares that one `redeem` can claim now.
    function maxRedeem(address controller) external view returns (uint256 shares);

    /// @notice Wei that one `withdraw` can claim now.
    function maxWithdraw(address controller) external view returns (uint256 assets);

    /// @notice Always reverts (ERC-7540).
    function previewRedeem(uint256 shares) external view returns (uint256);

    /// @notice Always reverts (ERC-7540).
    function previewWithdraw(uint256 assets) external view returns (uint256);

    function cycle(uint256 cycleId) external view returns (Cycle memory);

    /// @notice The cycle that takes requests now. The first is 1.
    function currentCycle() external view returns (uint256);

    /// @notice The oldest cycle that is not filled; the current one if all others are.
    function oldestOpenCycle() external view returns (uint256);

    /// @notice Least shares of a request in this cycle.
    function minimumRequestShares() external view returns (uint256);
}
