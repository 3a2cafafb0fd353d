// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISetShortfalls} from "../../interfaces/ISetShortfalls.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {Obligations} from "./Obligations.sol";
import {SetStake} from "./SetStake.sol";

/// @title SetShortfalls
abstract contract SetShortfalls is SetStake {
    /// @dev Below it a notice may be recorded and keys may be exited.
    uint256 private constant SHORTFALL_BPS = 6_600;

    /// @inheritdoc ISetShortfalls
    function recordShortfall(uint256 setId) external {
        if (coverageBps(setId) >= SHORTFALL_BPS) revert NoShortfall(setId);
        Clock storage clock = _clocks[setId];
        if (clock.shortfallSince != 0 && !_isStale(clock)) return;
        clock.shortfallSince = uint32(block.timestamp);
        emit ShortfallRecorded(setId);
    }

    /// @inheritdoc ISetShortfalls
    function endShortfall(uint256 setId) external {
        Clock storage clock = _clocks[setId];
        if (clock.shortfallSince == 0 || coverageBps(setId) < SHORTFALL_BPS) revert NoShortfall(setId);
        clock.shortfallSince = 0;
        emit ShortfallEnded(setId);
    }

    /// @inheritdoc ISetShortfalls
    function shortfallExit(uint256 setId) external {
        if (msg.sender != EXITS) revert Unauthorized(msg.sender);
        if (!isShortfallExitDue(setId)) revert ShortfallExitNotDue(setId);
        _clocks[setId].shortfallExitAt = uint32(block.timestamp);
        emit ShortfallExit(setId);
    }

    /// @inheritdoc ISetShortfalls
    function shortfallSince(uint256 setId) external view returns (uint64) {
        _requireSet(setId);
        return _clocks[setId].shortfallSince;
    }

    /// @inheritdoc ISetShortfalls
    function isShortfallExitDue(uint256 setId) public view returns (bool) {
        Clock storage clock = _clocks[setId];
        if (clock.shortfallSince == 0 || _isStale(clock)) return false;
        if (block.timestamp < clock.shortfallSince + _parameter(Parameter.ShortfallSeconds)) return false;
        if (block.timestamp < uint256(clock.shortfallExitAt) + DAY) return false;
        uint256 leavingWei = clock.exitingKeys * KEY_STAKE_WEI;
        uint256 stayingWei = Math.saturatingSub(_sets[setId].stakeWei, leavingWei);
        return stayingWei > _capacityWei(setId) && coverageBps(setId) < SHORTFALL_BPS;
    }

    /// @inheritdoc ISetShortfalls
    function coverageBps(uint256 setId) public view returns (uint256 coverage) {
        uint8 emptied = _set(setId).emptied;
        uint8 leftOut = _seatsLeftOut(setId, emptied);
        if (leftOut != emptied) return 0;
        uint256[7] memory operatorIds = members(setId);
        Terms memory terms = _terms();
        Account[7] memory accounts = _accountsOf(operatorIds, terms);
        coverage = BPS;
        for (uint256 i = 0; i < SEATS; i++) {
            // A member that leaves in place keeps its bond for the keys there are; the set takes no more.
            if (leftOut & (1 << i) != 0 || _flagsOf(setId, operatorIds[i]) & Obligations.MEMBER == 0) continue;
            Owed memory owed = accounts[i].owed;
            uint256 required = owed.baseWei + owed.stakeBondWei;
            coverage = Math.min(coverage, Math.mulDiv(accounts[i].availableWei, BPS, required));
        }
    }

    /// @dev A notice that nobody ended when the bonds were whole again must not serve a later shortfall: it holds for
    /// ShortfallSeconds after its time came, and after each exit.
    function _isStale(Clock storage clock) private view returns (bool) {
        uint256 grace = _parameter(Parameter.ShortfallSeconds);
        return block.timestamp > Math.max(clock.shortfallSince + grace, clock.shortfallExitAt) + grace;
    }
}
