// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetChanges} from "../../../contracts/interfaces/ISetChanges.sol";
import {Epoch} from "../../../contracts/libraries/Units.sol";
import {Handler} from "../support/Handler.sol";
import {Walk} from "../support/Walk.sol";
import {Signing} from "./Signing.sol";

/// @dev Sends statements, right and wrong, and keeps a plain list of those that the rules allow.
contract ChangesHandler is Handler, Signing {
    struct Accepted {
        uint64 number;
        uint64 acceptedAt;
        uint64 start;
        uint64 generation;
        uint8 leasedSeats;
        ISetChanges.ChangeKind kind;
    }

    Accepted[] public ledger;
    uint256[] public contested;
    uint64 public generations;

    function advance(uint256 epochs) external step {
        _moveTo(_present() + uint64(bound(epochs, 1, 60)));
        reached["advance"]++;
    }

    function alive(uint256 seat) external step {
        uint256 operatorId = NEIGHBOURS.members()[seat % 7];
        vm.roll(block.number + 1);
        _postAlive(operatorId);
        reached["alive"]++;
    }

    function proposeRotation(uint256 seat) external step {
        uint256[7] memory operatorIds = NEIGHBOURS.members();
        operatorIds[seat % 7] += 10;
        vm.prank(address(NEIGHBOURS));
        try CHANGES.proposeRotation(SET, operatorIds) {
            generations++;
            reached["proposed"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function abort() external step {
        try CHANGES.abortResharing(SET) {
            reached["aborted"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
        }
    }

    function lease(uint256 seats, uint256 wrong, uint256 ahead, uint256 signers) external step {
        _state(ISetChanges.ChangeKind.Lease, seats, wrong, ahead, signers);
    }

    /// @dev Renews, restores or replaces a lease, of which there is one first.
    function changeLease(uint256 kind, uint256 seats, uint256 wrong, uint256 ahead, uint256 signers) external step {
        _wait();
        if (CHANGES.leasedSeats(SET) == 0) {
            _state(ISetChanges.ChangeKind.Lease, seats, 15, ahead, signers);
            _wait();
        }
        _state(ISetChanges.ChangeKind(1 + (kind % 3)), seats >> 8, wrong, ahead, signers);
        _wait();
        if (CHANGES.leasedSeats(SET) != 0) _state(ISetChanges.ChangeKind.Restore, 0, 15, ahead, ALL);
    }

    function rotate(uint256 wrong, uint256 ahead, uint256 signers) external step {
        _state(ISetChanges.ChangeKind.Rotation, 0, wrong, ahead, signers);
    }

    /// @dev By the list alone.
    function configurationAt(uint64 epoch) public view returns (Accepted memory found) {
        for (uint256 i = 0; i < ledger.length; i++) {
            if (ledger[i].start <= epoch) found = ledger[i];
        }
        if (found.leasedSeats != 0 && epoch >= found.start + 225) {
            return Accepted(found.number + 1, 0, found.start + 225, found.generation, 0, ISetChanges.ChangeKind.None);
        }
    }

    function count() external view returns (uint256) {
        return ledger.length;
    }

    /// @dev A statement that fits in most of its fields, so that both outcomes are common.
    function _state(ISetChanges.ChangeKind kind, uint256 seats, uint256 wrong, uint256 ahead, uint256 random) private {
        (uint8 named, uint8 signers) = (_seatsFor(kind, seats), uint8(random));
        ISetChanges.Statement memory statement = _statement(kind, named, _present() + uint64(bound(ahead, 0, 2)));
        if (wrong % 16 == 0) statement.configuration++;
        if (wrong % 16 == 1) statement.includeBy = Epoch.wrap(_present() + 3);
        if (wrong % 16 == 2) statement.includeBy = Epoch.wrap(_present() - 1);
        if (wrong % 16 == 3) statement.generation++;
        if (wrong % 4 != 0) signers |= FIRST_FOUR | named;
        signers &= ALL;

        bool expected = _allows(statement, signers);
        bytes[] memory signatures = _sign(CHANGES.statementDigest(statement), signers);
        bool isContested = _leavesOutAlive(statement);
        try CHANGES.acceptChange(statement, signers, signatures) {
            check(expected, "accepted against the rules");
            _book(statement, isContested);
        } catch (bytes memory reason) {
            expectRefusal(reason);
            check(!expected, "refused against the rules");
            reached["refused"]++;
        }
    }

    /// @dev Until nothing is pending.
    function _wait() private {
        if (ledger.length > 0 && ledger[ledger.length - 1].start > _present()) _moveTo(ledger[ledger.length - 1].start);
    }

    function _seatsFor(ISetChanges.ChangeKind kind, uint256 seed) private view returns (uint8) {
        uint8[5] memory fours = [FIRST_FOUR, 0x78, 0x17, 0x33, 0x0d];
        if (kind == ISetChanges.ChangeKind.Lease) return fours[seed % 5];
        if (kind == ISetChanges.ChangeKind.Renewal) return CHANGES.leasedSeats(SET);
        return kind == ISetChanges.ChangeKind.Rotation ? CHANGES.resharing(SET).seats : 0;
    }

    function _allows(ISetChanges.Statement memory s, uint8 signers) private view returns (bool) {
        uint64 epoch = _present();
        Accepted memory present = configurationAt(epoch);
        if (ledger.length > 0 && ledger[ledger.length - 1].start > epoch) return false;
        uint64 includeBy = Epoch.unwrap(s.includeBy);
        if (s.configuration != present.number || includeBy < epoch || includeBy > epoch + 2) return false;
        if (_count(signers) < 4) return false;
        bool leased = present.leasedSeats != 0;
        if (leased && (_count(signers & present.leasedSeats) < 3 || includeBy + 8 > present.start + 225)) return false;
        ISetChanges.Resharing memory pending = CHANGES.resharing(SET);
        if (s.kind == ISetChanges.ChangeKind.Rotation || s.kind == ISetChanges.ChangeKind.Refresh) {
            return pending.kind == s.kind && s.generation == generations;
        }
        if (s.generation != present.generation) return false;
        if (s.kind == ISetChanges.ChangeKind.Lease && (_count(s.seats) != 4 || s.seats == present.leasedSeats))
            return false;
        if (s.kind != ISetChanges.ChangeKind.Lease && !leased) return false;
        return !_leavesOutAlive(s) || _rowBefore(includeBy + 8, present) < 3;
    }

    /// @dev Contested leases in a row up to now, seen from a start at `start`.
    function _rowBefore(uint64 start, Accepted memory present) private view returns (uint256 row) {
        if (present.leasedSeats == 0 && start >= present.start + 225) return 0;
        return contested.length;
    }

    function _leavesOutAlive(ISetChanges.Statement memory s) private view returns (bool) {
        if (s.kind != ISetChanges.ChangeKind.Lease && s.kind != ISetChanges.ChangeKind.Renewal) return false;
        uint256[7] memory operatorIds = NEIGHBOURS.members();
        for (uint256 seat = 0; seat < 7; seat++) {
            if ((s.seats >> seat) & 1 == 0 && CHANGES.isAlive(operatorIds[seat])) return true;
        }
        return false;
    }

    function _book(ISetChanges.Statement memory s, bool isContested) private {
        uint64 start = Epoch.unwrap(s.includeBy) + 8;
        bool leases = s.kind == ISetChanges.ChangeKind.Lease || s.kind == ISetChanges.ChangeKind.Renewal;
        if (leases) {
            if (!isContested || _rowBefore(start, configurationAt(_present())) == 0) delete contested;
            if (isContested) contested.push(start);
        }
        ledger.push(Accepted(s.configuration + 1, _present(), start, s.generation, leases ? s.seats : 0, s.kind));
        string[6] memory names = ["", "lease", "renewal", "restore", "rotation", "refresh"];
        reached[names[uint256(s.kind)]]++;
        if (isContested) reached["contested"]++;
    }

    function _count(uint8 seats) private pure returns (uint256 total) {
        for (uint256 seat = 0; seat < 8; seat++) {
            total += (seats >> seat) & 1;
        }
    }
}

contract SetChangesInvariants is Walk {
    ChangesHandler private immutable handler;

    /// @dev Not in setUp: what creates so much code must not be part of this contract's own.
    constructor() {
        handler = new ChangesHandler();
        targetContract(address(handler));
        _moves = [
            ChangesHandler.advance.selector,
            ChangesHandler.alive.selector,
            ChangesHandler.proposeRotation.selector,
            ChangesHandler.abort.selector,
            ChangesHandler.lease.selector,
            ChangesHandler.changeLease.selector,
            ChangesHandler.rotate.selector
        ];
        _paths = ["advance", "alive", "proposed", "refused", "lease", "renewal", "restore", "contested"];
        _play(handler, 300);
    }

    /// @dev Sampled before, at and after every start and every end of a term.
    function invariant_everyEpochHasTheConfigurationOfThePlainList() public view {
        for (uint256 i = 0; i < handler.count(); i++) {
            (, , uint64 start, , , ) = handler.ledger(i);
            _compare(start - 1);
            _compare(start);
            _compare(start + 224);
            _compare(start + 225);
        }
        _compare(1000);
    }

    function invariant_theOldConfigurationHasAtLeastGEpochsNotice() public view {
        for (uint256 i = 0; i < handler.count(); i++) {
            (, uint64 acceptedAt, uint64 start, , , ) = handler.ledger(i);
            check(start >= acceptedAt + 8 && start <= acceptedAt + 10, "L = E + G");
        }
    }

    function invariant_numbersAndStartsOnlyRise() public view {
        for (uint256 i = 1; i < handler.count(); i++) {
            (uint64 before, , uint64 earlier, uint64 older, , ) = handler.ledger(i - 1);
            (uint64 number, , uint64 later, uint64 newer, , ) = handler.ledger(i);
            check(number > before && number <= before + 2, "numbers");
            check(later > earlier && newer >= older, "starts and generations");
        }
    }

    function invariant_noMoreThanThreeContestedLeasesInARow() public view {
        check(handler.CHANGES().contestedLeases(1) <= 3, "three");
    }

    function _requireInvariants() internal view override {
        invariant_everyEpochHasTheConfigurationOfThePlainList();
        invariant_theOldConfigurationHasAtLeastGEpochsNotice();
        invariant_numbersAndStartsOnlyRise();
        invariant_noMoreThanThreeContestedLeasesInARow();
    }

    function _compare(uint64 epoch) private view {
        ISetChanges.Configuration memory found = handler.CHANGES().configurationAt(1, Epoch.wrap(epoch));
        ChangesHandler.Accepted memory expected = handler.configurationAt(epoch);
        check(found.number == expected.number, "number");
        check(found.leasedSeats == expected.leasedSeats, "seats");
        check(found.generation == expected.generation, "generation");
        check(Epoch.unwrap(found.startEpoch) == expected.start, "start");
    }
}
