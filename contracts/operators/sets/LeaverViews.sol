// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISetChangeHooks} from "../../interfaces/ISetChangeHooks.sol";
import {ISetLeavers} from "../../interfaces/ISetLeavers.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {SeatWords} from "./SeatWords.sol";
import {SetStake} from "./SetStake.sol";

/// @title LeaverViews
/// @dev What notices and former members mean for a set's keys. They are written by SeatHandovers.
abstract contract LeaverViews is SetStake {
    using SeatWords for uint256;

    /// @inheritdoc ISetLeavers
    function leaver(uint256 setId, uint256 operatorId) external view returns (Leaver memory) {
        LeaverRecord memory record = _leavers[setId][operatorId];
        return Leaver(record.lockedWei, record.leftAt, record.lockedBefore, record.leftGeneration);
    }

    /// @inheritdoc ISetLeavers
    function leaversOf(uint256 setId) external view returns (uint256[] memory) {
        _requireSet(setId);
        return _leaverIds[setId];
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

    /// @dev Generation before which leavers have waited long enough for all keys; 0 for none.
    function _overdueBefore(uint256 setId, uint256 keepSeconds) private view returns (uint256 generation) {
        generation = _clocks[setId].abandoned;
        uint256[] memory ids = _leaverIds[setId];
        for (uint256 i = 0; i < ids.length; i++) {
            LeaverRecord memory waiting = _leavers[setId][ids[i]];
            if (block.timestamp >= waiting.leftAt + keepSeconds)
                generation = Math.max(generation, waiting.lockedBefore);
        }
    }

    function _noticeIsOlderThan(uint256 setId, uint256 age) private view returns (bool) {
        for (uint256 notices = _notices[setId]; notices != 0; notices >>= 32) {
            uint256 noticeAt = notices.numberAt(0);
            if (noticeAt != 0 && block.timestamp >= noticeAt + age) return true;
        }
        return false;
    }
}
