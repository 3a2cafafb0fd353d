// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SeatReserves
/// @notice Parts of the seven bonds that answer for predeposits under way. Kept per set: a release is one write, and an
/// operator's reserve is the sum over its few seats. Part of OperatorSets.
interface ISeatReserves {
    event BondReserved(uint256 indexed setId, uint256 sharesPerSeat);
    event BondReleased(uint256 indexed setId, uint256 sharesPerSeat);

    /// @notice The predeposit is lost: the reserve of each seat's holder at the predeposit was charged.
    event ReservedBurned(uint256 indexed setId, uint64 configuration, uint256 sharesPerSeat);

    event BarLifted(uint256 indexed setId);

    /// @notice Reserves `sharesPerSeat` pool shares of each of the seven bonds. The part of a bond that covers stake stays
    /// untouched; the seats' base is used first. Reverts with InsufficientBond. Only ValidatorManager.
    function reserve(uint256 setId, uint256 sharesPerSeat) external;

    /// @notice Undoes a reserve after the predeposit was proven. Only ValidatorManager.
    function release(uint256 setId, uint256 sharesPerSeat) external;

    /// @notice Undoes a reserve and charges it to the members of `configuration`, that of the predeposit. The set takes no
    /// more keys until governance lifts the bar. Only ValidatorManager.
    function burnReserved(uint256 setId, uint64 configuration, uint256 sharesPerSeat) external;

    /// @notice Lets the set take keys again after a lost predeposit. Only governance.
    function liftBar(uint256 setId) external;

    /// @notice Pool shares that each seat of the set reserves now.
    function reservedPerSeat(uint256 setId) external view returns (uint256 shares);
}
