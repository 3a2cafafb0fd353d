// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetChangeHooks} from "../../interfaces/ISetChangeHooks.sol";
import {ISetLeavers} from "../../interfaces/ISetLeavers.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {Obligations} from "./Obligations.sol";
import {SeatWords} from "./SeatWords.sol";
import {SetLeavers} from "./SetLeavers.sol";

/// @title SetNotices
/// @dev An operator that wants to leave must not depend on governance for ever: when its notice has run out the set takes
/// no new keys, and the clock of a fourth leaver runs for the keys that it has.
abstract contract SetNotices is SetLeavers {
    using SeatWords for uint256;

    /// @inheritdoc ISetLeavers
    function giveNotice(uint256 setId, uint256 operatorId) external onlyOwnerOf(operatorId) {
        uint256 seat = _requireMember(setId, operatorId);
        if (_notices[setId].numberAt(seat - 1) != 0) revert NoticeStands(setId, operatorId);
        _setNotice(setId, seat - 1, uint32(block.timestamp));
        emit NoticeGiven(setId, seat, operatorId);
    }

    /// @inheritdoc ISetLeavers
    function withdrawNotice(uint256 setId, uint256 operatorId) external onlyOwnerOf(operatorId) {
        uint256 seat = _requireMember(setId, operatorId);
        _setNotice(setId, seat - 1, 0);
        emit NoticeWithdrawn(setId, seat, operatorId);
    }

    /// @inheritdoc ISetLeavers
    function startLeaving(uint256 setId, uint256 operatorId) external {
        uint256 seat = _requireMember(setId, operatorId);
        uint256 noticeAt = _notices[setId].numberAt(seat - 1);
        uint256 until = noticeAt + _parameter(Parameter.NoticeSeconds);
        if (noticeAt == 0 || block.timestamp < until) revert NoticeStillRuns(setId, operatorId, uint64(until));
        _leaveInPlace(setId, operatorId, until);
    }

    /// @inheritdoc ISetLeavers
    function noticeOf(uint256 setId, uint256 seat) external view returns (uint64) {
        _requireSet(setId);
        _requireSeat(seat);
        return uint64(_notices[setId].numberAt(seat - 1));
    }

    /// @inheritdoc ISetLeavers
    function leaverOverdue(uint256 setId, uint64 generation) external view returns (bool) {
        _requireSet(setId);
        uint256 keep = _parameter(Parameter.LeaverKeepSeconds);
        return
            generation < _overdueBefore(setId, keep) ||
            _noticeIsOlderThan(setId, _parameter(Parameter.NoticeSeconds) + keep);
    }

    /// @inheritdoc ISetChangeHooks
    function isClosedToKeys(uint256 setId) external view returns (bool) {
        _requireSet(setId);
        Clock memory clock = _clocks[setId];
        return clock.barred || _noticeIsOlderThan(setId, _parameter(Parameter.NoticeSeconds));
    }

    function _setNotice(uint256 setId, uint256 index, uint32 noticeAt) internal {
        _notices[setId] = _notices[setId].replaced(index, noticeAt);
    }

    function _noticeIsOlderThan(uint256 setId, uint256 age) private view returns (bool) {
        for (uint256 notices = _notices[setId]; notices != 0; notices >>= 32) {
            uint256 noticeAt = notices.numberAt(0);
            if (noticeAt != 0 && block.timestamp >= noticeAt + age) return true;
        }
        return false;
    }

    /// @dev A member whose bond is bound as one, with its seat: not one that leaves in place already.
    function _requireMember(uint256 setId, uint256 operatorId) private view returns (uint256 seat) {
        seat = _seatOf(setId, operatorId);
        if (seat == 0 || _flagsOf(setId, operatorId) & Obligations.MEMBER == 0) revert NotAMember(setId, operatorId);
    }
}
