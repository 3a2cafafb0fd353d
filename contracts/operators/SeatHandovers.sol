// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISeatHandovers} from "../interfaces/ISeatHandovers.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Eligibility} from "./sets/Eligibility.sol";
import {Generations} from "./sets/Generations.sol";
import {Obligations} from "./sets/Obligations.sol";
import {SeatWords} from "./sets/SeatWords.sol";
import {SetLedger} from "./sets/SetLedger.sol";
import {SetNotices} from "./sets/SetNotices.sol";

/// @title SeatHandovers
/// @dev Seats change hands here, and are left. Part of OperatorSets, which runs this code on its own storage; called
/// directly it knows no set and binds no bond.
contract SeatHandovers is ISeatHandovers, SetNotices, Eligibility {
    using Generations for uint256;
    using SafeCast for uint256;
    using SeatWords for uint256;
    using SeatWords for uint256[7];

    uint256 private constant MAX_INCOMING = 3;

    constructor(Wiring memory w, uint256 keyStakeWei) SetLedger(w, keyStakeWei) {}

    /// @inheritdoc ISeatHandovers
    function formSet(uint256[7] calldata operatorIds) external onlyGovernance returns (uint256 setId) {
        setId = ++setCount;
        _requireDistinct(operatorIds);
        for (uint256 i = 0; i < SEATS; i++) {
            _requireEligible(operatorIds[i]);
            _setFlags(setId, operatorIds[i], _flagsOf(setId, operatorIds[i]) | Obligations.MEMBER);
        }
        _requireListed(operatorIds);
        _recordMembers(setId, 0, operatorIds);
        emit SetFormed(setId, 0, operatorIds);
        _requireCovered(operatorIds);
        _recordCapacity(setId);
    }

    /// @inheritdoc ISeatHandovers
    function lockIncoming(uint256 setId, uint64 generation, uint256[7] calldata operatorIds) external onlyChanges {
        Clock storage clock = _clocks[setId];
        if (clock.pending != 0) revert GenerationPending(setId, clock.pending);
        if (generation <= clock.named) revert GenerationNotNew(setId, generation);
        clock.pending = clock.named = uint256(generation).toUint16();
        _requireDistinct(operatorIds);
        uint256[7] memory ids = operatorIds;
        _named[setId] = ids.pack();
        emit IncomingNamed(setId, generation, ids);
        _requireCovered(_bindIncoming(setId, ids));
    }

    /// @inheritdoc ISeatHandovers
    function dropIncoming(uint256 setId) external onlyChanges {
        uint256 generation = _takePending(setId);
        uint256[7] memory seated = members(setId);
        uint256[7] memory named = _named[setId].unpack();
        _named[setId] = 0;
        emit IncomingDropped(setId, uint64(generation));
        for (uint256 i = 0; i < SEATS; i++) {
            if (named[i] == seated[i]) continue;
            _generations[setId] = _generations[setId].withRenewed(i, generation + 1);
            _leave(setId, named[i], generation, generation + 1);
        }
    }

    /// @inheritdoc ISeatHandovers
    function replaceSeats(uint256 setId, uint64 configurationNumber) external onlyChanges {
        uint256 generation = _takePending(setId);
        uint256[7] memory seated = members(setId);
        uint256[7] memory operatorIds = _named[setId].unpack();
        FEES.divide(setId);
        for (uint256 i = 0; i < SEATS; i++) {
            if (operatorIds[i] != seated[i]) _replaceSeat(setId, i, seated[i], operatorIds[i], generation);
        }
        _recordMembers(setId, configurationNumber, operatorIds);
        emit MembersChanged(setId, configurationNumber, uint64(generation), operatorIds);
        _recordCapacity(setId);
    }

    /// @dev Those of the seven who take over a seat, 0 in the place of the others.
    function _bindIncoming(uint256 setId, uint256[7] memory ids) private returns (uint256[7] memory incoming) {
        uint256[7] memory seated = members(setId);
        uint256 count;
        bool allListed = true;
        for (uint256 i = 0; i < SEATS; i++) {
            uint256 operatorId = ids[i];
            if (operatorId == seated[i]) continue;
            // A share belongs to its seat: a member can't move to another.
            if (_seatOf(setId, operatorId) != 0) revert DuplicateOperator(operatorId);
            if (!_requireEligible(operatorId)) allListed = false;
            _setFlags(setId, operatorId, _flagsOf(setId, operatorId) | Obligations.INCOMING);
            incoming[i] = operatorId;
            count++;
        }
        if (count > MAX_INCOMING) revert TooManyIncoming(count, MAX_INCOMING);
        if (_leaverIds[setId].length + count > MAX_LEAVERS) revert TooManyLeavers(setId, MAX_LEAVERS);
        // A listed newcomer never makes it worse, even when governance took members off its list since.
        if (!allListed) _requireListed(ids);
    }

    /// @dev In the order of seats, so that of leavers at one time the first are the ones who go free.
    function _replaceSeat(uint256 setId, uint256 index, uint256 oldId, uint256 newId, uint256 generation) private {
        uint256 sharings = _generations[setId];
        uint256 joined = sharings.joinedAt(index);
        _generations[setId] = sharings.withJoined(index, generation).withRenewed(index, generation);
        // One that left in place and was released owes nothing any more.
        if (_flagsOf(setId, oldId) != 0) _leave(setId, oldId, joined, generation);
        _setFlags(setId, newId, (_flagsOf(setId, newId) & ~Obligations.INCOMING) | Obligations.MEMBER);
        _setNotice(setId, index, 0);
        _sets[setId].emptied &= ~uint8(1 << index);
    }

    function _takePending(uint256 setId) private returns (uint256 generation) {
        generation = _clocks[setId].pending;
        if (generation == 0) revert NoGenerationPending(setId);
        _clocks[setId].pending = 0;
    }

    function _requireDistinct(uint256[7] calldata operatorIds) private pure {
        for (uint256 i = 0; i < SEATS; i++) {
            for (uint256 j = 0; j < i; j++) {
                if (operatorIds[j] == operatorIds[i]) revert DuplicateOperator(operatorIds[i]);
            }
        }
    }
}
