// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Seats} from "../libraries/Seats.sol";
import {Epoch} from "../libraries/Units.sol";

/// @title SetTimeline
/// @dev The configurations of each set, one slot each. Only those that a statement made are written; the one that follows a
/// lease at the end of its term comes without a transaction and is written with the next statement.
abstract contract SetTimeline is ISetChanges {
    struct Record {
        ChangeKind kind;
        uint8 seats;
        uint8 leasedSeats;
        uint64 generation;
        Epoch startEpoch;
        Epoch endEpoch;
    }

    /// @param latest Number of the last written configuration.
    /// @param generations Number of the last generation, given up ones included.
    struct SetRecord {
        uint64 latest;
        uint64 generations;
        uint8 contestedLeases;
    }

    uint64 public constant CHANGE_DELAY = 8;
    uint64 public constant LEASE_TERM = 225;
    Epoch private constant NONE = Epoch.wrap(0);

    IVerifierReplacement public immutable VERIFIERS;

    mapping(uint256 setId => SetRecord) internal _sets;
    mapping(uint256 setId => mapping(uint64 number => Record)) private _records;

    constructor(Wiring memory w) {
        VERIFIERS = IVerifierReplacement(w.verifiers);
    }

    /// @inheritdoc ISetChanges
    function configurationAt(uint256 setId, Epoch epoch) public view returns (Configuration memory) {
        uint64 number = _sets[setId].latest;
        while (number > 0 && _records[setId][number].startEpoch > epoch) {
            number--;
        }
        Record memory found = _records[setId][number];
        if (_isOver(found, epoch)) {
            // Only the latest can be over: a statement out of a lease starts at its end or before.
            return Configuration(number + 1, ChangeKind.None, 0, 0, found.generation, found.endEpoch, NONE);
        }
        return _toConfiguration(number, found);
    }

    /// @inheritdoc ISetChanges
    function current(uint256 setId) public view returns (Configuration memory) {
        // Most sets never changed: they need no clock.
        return configurationAt(setId, _sets[setId].latest == 0 ? NONE : _presentEpoch());
    }

    /// @inheritdoc ISetChanges
    function configuration(uint256 setId) external view returns (uint64) {
        return current(setId).number;
    }

    /// @inheritdoc ISetChanges
    function generation(uint256 setId) external view returns (uint64) {
        return current(setId).generation;
    }

    /// @inheritdoc ISetChanges
    function mode(uint256 setId) external view returns (Mode) {
        return _modeOf(current(setId));
    }

    /// @inheritdoc ISetChanges
    function leasedSeats(uint256 setId) external view returns (uint8) {
        return current(setId).leasedSeats;
    }

    /// @inheritdoc ISetChanges
    function seatsOnDuty(uint256 setId) external view returns (uint8 seats) {
        seats = Seats.ALL;
        uint64 latest = _sets[setId].latest;
        if (latest == 0) return seats;
        Epoch now_ = _presentEpoch();
        uint8 leased = configurationAt(setId, now_).leasedSeats;
        if (leased != 0) seats = leased;
        Record memory last = _records[setId][latest];
        if (last.startEpoch > now_ && last.leasedSeats != 0) seats &= last.leasedSeats;
    }

    /// @inheritdoc ISetChanges
    function pendingChange(uint256 setId) public view returns (Configuration memory pending) {
        uint64 latest = _sets[setId].latest;
        if (latest == 0) return pending;
        Record memory last = _records[setId][latest];
        if (last.startEpoch > _presentEpoch()) return _toConfiguration(latest, last);
    }

    /// @dev Makes `next` the configuration after `present`, which must be the one in force, with no other accepted after it.
    function _enter(uint256 setId, Configuration memory present, Configuration memory next) internal {
        // A lease ended by itself.
        if (_sets[setId].latest != present.number) _write(setId, present);
        _write(setId, next);
    }

    function _record(uint256 setId, uint64 number) internal view returns (Record memory) {
        return _records[setId][number];
    }

    function _presentEpoch() internal view returns (Epoch) {
        IBeaconVerifier verifier = VERIFIERS.current();
        return verifier.epochOf(verifier.slotAt(block.timestamp));
    }

    function _modeOf(Configuration memory asked) internal pure returns (Mode) {
        return asked.leasedSeats == 0 ? Mode.Normal : Mode.Leased;
    }

    function _plus(Epoch epoch, uint64 epochs) internal pure returns (Epoch) {
        return Epoch.wrap(Epoch.unwrap(epoch) + epochs);
    }

    function _write(uint256 setId, Configuration memory made) private {
        _sets[setId].latest = made.number;
        _records[setId][made.number] = Record(
            made.kind,
            made.seats,
            made.leasedSeats,
            made.generation,
            made.startEpoch,
            made.endEpoch
        );
    }

    function _isOver(Record memory asked, Epoch epoch) private pure returns (bool) {
        return asked.endEpoch != NONE && !(asked.endEpoch > epoch);
    }

    function _toConfiguration(uint64 number, Record memory found) private pure returns (Configuration memory) {
        return
            Configuration(
                number,
                found.kind,
                found.seats,
                found.leasedSeats,
                found.generation,
                found.startEpoch,
                found.endEpoch
            );
    }
}
