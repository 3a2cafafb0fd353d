// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {ISeatLists} from "../interfaces/ISeatLists.sol";
import {ISetChangeHooks} from "../interfaces/ISetChangeHooks.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {ISetLeavers} from "../interfaces/ISetLeavers.sol";
import {ISetMembers} from "../interfaces/ISetMembers.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Seats} from "../libraries/Seats.sol";
import {SignsOfLife} from "./SignsOfLife.sol";

/// @title Resharings
/// @dev A new generation of a set from its proposal to its acceptance or abort. One at a time; numbers are never reused.
abstract contract Resharings is SignsOfLife {
    using SafeCast for uint256;
    using Seats for uint8;

    /// @dev Two slots.
    struct ResharingRecord {
        ChangeKind kind;
        uint8 seats;
        uint64 generation;
        uint64 proposedAt;
        uint32 verifiedKeys;
        uint32[7] operatorIds;
    }

    bytes32 private constant REFRESH_TYPEHASH = keccak256("RefreshProposal(uint256 setId,uint64 generation)");

    IParameters public immutable PARAMETERS;

    mapping(uint256 setId => ResharingRecord) internal _resharings;

    constructor(Wiring memory w) {
        PARAMETERS = IParameters(w.parameters);
    }

    /// @inheritdoc ISetChanges
    function proposeRotation(uint256 setId, uint256[7] calldata operatorIds) external onlyGovernance returns (uint64) {
        Configuration memory present = current(setId);
        uint256[7] memory members = ISetMembers(SETS).membersAt(setId, present.number);
        uint8 seats;
        for (uint256 seat = 1; seat <= Seats.COUNT; seat++) {
            if (operatorIds[seat - 1] != members[seat - 1]) seats = seats.with(seat);
        }
        if (seats == 0) revert InvalidSeats(ChangeKind.Rotation, seats);
        _requireNoneKeptOutAlive(setId, present, seats, members);
        return _propose(setId, ChangeKind.Rotation, seats, operatorIds);
    }

    /// @inheritdoc ISetChanges
    function proposeRefresh(uint256 setId, uint8 signers, bytes[] calldata signatures) external returns (uint64) {
        uint256[7] memory members = ISetMembers(SETS).membersAt(setId, current(setId).number);
        bytes32 structHash = keccak256(abi.encode(REFRESH_TYPEHASH, setId, nextGeneration(setId)));
        _requireThreshold(structHash, members, signers, signatures);
        return _propose(setId, ChangeKind.Refresh, 0, members);
    }

    /// @inheritdoc ISetChanges
    function abortResharing(uint256 setId) external {
        ResharingRecord storage pending = _resharings[setId];
        if (pending.kind == ChangeKind.None) revert NoResharing(setId, 0);
        uint256 abortableAt = pending.proposedAt + PARAMETERS.get(Parameter.ResharingSeconds);
        if (block.timestamp < abortableAt) revert ResharingTooYoung(setId, abortableAt);
        emit ResharingAborted(setId, pending.generation);
        delete _resharings[setId];
        ISetChangeHooks(SETS).dropIncoming(setId);
    }

    /// @inheritdoc ISetChanges
    function resharing(uint256 setId) external view returns (Resharing memory) {
        ResharingRecord memory pending = _resharings[setId];
        return
            Resharing(
                pending.kind,
                pending.seats,
                pending.generation,
                pending.proposedAt,
                pending.verifiedKeys,
                _operatorIds(pending)
            );
    }

    /// @inheritdoc ISetChanges
    function nextGeneration(uint256 setId) public view returns (uint64) {
        return _sets[setId].generations + 1;
    }

    /// @inheritdoc ISetChanges
    function acceptsKeys(uint256 setId) external view returns (bool) {
        return
            _resharings[setId].kind == ChangeKind.None &&
            _modeOf(current(setId)) == Mode.Normal &&
            pendingChange(setId).number == 0 &&
            !ISetChangeHooks(SETS).isClosedToKeys(setId);
    }

    function _operatorIds(ResharingRecord memory pending) internal pure returns (uint256[7] memory operatorIds) {
        for (uint256 i = 0; i < Seats.COUNT; i++) {
            operatorIds[i] = pending.operatorIds[i];
        }
    }

    function _propose(
        uint256 setId,
        ChangeKind kind,
        uint8 seats,
        uint256[7] memory operatorIds
    ) private returns (uint64 next) {
        ResharingRecord storage pending = _resharings[setId];
        if (pending.kind != ChangeKind.None) revert ResharingPending(setId, pending.generation);
        Configuration memory change = pendingChange(setId);
        // Two generations to come could not be told apart by members who must deal from the one in force.
        if (change.kind == ChangeKind.Rotation || change.kind == ChangeKind.Refresh) {
            revert ChangePending(setId, change.startEpoch);
        }
        next = nextGeneration(setId);
        _sets[setId].generations = next;
        pending.kind = kind;
        pending.seats = seats;
        pending.generation = next;
        pending.proposedAt = uint64(block.timestamp);
        for (uint256 i = 0; i < Seats.COUNT; i++) {
            pending.operatorIds[i] = operatorIds[i].toUint32();
        }
        emit ResharingProposed(setId, next, kind, seats, operatorIds);
        ISetChangeHooks(SETS).lockIncoming(setId, next, operatorIds);
    }

    /// @dev A lease is no ground to replace a seat that came back. A fault or the operator's own notice is one.
    function _requireNoneKeptOutAlive(
        uint256 setId,
        Configuration memory present,
        uint8 seats,
        uint256[7] memory members
    ) private view {
        uint8 keptOut = seats & (_leftOutBy(present) | _leftOutBy(pendingChange(setId)));
        for (uint256 seat = 1; seat <= Seats.COUNT; seat++) {
            uint256 operatorId = members[seat - 1];
            if (!keptOut.contains(seat) || !isAlive(operatorId)) continue;
            if (ISeatLists(SETS).standing(operatorId).convicted || ISetLeavers(SETS).noticeOf(setId, seat) != 0)
                continue;
            revert SeatIsAlive(setId, seat);
        }
    }

    function _leftOutBy(Configuration memory asked) private pure returns (uint8) {
        return _modeOf(asked) == Mode.Leased ? Seats.ALL.except(asked.leasedSeats) : 0;
    }
}
