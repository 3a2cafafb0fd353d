// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slot} from "../libraries/Units.sol";
import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title DeadSets
/// @notice A set whose validators lose what staying offline costs, two days in a row, without a lease, is dead: its bonds
/// pay the fall, DeadSetChargeBps of each seat's requirement at most in 30 days, and anyone may exit its keys. Nothing is
/// looked at unless someone claims it with proofs. Part of FeeDistributor.
interface IDeadSets {
    /// @notice Balances in the state of one beacon block.
    struct BalancesAt {
        IBeaconVerifier.Anchor anchor;
        IBeaconVerifier.BalancesProof proof;
    }

    /// @notice `keys` validators of the set lost `fallWei` between the two slots, because they were offline.
    event OfflineProven(uint256 indexed setId, Slot from, Slot to, uint256 keys, uint256 fallWei, uint256 streak);

    /// @notice `shares` of the operator's bond were burned for a dead set.
    event DeadSetCharged(uint256 indexed setId, uint256 indexed operatorId, uint256 shares);

    /// @notice The first state lies before the end of an earlier claim: no fall is charged twice.
    error ClaimedBefore(Slot from, Slot claimedUntil);

    /// @notice The states are not 20 hours to two days apart.
    error WrongSpan(Slot from, Slot to, uint256 minimumSlots, uint256 maximumSlots);

    /// @notice The set is or will be under a lease, or its configuration changed since the first state.
    error ConfigurationChanged(uint256 setId);

    /// @notice The two proofs cover different validators.
    error DifferentKeys();

    /// @notice Not more than half of the set's live keys lost what staying offline costs.
    error NotOffline(uint256 setId, uint256 offlineKeys, uint256 liveKeys);

    /// @notice Shows that more than half of the set's keys did nothing for a day. Anyone may. The second claim in a row
    /// (they begin at most two days after the one before ended) charges both falls to the seven members in equal parts.
    /// @param from Balances of the keys in an earlier state, @param to the same ones later. Other validators in the same
    /// chunks do no harm; keys that fell by less than half or more than twice the price of missed duties don't count.
    function proveOffline(uint256 setId, BalancesAt calldata from, BalancesAt calldata to) external;

    /// @notice Whether the set was proven offline twice in a row, the last time within two days: an exit reason.
    function isDead(uint256 setId) external view returns (bool);
}
