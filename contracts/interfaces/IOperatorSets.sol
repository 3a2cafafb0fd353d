// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISeatLists} from "./ISeatLists.sol";
import {ISeatReserves} from "./ISeatReserves.sol";
import {ISetChangeHooks} from "./ISetChangeHooks.sol";
import {ISetLeavers} from "./ISetLeavers.sol";
import {ISetMembers} from "./ISetMembers.sol";
import {ISetShortfalls} from "./ISetShortfalls.sol";

/// @title OperatorSets
/// @notice Sets of exactly seven distinct, bonded operators; four shares make a signature (THRESHOLD), five messages a
/// consensus quorum (QUORUM ≥ ⌈2·7/3⌉). Both are needed and are different things. Keeps members, stake and what bonds are
/// bound to; configuration numbers, generations and modes are SetChanges'.
/// @dev Stake is spread by running sums: no call loops over sets or keys. Capacity follows from the bonds and is recorded
/// when a set is formed, takes stake, or when anyone calls `refreshCapacity`; what decides about new stake is always
/// the live figure of that set. An operator's bond answers for eight sets at most, seats that it left included.
interface IOperatorSets is ISeatLists, ISetMembers, ISeatReserves, ISetChangeHooks, ISetLeavers, ISetShortfalls {
    event StakeChanged(uint256 indexed setId, uint256 stakeWei);
    event CapacityChanged(uint256 indexed setId, uint256 capacityWei);

    /// @notice The set failed to deliver a key and no longer counts in the average; `false` when it delivered again.
    event SetSuspended(uint256 indexed setId, bool suspended);

    error Unauthorized(address caller);

    /// @notice The operator's bond is worth less than all its seats need.
    error InsufficientBond(uint256 operatorId, uint256 requiredWei, uint256 bondWei);

    /// @notice Another set with a lower share of its capacity in use is next.
    error StakeAboveAverage(uint256 setId);
    error CapacityExceeded(uint256 setId, uint256 stakeWei, uint256 capacityWei);

    /// @notice Records the set's present capacity. Anyone may call it.
    function refreshCapacity(uint256 setId) external returns (uint256 capacityWei);

    /// @notice Gives the set stake of new keys: at or below the average before, within its capacity after. Only
    /// ValidatorManager.
    function assignStake(uint256 setId, uint256 amountWei) external;

    /// @notice Takes back stake of keys that were never made. Only ValidatorManager.
    function releaseStake(uint256 setId, uint256 amountWei) external;

    /// @notice Leaves the set out of the average, or takes it in again. Only ValidatorManager. *Because* a set that stopped
    /// working stays below the average for ever, and would keep every other set from taking keys.
    function setSuspended(uint256 setId, bool suspended) external;

    function isSuspended(uint256 setId) external view returns (bool);

    /// @notice Stake assigned to the set: target balances of its requested, pending and living keys, in wei.
    function stakeWei(uint256 setId) external view returns (uint256);

    /// @notice Stake the set's bonds allow now, in whole keys, at most MaxSetStakeWei, in wei. Seats emptied by a fault do
    /// not count for ShortfallSeconds; after that the capacity is 0 until they are replaced.
    function capacityWei(uint256 setId) external view returns (uint256);

    /// @notice Running sums over the sets that are not suspended, of assigned stake and of recorded capacity.
    function totalStakeWei() external view returns (uint256);
    function totalCapacityWei() external view returns (uint256);

    /// @notice Whether a request of one key passes: not above the average, and room for it.
    function canTakeKey(uint256 setId) external view returns (bool);

    /// @notice Whether `assignStake` would accept `amountWei` now.
    function canTakeStake(uint256 setId, uint256 amountWei) external view returns (bool);

    /// @notice Bond in wei that the operator's seats need, present and incoming: SeatBaseBondWei each and SeatStakeBondBps
    /// of their sets' stake. Seats emptied by a fault need none: their requirement was charged.
    function requiredBondWei(uint256 operatorId) external view returns (uint256);

    /// @notice The part of it that covers stake.
    function stakeBondWei(uint256 operatorId) external view returns (uint256);

    /// @notice Pool shares of the operator's bond that can't leave now.
    /// @return seatShares For its seats, those emptied by a fault included, their stake and predeposits under way.
    /// @return leavingShares For seats that it left.
    function lockedSharesOf(uint256 operatorId) external view returns (uint256 seatShares, uint256 leavingShares);
}
