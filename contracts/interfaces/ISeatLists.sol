// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SeatLists
/// @notice Who may take a seat: operators on governance's list, or on the open list for OpenListSeconds. Part of
/// OperatorSets.
interface ISeatLists {
    /// @param listed On governance's list.
    /// @param convicted A fault was proven: no new seat for ever.
    /// @param openSince Unix time of joining the open list; 0 when not on it.
    struct Standing {
        bool listed;
        bool convicted;
        uint64 openSince;
    }

    event OperatorListed(uint256 indexed operatorId, bool listed);
    event OpenListJoined(uint256 indexed operatorId);
    event OpenListLeft(uint256 indexed operatorId);

    /// @notice Neither on governance's list, nor long enough on the open list, or convicted.
    error NotEligible(uint256 operatorId);

    /// @notice Fewer than four seats would be held by operators of governance's list, so open seats alone could sign.
    error TooFewListed(uint256 listed, uint256 minimum);

    /// @notice Puts an operator on the list of governance or takes it off; sets that stand are not touched. Only governance.
    function setListed(uint256 operatorId, bool listed) external;

    /// @notice Puts an operator on the open list; the time until its first seat starts anew. Only its owner.
    function joinOpenList(uint256 operatorId) external;

    /// @notice Only its owner.
    function leaveOpenList(uint256 operatorId) external;

    function standing(uint256 operatorId) external view returns (Standing memory);
    function isListed(uint256 operatorId) external view returns (bool);

    /// @notice Whether the operator may take a new seat now, its bond aside.
    function isEligible(uint256 operatorId) external view returns (bool);
}
