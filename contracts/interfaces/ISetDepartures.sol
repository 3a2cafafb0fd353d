// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SetDepartures
/// @notice Leaving a set: notices, and the end of a leaver's lock. Part of OperatorSets.
interface ISetDepartures {
    event LeaverLocked(uint256 indexed setId, uint256 indexed operatorId, uint256 lockedWei, uint64 lockedBefore);
    event LeaverReleased(uint256 indexed setId, uint256 indexed operatorId);
    event NoticeGiven(uint256 indexed setId, uint256 seat, uint256 indexed operatorId);
    event NoticeWithdrawn(uint256 indexed setId, uint256 seat, uint256 indexed operatorId);

    error NoticeStands(uint256 setId, uint256 operatorId);
    error NotLeaving(uint256 setId, uint256 operatorId);
    error StillLocked(uint256 setId, uint256 operatorId);
    error NoticeStillRuns(uint256 setId, uint256 operatorId, uint64 until);
    error NotAMember(uint256 setId, uint256 operatorId);

    /// @notice Says that the caller's operator wants to leave. Not rotated out within NoticeSeconds, its set takes no new
    /// keys and the clock of a fourth leaver runs. Only the operator's owner.
    function giveNotice(uint256 setId, uint256 operatorId) external;

    /// @notice Only the operator's owner.
    function withdrawNotice(uint256 setId, uint256 operatorId) external;

    /// @notice NoticeSeconds after a notice: the member's bond becomes a leaver's, of all keys of the set. Anyone.
    function startLeaving(uint256 setId, uint256 operatorId) external;

    /// @notice Ends the lock of a leaver when its time has come and no slashing of the set is unsettled. Anyone.
    function releaseLeaver(uint256 setId, uint256 operatorId) external;
}
