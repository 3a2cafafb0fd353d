// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeeDistributor} from "../interfaces/IFeeDistributor.sol";
import {ISetChangeHooks} from "../interfaces/ISetChangeHooks.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {ISetMembers} from "../interfaces/ISetMembers.sol";
import {IValidatorAccounts} from "../interfaces/IValidatorAccounts.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Seats} from "../libraries/Seats.sol";
import {Epoch} from "../libraries/Units.sol";
import {ResharedKeys} from "./ResharedKeys.sol";
import {Resharings} from "./Resharings.sol";
import {SeatSignatures} from "./SeatSignatures.sol";
import {SetTimeline} from "./SetTimeline.sol";
import {SignsOfLife} from "./SignsOfLife.sol";

/// @title SetChanges
contract SetChanges is ResharedKeys {
    using Seats for uint8;

    bytes32 private constant CHANGE_TYPEHASH = keccak256(
        "SetChange(uint256 setId,uint64 configuration,uint8 kind,uint8 seats,uint64 generation,uint64 includeBy)"
    );

    /// @dev Nodes sign nothing that is further ahead; nobody can hold a statement back for longer.
    uint64 private constant INCLUSION_WINDOW = 2;
    uint256 private constant MIN_LEASED_SIGNERS = 3;
    uint256 private constant LEASED_SEATS = 4;

    IFeeDistributor public immutable FEES;

    constructor(Wiring memory w) SetTimeline(w) SeatSignatures(w) SignsOfLife(w) Resharings(w) ResharedKeys(w) {
        FEES = IFeeDistributor(w.fees);
    }

    /// @inheritdoc ISetChanges
    function acceptChange(Statement calldata statement, uint8 signers, bytes[] calldata signatures) external {
        uint256 setId = statement.setId;
        Configuration memory present = _requirePresent(statement);
        Epoch startEpoch = _requireInTime(statement, present);
        _requireMayFollow(statement, present);
        _requireSigners(statement, present, signers, signatures);

        bool leases = statement.kind == ChangeKind.Lease || statement.kind == ChangeKind.Renewal;
        if (leases) _countLease(setId, present, statement.seats, startEpoch);
        Configuration memory next = Configuration({
            number: present.number + 1,
            kind: statement.kind,
            seats: statement.seats,
            leasedSeats: leases ? statement.seats : 0,
            generation: statement.generation,
            startEpoch: startEpoch,
            endEpoch: leases ? _plus(startEpoch, LEASE_TERM) : Epoch.wrap(0)
        });
        // Before: who earned is paid. After: who is left out stops earning at once.
        if (leases) FEES.divide(setId);
        _enter(setId, present, next);
        if (leases) FEES.divide(setId);
        emit ChangeAccepted(setId, next.number, next, signers);
        if (_isResharing(statement.kind)) {
            delete _resharings[setId];
            ISetChangeHooks(SETS).replaceSeats(setId, next.number);
        }
    }

    /// @inheritdoc ISetChanges
    function acceptedStatement(
        uint256 setId,
        uint64 configuration
    ) external view returns (bytes32 digest, Epoch startEpoch) {
        Record memory next = _record(setId, configuration + 1);
        if (next.kind == ChangeKind.None) {
            revert WrongConfiguration(setId, configuration, current(setId).number);
        }
        Epoch includeBy = Epoch.wrap(Epoch.unwrap(next.startEpoch) - CHANGE_DELAY);
        Statement memory accepted = Statement(setId, configuration, next.kind, next.seats, next.generation, includeBy);
        return (_hashTypedDataV4(_hash(accepted)), next.startEpoch);
    }

    /// @inheritdoc ISetChanges
    function statementDigest(Statement calldata statement) external view returns (bytes32) {
        return _hashTypedDataV4(_hash(statement));
    }

    function _requirePresent(Statement calldata statement) private view returns (Configuration memory present) {
        Configuration memory pending = pendingChange(statement.setId);
        if (pending.number != 0) revert ChangePending(statement.setId, pending.startEpoch);
        present = current(statement.setId);
        if (statement.configuration != present.number) {
            revert WrongConfiguration(statement.setId, statement.configuration, present.number);
        }
    }

    /// @return startEpoch L = E + G.
    function _requireInTime(
        Statement calldata statement,
        Configuration memory present
    ) private view returns (Epoch startEpoch) {
        Epoch now_ = _presentEpoch();
        Epoch latest = _plus(now_, INCLUSION_WINDOW);
        if (now_ > statement.includeBy || statement.includeBy > latest) {
            revert InvalidIncludeBy(statement.includeBy, now_, latest);
        }
        startEpoch = _plus(statement.includeBy, CHANGE_DELAY);
        if (_modeOf(present) == Mode.Leased && startEpoch > present.endEpoch) {
            revert LeaseEndsBefore(present.endEpoch, startEpoch);
        }
    }

    /// @dev Whether a configuration of this kind may come after the present one.
    function _requireMayFollow(Statement calldata statement, Configuration memory present) private view {
        ChangeKind kind = statement.kind;
        if (_isResharing(kind)) {
            _requireReshared(statement);
            return;
        }
        if (kind == ChangeKind.None) revert WrongMode(statement.setId, kind, _modeOf(present));
        if (statement.generation != present.generation) {
            revert WrongGeneration(statement.setId, statement.generation, present.generation);
        }
        if (kind == ChangeKind.Lease) {
            bool fits = statement.seats.isValid() && statement.seats.count() == LEASED_SEATS;
            // The same four again would be a renewal.
            if (!fits || statement.seats == present.leasedSeats) revert InvalidSeats(kind, statement.seats);
            return;
        }
        if (_modeOf(present) == Mode.Normal) revert WrongMode(statement.setId, kind, Mode.Normal);
        uint8 expected = kind == ChangeKind.Renewal ? present.leasedSeats : 0;
        if (statement.seats != expected) revert InvalidSeats(kind, statement.seats);
    }

    function _requireReshared(Statement calldata statement) private view {
        ResharingRecord memory pending = _resharings[statement.setId];
        if (pending.kind != statement.kind) revert NoResharing(statement.setId, statement.generation);
        if (pending.generation != statement.generation) {
            revert WrongGeneration(statement.setId, statement.generation, pending.generation);
        }
        if (pending.seats != statement.seats) revert InvalidSeats(statement.kind, statement.seats);
        uint256 live = IValidatorAccounts(address(VALIDATOR_MANAGER)).liveKeyCount(statement.setId);
        if (pending.verifiedKeys != live) revert KeysMissing(statement.setId, pending.verifiedKeys, live);
    }

    function _requireSigners(
        Statement calldata statement,
        Configuration memory present,
        uint8 signers,
        bytes[] calldata signatures
    ) private view {
        if (_modeOf(present) == Mode.Leased) {
            uint256 leased = (signers & present.leasedSeats).count();
            if (leased < MIN_LEASED_SIGNERS) revert TooFewLeasedSigners(leased, MIN_LEASED_SIGNERS);
        }
        uint256[7] memory members = ISetMembers(SETS).membersAt(statement.setId, present.number);
        _requireThreshold(_hash(statement), members, signers, signatures);
    }

    function _isResharing(ChangeKind kind) private pure returns (bool) {
        return kind == ChangeKind.Rotation || kind == ChangeKind.Refresh;
    }

    function _hash(Statement memory statement) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    CHANGE_TYPEHASH,
                    statement.setId,
                    statement.configuration,
                    statement.kind,
                    statement.seats,
                    statement.generation,
                    statement.includeBy
                )
            );
    }
}
