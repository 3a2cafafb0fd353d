// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISetDepartures} from "../../interfaces/ISetDepartures.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {Generations} from "./Generations.sol";
import {Obligations} from "./Obligations.sol";
import {SetCapacity} from "./SetCapacity.sol";

/// @title SetLeavers
/// @dev Old shares can't be revoked by cryptography, so bonds do it.
abstract contract SetLeavers is ISetDepartures, SetCapacity {
    using Generations for uint256;
    using SafeCast for uint256;

    /// @inheritdoc ISetDepartures
    function releaseLeaver(uint256 setId, uint256 operatorId) external {
        LeaverRecord memory leaving = _leavers[setId][operatorId];
        if (leaving.leftAt == 0) revert NotLeaving(setId, operatorId);
        if (!_mayRelease(setId, leaving)) revert StillLocked(setId, operatorId);

        _removeLeaver(setId, operatorId);
        _setFlags(setId, operatorId, _flagsOf(setId, operatorId) & ~Obligations.LEAVER);
        emit LeaverReleased(setId, operatorId);
        // A seat without a bond earns nothing.
        if (leaving.inPlace) _emptySeat(setId, _seatOf(setId, operatorId), operatorId);
    }

    /// @dev The holder of the seat has left for good; its seat is renewed in `_generations` already.
    /// @param leftGeneration First generation of which it holds no share.
    function _leave(uint256 setId, uint256 operatorId, uint256 joined, uint256 leftGeneration) internal {
        LeaverRecord memory before = _leavers[setId][operatorId];
        uint8 flags = _flagsOf(setId, operatorId);
        uint256 fourthNewest = _generations[setId].fourthNewest();
        uint256 lockedBefore = joined < fourthNewest ? fourthNewest : 0;
        uint256 lockedWei = _answeringWei(setId);
        if (before.leftAt != 0 && !before.inPlace) {
            // It left this set before and was back: both times count.
            lockedBefore = Math.max(lockedBefore, before.lockedBefore);
            lockedWei = Math.max(lockedWei, before.lockedWei);
        }
        _lock(
            setId,
            operatorId,
            LeaverRecord({
                lockedWei: lockedWei.toUint96(),
                leftAt: uint40(block.timestamp),
                lockedBefore: lockedBefore.toUint16(),
                leftGeneration: leftGeneration.toUint16(),
                inPlace: false
            }),
            before.leftAt == 0
        );
        uint8 seated = Obligations.MEMBER | Obligations.INCOMING | Obligations.CONVICTED;
        _setFlags(setId, operatorId, (flags & ~seated) | Obligations.LEAVER);
    }

    /// @dev All keys of the set must go before this bond: one more share than the others may keep.
    function _leaveInPlace(uint256 setId, uint256 operatorId, uint256 leftAt) internal {
        LeaverRecord memory before = _leavers[setId][operatorId];
        _lock(
            setId,
            operatorId,
            LeaverRecord({
                lockedWei: Math.max(_answeringWei(setId), before.lockedWei).toUint96(),
                leftAt: uint40(leftAt),
                lockedBefore: type(uint16).max,
                leftGeneration: type(uint16).max,
                inPlace: true
            }),
            before.leftAt == 0
        );
        uint8 flags = _flagsOf(setId, operatorId) & ~(Obligations.MEMBER | Obligations.CONVICTED);
        _setFlags(setId, operatorId, flags | Obligations.LEAVER);
    }

    function _lock(uint256 setId, uint256 operatorId, LeaverRecord memory record, bool isNew) private {
        _leavers[setId][operatorId] = record;
        if (isNew) _leaverIds[setId].push(operatorId);
        emit LeaverLocked(setId, operatorId, record.lockedWei, record.lockedBefore);
    }

    function _removeLeaver(uint256 setId, uint256 operatorId) private {
        delete _leavers[setId][operatorId];
        uint256[] storage ids = _leaverIds[setId];
        uint256 last = ids.length - 1;
        for (uint256 i = 0; i < last; i++) {
            if (ids[i] == operatorId) {
                ids[i] = ids[last];
                break;
            }
        }
        ids.pop();
    }

    /// @dev The keys gone, or half as long again as they were kept for it: then only for exits under way.
    function _mayRelease(uint256 setId, LeaverRecord memory leaving) private returns (bool) {
        if (block.timestamp < leaving.leftAt + _parameter(Parameter.BondCooldownSeconds)) return false;
        // *Because* reports count its bond as the holders' until the slashing is settled, which anyone can do in time.
        if (SLASHINGS.unsettledCount(setId) > 0) return false;
        uint256 awaited = Math.min(leaving.lockedBefore, uint256(_clocks[setId].newest) + 1);
        if (!_livesBefore(setId, awaited)) return true;
        uint256 keep = _parameter(Parameter.LeaverKeepSeconds);
        if (block.timestamp < leaving.leftAt + (keep * 3) / 2 || _exitsBefore(setId, awaited)) return false;
        // The bond goes, the keys are still to be retired by anyone.
        if (!leaving.inPlace) _clocks[setId].abandoned = Math.max(_clocks[setId].abandoned, awaited).toUint16();
        return true;
    }

    /// @dev Whether a key born before `generation` lives. Remembers how far it looked.
    function _livesBefore(uint256 setId, uint256 generation) private returns (bool lives) {
        uint256 oldest = _clocks[setId].oldest;
        while (oldest < generation && _keys[setId][oldest].live == 0) oldest++;
        _clocks[setId].oldest = oldest.toUint16();
        return oldest < generation;
    }

    /// @dev Whether a key born before `generation` is on its way out.
    function _exitsBefore(uint256 setId, uint256 generation) private view returns (bool) {
        for (uint256 born = _clocks[setId].oldest; born < generation; born++) {
            if (_keys[setId][born].exiting > 0) return true;
        }
        return false;
    }
}
