// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BondedShares
/// @notice What OperatorRegistry asks of StakingPool beside what every holder may.
interface IBondedShares {
    /// @notice Burns shares of the caller for the holders' good. Only OperatorRegistry.
    function burnBond(uint256 shares) external;

    /// @notice 0, or the time at which the pool was closed for ever.
    function closedAt() external view returns (uint64);
}
