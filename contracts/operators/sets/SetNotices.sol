// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetDepartures} from "../../interfaces/ISetDepartures.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {Obligations} from "./Obligations.sol";
import {SeatWords} from "./SeatWords.sol";
import {SetLeavers} from "./SetLeavers.sol";

/// @title SetNotices
/// @dev An operator that wants to leave must not depend on governance for ever: when its notice has run out the set takes
/// no new keys, and the clock of a fourth leaver runs for the keys that it has.
abstract contract SetNotices is SetLeavers {
    using SeatWords for uint256;

    /// @inheritdoc ISetDepartures
    function giveNotice(uint256 setId, uint256 operatorId) external onlyOwnerOf(operatorId) {
        uint256 seat = _requireMember(setId, operatorId);
        if (_notices[setId].numberAt(seat - 1) != 0) revert NoticeStands(setId, operatorId);
        _setNotice(setId, seat - 1, uint32(block.timestamp));
        emit NoticeGiven(setId, seat, operatorId);
    }

    /// @inheritdoc ISetDepartures
    function withdrawNotice(uint256 setId, uint256 operatorId) external onlyOwnerOf(operatorId) {
        uint256 seat = _requireMember(setId, operatorId);
        _setNotice(setId, seat - 1, 0);
        emit NoticeWithdrawn(setId, seat, operatorId);
    }

    /// @inheritdoc ISetDepartures
    function startLeaving(uint256 setId, uint256 operatorId) external {
        uint256 seat = _requireMember(setId, operatorId);
        uint256 noticeAt = _notices[setId].numberAt(seat - 1);
        uint256 until = noticeAt + _parameter(Parameter.NoticeSeconds);
        if (noticeAt == 0 || block.timestamp < until) revert NoticeStillRuns(setId, operatorId, uint64(until));
        _leaveInPlace(setId, operatorId, until);
    }

    function _setNotice(uint256 setId, uint256 index, uint32 noticeAt) internal {
        _notices[setId] = _notices[setId].replaced(index, noticeAt);
    }

    /// @dev A member whose bond is bound as one, with its seat: not one that leaves in place already.
    function _requireMember(uint256 setId, uint256 operatorId) private view returns (uint256 seat) {
        seat = _seatOf(setId, operatorId);
        if (seat == 0 || _flagsOf(setId, operatorId) & Obligations.MEMBER == 0) revert NotAMember(setId, operatorId);
    }
}
