// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title OperatorBonds
/// @notice Bonds of operators in pool shares: never idle, and burning them compensates the depositors. Part of
/// OperatorRegistry.
interface IOperatorBonds {
    /// @notice `shares` of the pool were added to the operator's bond.
    event Bonded(uint256 indexed operatorId, uint256 shares);

    /// @notice `shares` in all are on their way out and can be withdrawn from `withdrawableAt`, a Unix time.
    event UnbondRequested(uint256 indexed operatorId, uint256 shares, uint64 withdrawableAt);
    event BondWithdrawn(uint256 indexed operatorId, address indexed receiver, uint256 shares);

    /// @notice `shares` left the bond: `reporterShares` went to the reporter, the rest was burned for the depositors.
    event BondCharged(uint256 indexed operatorId, uint256 shares, address indexed reporter, uint256 reporterShares);

    error ZeroAmount();

    /// @notice More shares than the bond has beside what its seats hold.
    error BondLocked(uint256 operatorId, uint256 shares, uint256 freeShares);
    error CooldownRuns(uint256 operatorId, uint64 withdrawableAt);

    /// @notice Takes `shares` by transferFrom and adds them to the operator's bond. Anyone may add to any bond, always.
    function bond(uint256 operatorId, uint256 shares) external;

    /// @notice Stakes the ETH sent through the pool and adds the shares to the operator's bond.
    /// @return shares Shares added.
    function bondEther(uint256 operatorId) external payable returns (uint256 shares);

    /// @notice Puts `shares` on their way out, in place of an earlier request; the cooldown (BondCooldownSeconds) starts
    /// anew. They answer for faults until they are withdrawn, and cover no seat any more. Bonds of seats that were left may
    /// be requested while they are still locked. 0 cancels. Only the owner.
    function requestUnbond(uint256 operatorId, uint256 shares) external;

    /// @notice Pays out what was requested, after the cooldown and as far as no seat, stake, predeposit or former seat holds
    /// it. When the pool is closed, cooldown and locks are lifted and all of the bond can be taken. Only the owner.
    function withdrawBond(uint256 operatorId, address receiver) external returns (uint256 shares);

    /// @notice Takes up to `shares` of the bond, locked or not, never more than there is. The reporter's part is
    /// transferred, the rest burned by `StakingPool.burnBond`. Only FaultCourt, Slashings, FeeDistributor and OperatorSets.
    /// @param reporter 0 for none. @param reporterShares Part of `shares`; shrinks with it in proportion, rounded down.
    /// @return taken Shares that left the bond.
    function charge(
        uint256 operatorId,
        uint256 shares,
        address reporter,
        uint256 reporterShares
    ) external returns (uint256 taken);

    /// @notice Bonded pool shares, those on their way out included.
    function bondOf(uint256 operatorId) external view returns (uint256 shares);

    /// @notice Bonds and what is on its way out of them, in the order asked for.
    function bondsOf(
        uint256[7] calldata operatorIds
    ) external view returns (uint256[7] memory shares, uint256[7] memory unbonding);
    function unbondingOf(uint256 operatorId) external view returns (uint256 shares, uint64 withdrawableAt);

    /// @notice Part of the bond that no seat, stake, predeposit or former seat holds and that is not on its way out.
    function freeBondOf(uint256 operatorId) external view returns (uint256 shares);
}
