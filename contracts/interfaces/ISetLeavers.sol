// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetDepartures} from "./ISetDepartures.sol";

/// @title SetLeavers
/// @notice What binds the bond of an operator that leaves a set. Its share of every key it held stays dangerous until the
/// key is Withdrawn. The first three leavers of a sharing are free after the cooldown, *because* three shares sign nothing;
/// from the fourth on the bond stays locked until the keys of that sharing are retired. Part of OperatorSets.
interface ISetLeavers is ISetDepartures {
    /// @notice A former member, or one of an aborted attempt.
    /// @param lockedWei What its seat needed when it left; 0 when nothing is locked.
    /// @param leftAt Unix time.
    /// @param lockedBefore Locked until no key born before this generation lives; 0: until the cooldown is over.
    /// @param leftGeneration First generation of which it holds no share.
    struct Leaver {
        uint256 lockedWei;
        uint64 leftAt;
        uint64 lockedBefore;
        uint64 leftGeneration;
    }

    /// @notice A key of the set was verified; it was born in `generation`. Only ValidatorManager.
    function keyVerified(uint256 setId, uint64 generation) external;

    /// @notice The exit of a key was requested, or it was slashed; once per key. Only ValidatorManager.
    function keyExiting(uint256 setId, uint64 generation) external;

    /// @notice The key is Withdrawn, Foreign or Expired. Also takes its stake (KEY_STAKE_WEI) back from the set. Only
    /// ValidatorManager.
    /// @param wasExiting `keyExiting` was called for it.
    function keyRetired(uint256 setId, uint64 generation, bool wasExiting) external;

    function leaver(uint256 setId, uint256 operatorId) external view returns (Leaver memory);
    function leaversOf(uint256 setId) external view returns (uint256[] memory operatorIds);

    /// @notice Whether anyone may consolidate or exit the set's keys that were born in `generation`, because leavers' bonds
    /// wait for them since LeaverKeepSeconds.
    function leaverOverdue(uint256 setId, uint64 generation) external view returns (bool);

    /// @notice Unix time of the notice that the seat's holder gave; 0 for none.
    function noticeOf(uint256 setId, uint256 seat) external view returns (uint64);

    /// @notice Keys born in `generation` that are not retired, and those of them whose exit is under way.
    function keysBornIn(uint256 setId, uint64 generation) external view returns (uint256 live, uint256 exiting);

    /// @notice Bonds that answer for a key of the set born in `generation`: present members and locked leavers who hold a
    /// share of it, each with the most that it owes, in wei.
    function bondsBehind(
        uint256 setId,
        uint64 generation
    ) external view returns (uint256[] memory operatorIds, uint256[] memory maximumWei);
}
