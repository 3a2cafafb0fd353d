// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SlashingCharges
/// @notice Who pays for a slashed validator: (1) seats convicted by FaultCourt, (2) equally all bonds still locked for the
/// key, of members and former members, each at most what its seat requires in the episode, (3) the holders. Part of
/// Slashings.
/// @dev Charges of one set are counted together from its first unsettled slashing to its last: an *episode*. A conviction
/// moves the convicted bond into a pot. While slashings are unsettled it pays for them before any other bond; in the end,
/// and at convictions after it, it refunds those who paid, and what is left is burned for the holders. Refunds are pulled
/// into the bonds, so no call loops over more than the bonds behind one key.
interface ISlashingCharges {
    /// @notice `shares` of the operator's bond were burned for the slashed validators of this set.
    event SlashingCharged(uint256 indexed setId, uint256 indexed operatorId, uint256 episode, uint256 shares);

    /// @notice `shares` of the convicted bond went into the pot.
    event ConvictedPays(uint256 indexed setId, uint256 indexed operatorId, uint256 episode, uint256 shares);
    event Refunded(uint256 indexed setId, uint256 indexed operatorId, uint256 episode, uint256 shares);

    error Unauthorized(address caller);
    error NothingToRefund(uint256 setId, uint256 episode, uint256 operatorId);

    /// @notice FaultCourt convicts the operator in this set: takes from its bond what the others paid, or will have to pay,
    /// for slashings of the set; at most what a seat requires, or required in the episode. Called before the court charges,
    /// which takes the rest of the requirement. Nothing happens for the second conviction in a set. Only FaultCourt.
    /// @return paidShares Shares taken from the bond here.
    function onConvicted(uint256 setId, uint256 operatorId) external returns (uint256 paidShares);

    /// @notice Moves what a convicted seat repaid to the operator into its bond. Anyone may call it.
    function refund(uint256 setId, uint256 episode, uint256 operatorId) external returns (uint256 shares);

    /// @notice Shares that `refund` would move.
    function refundable(uint256 setId, uint256 episode, uint256 operatorId) external view returns (uint256 shares);

    /// @notice Number of the set's present or last episode; 0 before the first slashing.
    function episodeOf(uint256 setId) external view returns (uint256);

    /// @notice The most that a seat of the set required, in wei, when anything was reserved for the slashings that wait to
    /// be settled; 0 while none does. Bonds answer with no less, *because* reports count on it and the requirement falls as
    /// keys of the set end.
    function episodeRequirementWei(uint256 setId) external view returns (uint256);

    /// @notice Slashings of the set that are not settled.
    function unsettledCount(uint256 setId) external view returns (uint256);
}
