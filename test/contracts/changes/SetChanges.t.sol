// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetChanges} from "../../../contracts/interfaces/ISetChanges.sol";
import {Epoch} from "../../../contracts/libraries/Units.sol";
import {Signing} from "./Signing.sol";

contract SetChangesTest is Signing {
    ISetChanges.ChangeKind private constant LEASE = ISetChanges.ChangeKind.Lease;
    ISetChanges.ChangeKind private constant RENEWAL = ISetChanges.ChangeKind.Renewal;
    ISetChanges.ChangeKind private constant RESTORE = ISetChanges.ChangeKind.Restore;
    ISetChanges.ChangeKind private constant ROTATION = ISetChanges.ChangeKind.Rotation;
    ISetChanges.ChangeKind private constant REFRESH = ISetChanges.ChangeKind.Refresh;

    function test_aChangeStartsExactlyGEpochsAfterIncludeBy() external {
        _accept(_statement(LEASE, FIRST_FOUR, 1002), FIRST_FOUR);
        _checkAt(1009, 0, 0);
        _checkAt(1010, 1, FIRST_FOUR);
        check(CHANGES.pendingChange(SET).number == 1, "pending");
        check(CHANGES.configuration(SET) == 0, "not in force yet");
        _moveTo(1010);
        check(CHANGES.configuration(SET) == 1 && CHANGES.leasedSeats(SET) == FIRST_FOUR, "in force");
        check(CHANGES.pendingChange(SET).number == 0, "nothing pending");
    }

    function test_aLeaseEndsAfterItsTermWithoutATransaction() external {
        _accept(_statement(LEASE, FIRST_FOUR, 1000), FIRST_FOUR);
        uint64 end = 1008 + 225;
        _checkAt(end - 1, 1, FIRST_FOUR);
        _checkAt(end, 2, 0);
        _moveTo(end);
        check(CHANGES.configuration(SET) == 2 && CHANGES.mode(SET) == ISetChanges.Mode.Normal, "normal again");
        check(CHANGES.acceptsKeys(SET), "takes keys");

        // The configuration that nobody wrote is one like any other: a change comes after it.
        _accept(_statement(LEASE, 0x78, end), ALL);
        _checkAt(end - 1, 1, FIRST_FOUR);
        _checkAt(end + 7, 2, 0);
        _checkAt(end + 8, 3, 0x78);
    }

    function test_aRenewalGoesOnForATermFromItsOwnStart() external {
        _leaseInForce();
        _accept(_statement(RENEWAL, FIRST_FOUR, 1102), FIRST_FOUR);
        ISetChanges.Configuration memory renewed = CHANGES.configurationAt(SET, Epoch.wrap(1110));
        check(renewed.number == 2 && Epoch.unwrap(renewed.endEpoch) == 1110 + 225, "term");
    }

    function test_aRenewalMustStartBeforeTheLeaseEnds() external {
        uint64 end = _leaseInForce();
        _moveTo(end - 8);
        ISetChanges.Statement memory late = _statement(RENEWAL, FIRST_FOUR, end - 7);
        _refuse(late, FIRST_FOUR, ISetChanges.LeaseEndsBefore.selector);
        _accept(_statement(RENEWAL, FIRST_FOUR, end - 8), FIRST_FOUR);
        _checkAt(end, 2, FIRST_FOUR);
    }

    function test_includeByIsNotPastAndAtMostTwoEpochsAhead() external {
        _refuse(_statement(LEASE, FIRST_FOUR, 999), FIRST_FOUR, ISetChanges.InvalidIncludeBy.selector);
        _refuse(_statement(LEASE, FIRST_FOUR, 1003), FIRST_FOUR, ISetChanges.InvalidIncludeBy.selector);
        ISetChanges.Statement memory inTime = _statement(LEASE, FIRST_FOUR, 1002);
        vm.warp(uint256(1003) * EPOCH_SECONDS - 1);
        _accept(inTime, FIRST_FOUR);
    }

    function test_changesComeOneAtATime() external {
        _accept(_statement(LEASE, FIRST_FOUR, 1000), FIRST_FOUR);
        _refuse(_statement(LEASE, 0x78, 1000), ALL, ISetChanges.ChangePending.selector);
        _moveTo(1008);
        ISetChanges.Statement memory old = _statement(LEASE, 0x78, 1008);
        old.configuration = 0;
        _refuse(old, ALL, ISetChanges.WrongConfiguration.selector);
    }

    function test_threeSeatsCanNotChangeAnything() external {
        _refuse(_statement(LEASE, FIRST_FOUR, 1000), 0x07, ISetChanges.TooFewSigners.selector);
    }

    function test_twoLeasedSeatsWithTwoLeftOutCanNotEndALease() external {
        _leaseInForce();
        ISetChanges.Statement memory restore = _statement(RESTORE, 0, 1100);
        _refuse(restore, 0x33, ISetChanges.TooFewLeasedSigners.selector);
        _refuse(_statement(LEASE, 0x78, 1100), 0x79, ISetChanges.TooFewLeasedSigners.selector);
        _accept(restore, 0x17);
        _checkAt(1108, 2, 0);
    }

    function test_aSignatureCountsForItsSeatAlone() external {
        ISetChanges.Statement memory lease = _statement(LEASE, FIRST_FOUR, 1000);
        bytes[] memory signatures = _sign(CHANGES.statementDigest(lease), 0x78);
        vm.expectPartialRevert(ISetChanges.InvalidSeatSignature.selector);
        CHANGES.acceptChange(lease, FIRST_FOUR, signatures);
        vm.expectPartialRevert(ISetChanges.WrongSignatureCount.selector);
        CHANGES.acceptChange(lease, ALL, signatures);
        // A bit that is no seat's.
        vm.expectPartialRevert(ISetChanges.WrongSignatureCount.selector);
        CHANGES.acceptChange(lease, 0xb8, signatures);
    }

    function test_aStatementOfAnotherSetOrContractIsNone() external {
        ISetChanges.Statement memory lease = _statement(LEASE, FIRST_FOUR, 1000);
        bytes[] memory signatures = _sign(CHANGES.statementDigest(lease), FIRST_FOUR);
        lease.setId = 2;
        vm.expectPartialRevert(ISetChanges.InvalidSeatSignature.selector);
        CHANGES.acceptChange(lease, FIRST_FOUR, signatures);
    }

    function testFuzz_aLeaseNamesExactlyFourSeats(uint8 seats) external {
        uint256 count;
        for (uint256 i = 0; i < 8; i++) {
            count += (seats >> i) & 1;
        }
        ISetChanges.Statement memory lease = _statement(LEASE, seats, 1000);
        if (count == 4 && seats < 128) _accept(lease, ALL);
        else _refuse(lease, ALL, ISetChanges.InvalidSeats.selector);
    }

    function test_kindsFitTheMode() external {
        _refuse(_statement(RENEWAL, 0, 1000), ALL, ISetChanges.WrongMode.selector);
        _refuse(_statement(RESTORE, 0, 1000), ALL, ISetChanges.WrongMode.selector);
        _refuse(_statement(ISetChanges.ChangeKind.None, 0, 1000), ALL, ISetChanges.WrongMode.selector);
        _leaseInForce();
        _refuse(_statement(LEASE, FIRST_FOUR, 1100), ALL, ISetChanges.InvalidSeats.selector);
        _refuse(_statement(RENEWAL, 0x78, 1100), ALL, ISetChanges.InvalidSeats.selector);
        _refuse(_statement(RESTORE, 1, 1100), ALL, ISetChanges.InvalidSeats.selector);
    }

    function test_leaseAgainstASeatThatIsAliveIsRepeatedThreeTimesAtMost() external {
        uint64 epoch = 1000;
        for (uint256 i = 0; i < 3; i++) {
            _postAlive(6);
            _accept(_statement(LEASE, i % 2 == 0 ? FIRST_FOUR : 0x17, epoch), ALL);
            epoch += 8;
            _moveTo(epoch);
        }
        _postAlive(6);
        ISetChanges.Statement memory fourth = _statement(RENEWAL, FIRST_FOUR, epoch);
        _refuse(fourth, FIRST_FOUR, ISetChanges.TooManyLeases.selector);

        // A moment of normal mode is no way around the limit.
        _accept(_statement(RESTORE, 0, epoch), ALL);
        _moveTo(epoch + 8 + 216);
        _postAlive(6);
        _refuse(_statement(LEASE, FIRST_FOUR, epoch + 8 + 216), ALL, ISetChanges.TooManyLeases.selector);
        // A whole term of it is.
        _moveTo(epoch + 8 + 217);
        _postAlive(6);
        _accept(_statement(LEASE, FIRST_FOUR, epoch + 8 + 217), ALL);
        check(CHANGES.contestedLeases(SET) == 1, "a new row");
    }

    function test_leasesThatLeaveOutDeadSeatsMayGoOn() external {
        _leaseInForce();
        uint64 epoch = 1100;
        for (uint256 i = 0; i < 5; i++) {
            // Those who act under the lease show nothing by being alive.
            _postAlive(1);
            _accept(_statement(RENEWAL, FIRST_FOUR, epoch), FIRST_FOUR);
            epoch += 8;
            _moveTo(epoch);
        }
        check(CHANGES.contestedLeases(SET) == 0, "none contested");
    }

    function test_governanceLetsLeasesGoOn() external {
        uint64 epoch = 1000;
        for (uint256 i = 0; i < 4; i++) {
            _postAlive(6);
            if (i == 3) {
                vm.expectPartialRevert(ISetChanges.Unauthorized.selector);
                CHANGES.allowLeases(SET);
                vm.prank(address(NEIGHBOURS));
                CHANGES.allowLeases(SET);
            }
            _accept(_statement(LEASE, i % 2 == 0 ? FIRST_FOUR : 0x17, epoch), ALL);
            epoch += 8;
            _moveTo(epoch);
        }
    }

    function test_aSignOfLifeIsCurrentForTwoDaysAndCountsOnce() external {
        _postAlive(6);
        vm.expectPartialRevert(ISetChanges.BlockNotNewer.selector);
        CHANGES.alive(6, block.number - 1, blockhash(block.number - 1), "");
        vm.warp(block.timestamp + 2 days);
        check(CHANGES.isAlive(6), "still");
        vm.warp(block.timestamp + 1);
        check(!CHANGES.isAlive(6) && !CHANGES.isAlive(5), "no more");
    }

    function test_nobodyElseGivesTheSignOfLife() external {
        uint256 number = block.number - 1;
        bytes memory signature = _signAs(5, keccak256("alive"));
        vm.expectPartialRevert(ISetChanges.InvalidSignOfLife.selector);
        CHANGES.alive(6, number, blockhash(number), signature);
    }

    function test_aSeatThatALeaseLeavesOutAndIsAliveCanNotBeRotatedOut() external {
        _leaseInForce();
        _postAlive(6);
        _refuseRotation(6, ISetChanges.SeatIsAlive.selector);
        // Convicted or leaving seats may go, and so may a seat that acts.
        NEIGHBOURS.setConvicted(6);
        _propose(6);
        check(CHANGES.resharing(SET).seats == 0x20, "seat 6");
    }

    function test_aSeatMayBeRotatedOutThatIsNotAliveOrGaveNotice() external {
        _leaseInForce();
        _propose(5);
        vm.warp(block.timestamp + 7 days);
        CHANGES.abortResharing(SET);
        _postAlive(5);
        NEIGHBOURS.setNotice(5, 1);
        _propose(5);
    }

    function test_aLeaseToComeProtectsTheSeatAsWell() external {
        _postAlive(6);
        _accept(_statement(LEASE, FIRST_FOUR, 1000), FIRST_FOUR);
        _refuseRotation(6, ISetChanges.SeatIsAlive.selector);
    }

    function test_inNormalModeGovernanceRotatesWhomItWants() external {
        _postAlive(6);
        _propose(6);
    }

    function test_aRotationWithoutKeysIsAcceptedAndTakesEffectAtL() external {
        _propose(7);
        check(!CHANGES.acceptsKeys(SET), "no keys while a generation is pending");
        _accept(_statement(ROTATION, 0x40, 1001), FIRST_FOUR);
        check(!CHANGES.acceptsKeys(SET) && CHANGES.generation(SET) == 0, "not before L");
        _moveTo(1009);
        check(CHANGES.acceptsKeys(SET) && CHANGES.generation(SET) == 1, "from L");
        check(NEIGHBOURS.members()[6] == 17, "members changed");
    }

    function test_aRotationWaitsForTheLastKey() external {
        NEIGHBOURS.setLiveKeys(1);
        _propose(7);
        _refuse(_statement(ROTATION, 0x40, 1000), ALL, ISetChanges.KeysMissing.selector);
    }

    function test_aLeaseIsPossibleWhileAGenerationIsPending() external {
        _propose(7);
        _accept(_statement(LEASE, FIRST_FOUR, 1000), FIRST_FOUR);
        _moveTo(1008);
        // The lease binds set and generation: the new generation ends it.
        _accept(_statement(ROTATION, 0x40, 1008), FIRST_FOUR);
        _checkAt(1015, 1, FIRST_FOUR);
        _checkAt(1016, 2, 0);
    }

    function test_generationsComeOneAtATimeAndTheirNumbersAreNeverReused() external {
        _propose(7);
        _refuseRotation(6, ISetChanges.ResharingPending.selector);
        vm.expectPartialRevert(ISetChanges.ResharingTooYoung.selector);
        CHANGES.abortResharing(SET);
        vm.warp(block.timestamp + 7 days);
        CHANGES.abortResharing(SET);
        vm.expectPartialRevert(ISetChanges.NoResharing.selector);
        CHANGES.abortResharing(SET);
        _propose(7);
        check(CHANGES.resharing(SET).generation == 2, "generation 1 is gone for ever");
        ISetChanges.Statement memory first = _statement(ROTATION, 0x40, _present());
        first.generation = 1;
        _refuse(first, ALL, ISetChanges.WrongGeneration.selector);
    }

    function test_noGenerationIsProposedBetweenAcceptanceAndL() external {
        _propose(7);
        _accept(_statement(ROTATION, 0x40, 1000), FIRST_FOUR);
        _refuseRotation(6, ISetChanges.ChangePending.selector);
    }

    function test_fourMembersBeginARefreshAndNobodyElse() external {
        bytes32 digest = _refreshDigest();
        bytes[] memory three = _sign(digest, 0x07);
        bytes[] memory four = _sign(digest, FIRST_FOUR);
        vm.expectPartialRevert(ISetChanges.TooFewSigners.selector);
        CHANGES.proposeRefresh(SET, 0x07, three);
        CHANGES.proposeRefresh(SET, FIRST_FOUR, four);
        check(CHANGES.resharing(SET).kind == REFRESH && CHANGES.resharing(SET).seats == 0, "refresh");
        _accept(_statement(REFRESH, 0, 1000), FIRST_FOUR);
        _moveTo(1008);
        check(CHANGES.generation(SET) == 1, "new generation");
        // The same signatures begin no second one.
        vm.expectPartialRevert(ISetChanges.InvalidSeatSignature.selector);
        CHANGES.proposeRefresh(SET, FIRST_FOUR, four);
    }

    function test_onlyGovernanceProposesRotations() external {
        uint256[7] memory operatorIds = _with(7);
        vm.expectPartialRevert(ISetChanges.Unauthorized.selector);
        CHANGES.proposeRotation(SET, operatorIds);
        vm.prank(address(NEIGHBOURS));
        vm.expectPartialRevert(ISetChanges.InvalidSeats.selector);
        CHANGES.proposeRotation(SET, [uint256(1), 2, 3, 4, 5, 6, 7]);
    }

    function test_onlyTheManagerRetiresKeys() external {
        vm.expectPartialRevert(ISetChanges.Unauthorized.selector);
        CHANGES.keyRetired(SET, 0);
    }

    function test_theCourtFindsTheStatementThatEndedAConfiguration() external {
        ISetChanges.Statement memory lease = _statement(LEASE, FIRST_FOUR, 1002);
        vm.expectPartialRevert(ISetChanges.WrongConfiguration.selector);
        CHANGES.acceptedStatement(SET, 0);
        _accept(lease, FIRST_FOUR);
        (bytes32 digest, Epoch start) = CHANGES.acceptedStatement(SET, 0);
        check(digest == CHANGES.statementDigest(lease) && Epoch.unwrap(start) == 1010, "statement");
        // The end of a term is nobody's promise.
        _moveTo(1010 + 225);
        _accept(_statement(LEASE, FIRST_FOUR, 1010 + 225), ALL);
        vm.expectPartialRevert(ISetChanges.WrongConfiguration.selector);
        CHANGES.acceptedStatement(SET, 1);
    }

    /// @dev Configuration 1, a lease to the first four from 1008; the epoch is 1100 afterwards. Returns its end.
    function _leaseInForce() private returns (uint64) {
        _accept(_statement(LEASE, FIRST_FOUR, 1000), FIRST_FOUR);
        _moveTo(1100);
        return 1008 + 225;
    }

    function _refuse(ISetChanges.Statement memory statement, uint8 signers, bytes4 selector) private {
        bytes[] memory signatures = _sign(CHANGES.statementDigest(statement), signers);
        vm.expectPartialRevert(selector);
        CHANGES.acceptChange(statement, signers, signatures);
    }

    function _propose(uint256 seat) private {
        uint256[7] memory operatorIds = _with(seat);
        vm.prank(address(NEIGHBOURS));
        CHANGES.proposeRotation(SET, operatorIds);
    }

    function _refuseRotation(uint256 seat, bytes4 selector) private {
        uint256[7] memory operatorIds = _with(seat);
        vm.prank(address(NEIGHBOURS));
        vm.expectPartialRevert(selector);
        CHANGES.proposeRotation(SET, operatorIds);
    }

    /// @dev Operator 10 + seat in the place of that seat's.
    function _with(uint256 seat) private view returns (uint256[7] memory operatorIds) {
        operatorIds = NEIGHBOURS.members();
        operatorIds[seat - 1] = 10 + seat;
    }

    function _checkAt(uint64 epoch, uint64 number, uint8 leasedSeats) private view {
        ISetChanges.Configuration memory found = CHANGES.configurationAt(SET, Epoch.wrap(epoch));
        check(found.number == number, "number");
        check(found.leasedSeats == leasedSeats, "leased seats");
    }

    function _refreshDigest() private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Septet"),
                keccak256("1"),
                block.chainid,
                address(CHANGES)
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(keccak256("RefreshProposal(uint256 setId,uint64 generation)"), SET, uint64(1))
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
