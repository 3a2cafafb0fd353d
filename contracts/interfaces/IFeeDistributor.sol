// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeadSets} from "./IDeadSets.sol";

/// @title FeeDistributor
/// @notice Divides the seats' part of the pool's fee: between sets by proven stake and time, within a set equally over its
/// seven seats. What a seat does not earn (left out by a lease, convicted) goes to the depositors, never to other seats,
/// *because* four seats could otherwise earn by keeping three out. Everything is in pool shares; operators pull.
/// @dev No call loops over sets. The pool's fee streams, and each time its shares are minted they are divided by the stake
/// of that moment: who gains by an earlier minting may call `POOL.mintFees()` before a stake changes.
interface IFeeDistributor is IDeadSets {
    /// @notice `shares` were divided by `totalStakeWei`; nothing was divided while no stake is proven.
    event FeesReceived(uint256 shares, uint256 totalStakeWei);
    event ProvenStakeChanged(uint256 indexed setId, uint256 stakeWei);

    /// @notice The set's fees until now were given to its seats; bit s of `earning` is seat s + 1. `unpaidShares` went to
    /// the depositors.
    event FeesDivided(uint256 indexed setId, uint256 sharesPerSeat, uint256 earning, uint256 unpaidShares);
    event FeesClaimed(uint256 indexed operatorId, address indexed payout, uint256 shares);

    error Unauthorized(address caller);

    /// @notice The operator has earned nothing since its last claim, as far as its sets are divided.
    error NothingToClaim(uint256 operatorId);

    /// @notice `seatShares` of the pool were minted to this contract for the seats. Calls nobody. Only StakingPool.
    function onFees(uint256 seatShares) external;

    /// @notice The proven stake of a set changed: up when a report credits a top-up, down when the key stops working for
    /// the pool (Withdrawn, Slashed). Touches neither members nor other sets. Only ValidatorManager or OperatorSets.
    function onStakeChanged(uint256 setId, int256 changeWei) external;

    /// @notice Gives the set's fees since the last division to its present members. A seat is paid when it was earning after
    /// the last division *and* is now, *because* a seat that is left out must not earn by waiting for the lease's end. A
    /// seat stops earning when a lease without it is accepted, not only when that starts. Anyone may call it.
    /// @dev OperatorSets and SetChanges call it before *and* after they change members, empty a seat or accept a lease: the
    /// first call pays those who earned, the second one notes who earns from now on. Calls neither pool nor registry, so
    /// it can't keep a change or a conviction from happening.
    function divide(uint256 setId) external;

    /// @notice Hands what seats did not earn back to the depositors: burns the shares. Anyone may call it.
    function returnUnpaid() external returns (uint256 shares);

    /// @notice Sends all that the operator has earned in sets divided so far to its payout address. Anyone may call it.
    function claim(uint256 operatorId) external returns (uint256 shares);

    /// @notice Divides these sets first, then claims.
    function divideAndClaim(uint256 operatorId, uint256[] calldata setIds) external returns (uint256 shares);

    /// @notice Shares that `claim` would send.
    function claimable(uint256 operatorId) external view returns (uint256 shares);

    /// @notice Shares that `returnUnpaid` would burn.
    function unpaidShares() external view returns (uint256);

    /// @notice Shares that `divide` would share out over the seats of the set.
    function undivided(uint256 setId) external view returns (uint256 shares);

    /// @notice Stake of the set that earns, in wei.
    function provenStakeWei(uint256 setId) external view returns (uint256);
    function totalProvenStakeWei() external view returns (uint256);
}
