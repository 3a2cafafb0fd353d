// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slot} from "../libraries/Units.sol";

/// @title DeadSets
/// @notice A set whose validators lose what staying offline costs, two days in a row, without a lease, is dead: its bonds
/// pay the fall and anyone may exit its keys. Nothing is looked at unless someone claims it with proofs. Part of Slashings.
interface IDeadSets {
    /// @notice The validators of the set lost `fallWei` between the two slots, because they were offline.
    event OfflineProven(uint256 indexed setId, Slot from, Slot to, uint256 keys, uint256 fallWei, uint256 streak);

    /// @notice `shares` of the operator's bond were burned for a dead set.
    event DeadSetCharged(uint256 indexed setId, uint256 indexed operatorId, uint256 shares);

    /// @notice Whether the set was proven offline twice in a row, the last time within two days: an exit reason.
    function isDead(uint256 setId) external view returns (bool);
}
