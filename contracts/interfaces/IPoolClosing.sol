// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Closing of StakingPool
/// @notice The way out that needs no proof. If no report was finished for CloseSeconds, anyone may close the pool for
/// ever. Filled claims stay claimable and come first. Holders lock shares and draw, again and again, their part of
/// all ETH that comes in: locked ÷ supply at closing × ETH received, less what they drew.
/// @dev The shares locked at deployment are left out of the supply, so nothing is kept for them.
interface IPoolClosing {
    /// @notice `supply` shares divide whatever comes in.
    event Closed(uint256 supply);

    /// @notice The unfilled part of a request went back to its controller.
    event SharesReturned(address indexed controller, uint256 indexed cycleId, uint256 shares);

    event SharesLocked(address indexed holder, uint256 shares);
    event Drawn(address indexed holder, address indexed receiver, uint256 amountWei);

    error NotClosed();
    error AlreadyClosed();

    /// @notice The last report is too young; the largest value while no key is live.
    error ClosableLater(uint64 closableAt);

    /// @notice Declares the pool closed. Anyone, irreversibly.
    function close() external;

    /// @notice Gives the unfilled shares of these requests back to `controller`. Anyone may, once per request.
    function returnShares(address controller, uint256[] calldata cycleIds) external returns (uint256 shares);

    /// @notice Locks the caller's shares into the closing: they are burnt, and his right to draw can't be passed on.
    function lock(uint256 shares) external;

    /// @notice Pays the caller what his locked shares may draw now. Sweeps the vault first.
    function draw(address receiver) external returns (uint256 amountWei);

    function lockedOf(address holder) external view returns (uint256 shares);

    /// @notice What `draw` would pay, with what lies in the vault.
    function drawableOf(address holder) external view returns (uint256 amountWei);

    /// @notice Shares that divide the ETH: the supply at closing less those locked at deployment and bonds burnt since.
    function closedSupply() external view returns (uint256);
}
