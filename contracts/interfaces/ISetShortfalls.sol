// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SetShortfalls
/// @notice Hysteresis of bonds. New stake needs bonds of 100 %; keys are exited for a shortfall only when a bond was below
/// 66 % of its requirement for ShortfallSeconds after a recorded notice, only as many as are missing, one a day. *Because*
/// a loss of one basis point with all sets full must neither exit validators nor end new stake for ever. Part of
/// OperatorSets.
interface ISetShortfalls {
    event ShortfallRecorded(uint256 indexed setId);
    event ShortfallEnded(uint256 indexed setId);
    event ShortfallExit(uint256 indexed setId);

    /// @notice Every bond covers at least 66 % of what it must.
    error NoShortfall(uint256 setId);

    /// @notice No notice stands, it is younger than ShortfallSeconds, the last exit younger than a day, or no more stake is
    /// missing than what exits already.
    error ShortfallExitNotDue(uint256 setId);

    /// @notice Records that a bond of the set is below 66 %. Anyone.
    function recordShortfall(uint256 setId) external;

    /// @notice Ends the notice when all bonds are at 66 % again. Anyone.
    function endShortfall(uint256 setId) external;

    /// @notice Uses the day's exit for shortfall; the caller exits one key of the set. Only ValidatorExits.
    function shortfallExit(uint256 setId) external;

    /// @notice Whether `shortfallExit` would pass now.
    function isShortfallExitDue(uint256 setId) external view returns (bool);

    /// @notice Unix time of the standing notice; 0 for none.
    function shortfallSince(uint256 setId) external view returns (uint64);

    /// @notice The smallest part of its requirement that a counted seat's bond covers, in basis points, at most 10,000.
    function coverageBps(uint256 setId) external view returns (uint256);
}
