// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title VoteToken
/// @notice Shares of the pool, locked one to one in exchange for votes (`depositFor`; then `delegate`, to oneself as
/// well). The way back: `requestUnlock`, which ends the votes at once, and after the unlock delay `withdrawTo`. Once
/// the pool is closed all of it can be withdrawn at once. It is an ERC-20 without transfers, with ERC-5805 votes
/// whose clock (ERC-6372) is Unix seconds.
/// @dev Votes cannot be transferred and locked shares stay in for longer than a vote and its timelock take, so
/// whoever votes holds the shares when the decision takes effect, and shares borrowed for a vote cost their borrower
/// that whole time.
interface IVoteToken {
    /// @param shares All that `owner` has unlocking; they can be withdrawn from `releasedAt` on, Unix seconds.
    event UnlockRequested(address indexed owner, uint256 shares, uint64 releasedAt);

    event Withdrawn(address indexed owner, address indexed receiver, uint256 shares);

    /// @notice Locked shares can be given to nobody.
    error NotTransferable();

    error ZeroAmount();

    /// @notice More was asked for than has been unlocked; the rest is released at `releasedAt` or was never requested.
    error NotUnlocked(uint256 requested, uint256 unlocked, uint64 releasedAt);

    /// @notice Locks `value` shares of the caller, who must have approved them, as votes of `account`.
    function depositFor(address account, uint256 value) external returns (bool);

    /// @notice Gives up the votes of `shares` now and starts their unlock delay. The delay of shares that are unlocking
    /// already starts again with them.
    function requestUnlock(uint256 shares) external;

    /// @notice Sends `value` unlocked shares of the caller to `account`.
    function withdrawTo(address account, uint256 value) external returns (bool);

    /// @notice Shares of `owner` that are unlocking or unlocked, and when they are released, Unix seconds.
    function unlockOf(address owner) external view returns (uint256 shares, uint64 releasedAt);

    /// @notice Seconds from a request until shares are released: the timelock's delay and seven days.
    function unlockDelay() external view returns (uint64);
}
