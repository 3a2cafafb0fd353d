// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISetLeavers} from "../../interfaces/ISetLeavers.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {Generations} from "./Generations.sol";
import {KeyCounts} from "./KeyCounts.sol";
import {Obligations} from "./Obligations.sol";
import {SeatWords} from "./SeatWords.sol";

/// @title SetLeavers
/// @dev Old shares can't be revoked by cryptography, so bonds do it.
abstract contract SetLeavers is KeyCounts {
    using Generations for uint256;
    using SafeCast for uint256;
    using SeatWords for uint256;

    /// @dev Bounded, *because* a slashing sums over the bonds behind a key.
    uint256 internal constant MAX_LEAVERS = 21;

    /// @inheritdoc ISetLeavers
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
    function bondsBehind(
        uint256 setId,
        uint64 generation
    ) external view returns (uint256[] memory operatorIds, uint256[] memory maximumWei) {
        uint256[7] memory seated = members(setId);
        uint256[] memory left = _leaverIds[setId];
        operatorIds = new uint256[](2 * SEATS + left.length);
        maximumWei = new uint256[](operatorIds.length);
        uint256 seatWei = seatRequirementWei(setId);
        uint256 count;
        for (uint256 i = 0; i < SEATS; i++) {
            if (_flagsOf(setId, seated[i]) & Obligations.MEMBER != 0) {
                (operatorIds[count], maximumWei[count++]) = (seated[i], seatWei);
            }
            uint256 incoming = _named[setId].numberAt(i);
            if (incoming != seated[i] && incoming != 0) {
                (operatorIds[count], maximumWei[count++]) = (incoming, seatWei);
            }
        }
        for (uint256 i = 0; i < left.length; i++) {
            LeaverRecord memory record = _leavers[setId][left[i]];
            // Who is back in a seat owes for that one.
            bool bound = _flagsOf(setId, left[i]) & (Obligations.MEMBER | Obligations.INCOMING) != 0;
            if (bound || generation >= record.leftGeneration) continue;
            (operatorIds[count], maximumWei[count++]) = (left[i], record.lockedWei);
        }
        assembly {
            mstore(operatorIds, count)
            mstore(maximumWei, count)
        }
    }

    /// @dev The holder of the seat has left for good; its seat is renewed in `_generations` already.
    /// @param leftGeneration First generation of which it holds no share.
    function _leave(uint256 setId, uint256 operatorId, uint256 joined, uint256 leftGeneration) internal {
        LeaverRecord memory before = _leavers[setId][operatorId];
        uint8 flags = _flagsOf(setId, operatorId);
        uint256 fourthNewest = _generations[setId].fourthNewest();
        uint256 lockedBefore = joined < fourthNewest ? fourthNewest : 0;
        uint256 lockedWei = _seatRequirementWei(setId, _terms());
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
                lockedWei: Math.max(_seatRequirementWei(setId, _terms()), before.lockedWei).toUint96(),
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

    /// @dev The seat earns nothing from now on.
    function _emptySeat(uint256 setId, uint256 seat, uint256 operatorId) internal {
        FEES.divide(setId);
        OperatorSet storage target = _sets[setId];
        if (target.emptied == 0) _clocks[setId].emptiedAt = uint32(block.timestamp);
        target.emptied |= uint8(1 << (seat - 1));
        emit SeatEmptied(setId, seat, operatorId);
    }

    /// @dev Generation before which leavers have waited long enough for all keys; 0 for none.
    function _overdueBefore(uint256 setId, uint256 keepSeconds) internal view returns (uint256 generation) {
        generation = _clocks[setId].abandoned;
        uint256[] memory ids = _leaverIds[setId];
        for (uint256 i = 0; i < ids.length; i++) {
            LeaverRecord memory waiting = _leavers[setId][ids[i]];
            if (block.timestamp >= waiting.leftAt + keepSeconds)
                generation = Math.max(generation, waiting.lockedBefore);
        }
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
        uint256 awaited = Math.min(leaving.lockedBefore, uint256(_clocks[setId].newest) + 1);
        if (!_livesBefore(setId, awaited)) return true;
        uint256 keep = _parameter(Parameter.LeaverKeepSeconds);
        if (block.timestamp < leaving.leftAt + (keep * 3) / 2 || _exitsBefore(setId, awaited)) return false;
        // The bond goes, the keys are still to be retired by anyone.
        if (!leaving.inPlace) _clocks[setId].abandoned = Math.max(_clocks[setId].abandoned, awaited).toUint16();
        return true;
    }
}
