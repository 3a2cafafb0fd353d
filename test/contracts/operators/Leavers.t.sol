// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOperatorSets} from "../../../contracts/interfaces/IOperatorSets.sol";
import {ISeatHandovers} from "../../../contracts/interfaces/ISeatHandovers.sol";
import {ISeatLists} from "../../../contracts/interfaces/ISeatLists.sol";
import {ISetDepartures} from "../../../contracts/interfaces/ISetDepartures.sol";
import {OperatorsTest} from "./OperatorsTest.sol";

contract LeaversTest is OperatorsTest {
    uint256 private set;

    function setUp() external {
        build();
        set = sets.formSet(seven(1));
        verifyKeys(set, 0, 2);
    }

    function test_keepsTheHoldersOfEverySeatForEver() external {
        sets.lockIncoming(set, 1, with(set, 1, 8));
        sets.replaceSeats(set, 5);
        sets.lockIncoming(set, 2, with(set, 7, 9));
        sets.replaceSeats(set, 9);
        check(sets.operatorAt(set, 0, 1) == 1 && sets.operatorAt(set, 4, 1) == 1, "before");
        check(sets.operatorAt(set, 5, 1) == 8 && sets.operatorAt(set, 8, 7) == 7, "between");
        check(sets.operatorAt(set, 9, 7) == 9 && sets.operatorAt(set, 1_000, 1) == 8, "after");
        check(!sets.isMember(set, 1) && sets.isMember(set, 9), "present");
        check(divisions == 2, "fees were divided before the seats changed hands");
    }

    function test_firstThreeLeaversAreFreeAfterTheCooldownAndTheFourthIsNot() external {
        for (uint64 i = 1; i <= 4; i++) {
            rotate(set, i, with(set, i, 7 + i));
        }
        check(lockedBefore(set, 1) == 0 && lockedBefore(set, 2) == 0 && lockedBefore(set, 3) == 0, "three are free");
        // The sharing of before the first rotation has four former members now.
        check(lockedBefore(set, 4) == 1, "the fourth waits for keys born before generation 1");
        pass(COOLDOWN);
        for (uint256 id = 1; id <= 3; id++) {
            sets.releaseLeaver(set, id);
        }
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 4);
        sets.keyRetired(set, 0, false);
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 4);
        sets.keyRetired(set, 0, false);
        sets.releaseLeaver(set, 4);
        check(sets.leaversOf(set).length == 0, "all are free");
    }

    /// @dev Reports count its bond as ETH of the holders until the slashing is settled: 36 days after it at the earliest, so
    /// long after the cooldown of one who left before.
    function test_leaverDoesNotEscapeWithTheBondThatAnswersForAnUnsettledSlashing() external {
        rotate(set, 1, with(set, 1, 8));
        registry.requestUnbond(1, 3 ether);
        pass(COOLDOWN);
        unsettledSlashings = 1;
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 1);
        registry.withdrawBond(1, address(this));
        check(registry.bondOf(1) >= sets.leaver(set, 1).lockedWei, "what the seat required stays");
        unsettledSlashings = 0;
        sets.releaseLeaver(set, 1);
    }

    /// @dev Its keys end one after the other while the slashings of the first are not settled.
    function test_bondsStayAndAnswerWithWhatASeatRequiredAtTheSlashing_thoughKeysEndMeanwhile() external {
        uint256 whole = sets.seatRequirementWei(set);
        unsettledSlashings = 1;
        episodeRequirement = whole;
        sets.keyRetired(set, 0, false);
        check(sets.seatRequirementWei(set) == whole - 0.08 ether, "a key less to answer for");
        (, uint256[] memory maximum) = sets.bondsBehind(set, 1);
        check(maximum[0] == whole && maximum[6] == whole, "bonds answer as before");
        (uint256 seatShares, ) = sets.lockedSharesOf(1);
        check(pool.convertToAssets(seatShares) >= whole, "and are held as before");
        rotate(set, 1, with(set, 1, 8));
        check(sets.leaver(set, 1).lockedWei == whole, "also of one who leaves now");

        unsettledSlashings = episodeRequirement = 0;
        (, maximum) = sets.bondsBehind(set, 1);
        check(maximum[1] == whole - 0.08 ether, "until all is settled");
        (seatShares, ) = sets.lockedSharesOf(2);
        check(pool.convertToAssets(seatShares) < whole, "and are free then");
    }

    function test_keysOfLaterSharingsDoNotBindAnEarlierLeaver() external {
        for (uint64 i = 1; i <= 4; i++) {
            rotate(set, i, with(set, i, 7 + i));
        }
        verifyKeys(set, 4, 1);
        sets.keyRetired(set, 0, false);
        sets.keyRetired(set, 0, false);
        pass(COOLDOWN);
        sets.releaseLeaver(set, 4);
    }

    function test_leaversOfOneChangeCountInTheOrderOfTheirSeats() external {
        uint256[7] memory ids = with(set, 2, 8);
        ids[4] = 9;
        rotate(set, 1, ids);
        ids[0] = 10;
        ids[3] = 11;
        rotate(set, 2, ids);
        check(lockedBefore(set, 1) == 0, "the third of the first sharing");
        check(lockedBefore(set, 4) == 1, "the fourth");
    }

    function test_leaverIsFreeAtTheLatestAfter180DaysButNotWhileAnExitRuns() external {
        for (uint64 i = 1; i <= 4; i++) {
            rotate(set, i, with(set, i, 7 + i));
        }
        pass((KEEP * 3) / 2 - 1);
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 4);
        sets.keyExiting(set, 0);
        pass(1);
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 4);
        sets.keyRetired(set, 0, true);
        sets.releaseLeaver(set, 4);
        check(sets.leaverOverdue(set, 0), "the last key is still to be retired");
    }

    function test_anyoneMayRetireTheKeysOfLeaversAfterTheDeadlineAndOnlyThose() external {
        for (uint64 i = 1; i <= 3; i++) {
            rotate(set, i, with(set, i, 7 + i));
        }
        pass(2 * KEEP);
        check(!sets.leaverOverdue(set, 0), "three leavers bind no keys");
        rotate(set, 4, with(set, 4, 11));
        pass(KEEP - 1);
        check(!sets.leaverOverdue(set, 0), "not yet");
        pass(1);
        check(sets.leaverOverdue(set, 0), "keys of the first sharing");
        check(!sets.leaverOverdue(set, 1), "keys born later");
    }

    function test_newcomerOfAnAbortedAttemptStaysBoundLikeALeaver() external {
        uint256 seatWei = sets.seatRequirementWei(set);
        sets.lockIncoming(set, 1, with(set, 1, 8));
        check(sets.requiredBondWei(8) == seatWei, "locked from being named");
        sets.dropIncoming(set);
        check(sets.requiredBondWei(8) == 0 && sets.leaver(set, 8).lockedWei == seatWei, "locked as a leaver");
        check(sets.isMember(set, 1) && !sets.isMember(set, 8), "members stay");
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 8);
        pass(COOLDOWN);
        sets.releaseLeaver(set, 8);
    }

    /// @dev Operators 8, 9, 10 hold shares of generation 1. With any one of the continuing four they could sign.
    function test_abortedAttemptsCountBecauseTheirSharesMatch() external {
        uint256[7] memory ids = with(set, 1, 8);
        ids[1] = 9;
        ids[2] = 10;
        sets.lockIncoming(set, 1, ids);
        sets.dropIncoming(set);
        check(lockedBefore(set, 8) == 0 && lockedBefore(set, 10) == 0, "three are free");
        rotate(set, 2, with(set, 7, 11));
        check(lockedBefore(set, 7) == 2, "the fourth who holds shares of generation 1 is not");
    }

    function test_oldHolderOfASeatThatAnAttemptFailedToReplaceIsStillALeaverOfItsFirstSharing() external {
        sets.lockIncoming(set, 1, with(set, 1, 8));
        sets.dropIncoming(set);
        for (uint64 i = 2; i <= 4; i++) {
            rotate(set, i, with(set, i, 7 + i));
        }
        check(lockedBefore(set, 4) != 0, "the newcomer and three others");
        rotate(set, 5, with(set, 1, 12));
        check(lockedBefore(set, 1) != 0, "the fourth of the first sharing");
    }

    function test_returningOperatorKeepsWhatItOwedBefore() external {
        for (uint64 i = 1; i <= 4; i++) {
            rotate(set, i, with(set, i, 7 + i));
        }
        rotate(set, 5, with(set, 5, 4));
        check(lockedBefore(set, 4) == 1, "still bound for the first sharing");
        rotate(set, 6, with(set, 5, 12));
        check(lockedBefore(set, 4) == 1, "and after it left again");
        uint256[] memory ids = sets.leaversOf(set);
        for (uint256 i = 0; i < ids.length; i++) {
            for (uint256 j = 0; j < i; j++) {
                check(ids[i] != ids[j], "once in the list");
            }
        }
    }

    function test_refreshBindsNobodyAnew() external {
        rotate(set, 1, sets.members(set));
        rotate(set, 2, with(set, 1, 8));
        check(lockedBefore(set, 1) == 0 && sets.leaversOf(set).length == 1, "one leaver");
    }

    function test_noticeThatRunsOutClosesTheSetAndThenItsKeys() external {
        sets.giveNotice(set, 3);
        check(sets.noticeOf(set, 3) == block.timestamp, "recorded");
        vm.expectPartialRevert(ISetDepartures.NoticeStillRuns.selector);
        sets.startLeaving(set, 3);
        pass(NOTICE - 1);
        check(!sets.isClosedToKeys(set), "not yet");
        pass(1);
        check(sets.isClosedToKeys(set), "no new keys");
        sets.startLeaving(set, 3);
        check(sets.requiredBondWei(3) == 0 && sets.leaver(set, 3).lockedWei > 0, "bound as a leaver");
        check(sets.isMember(set, 3) && sets.feeSeats(set) == 0x7f, "works and earns on");
        pass(KEEP - 1);
        check(!sets.leaverOverdue(set, 0), "not yet overdue");
        pass(1);
        check(sets.leaverOverdue(set, 0) && sets.leaverOverdue(set, 7), "all keys are");
        pass(KEEP / 2);
        sets.releaseLeaver(set, 3);
        check(sets.feeSeats(set) == 0x7f - 4, "a seat without a bond earns nothing");
        check(sets.leaverOverdue(set, 0), "the keys are still to be retired");
        rotate(set, 1, with(set, 3, 8));
        check(sets.feeSeats(set) == 0x7f && !sets.isClosedToKeys(set), "a newcomer heals the set");
        check(sets.leaver(set, 3).leftAt == 0, "who owes nothing is not bound again");
    }

    function test_rotationEndsANotice() external {
        sets.giveNotice(set, 3);
        pass(NOTICE);
        sets.startLeaving(set, 3);
        rotate(set, 1, with(set, 3, 8));
        check(!sets.isClosedToKeys(set) && sets.noticeOf(set, 3) == 0, "over");
        check(lockedBefore(set, 3) == 0, "the first leaver is free after the cooldown");
        pass(COOLDOWN - 1);
        vm.expectPartialRevert(ISetDepartures.StillLocked.selector);
        sets.releaseLeaver(set, 3);
        pass(1);
        sets.releaseLeaver(set, 3);
    }

    function test_noticeCanBeWithdrawnUntilTheBondIsALeavers() external {
        sets.giveNotice(set, 3);
        vm.expectPartialRevert(ISetDepartures.NoticeStands.selector);
        sets.giveNotice(set, 3);
        sets.withdrawNotice(set, 3);
        pass(2 * NOTICE);
        check(!sets.isClosedToKeys(set), "open");
        vm.expectPartialRevert(ISetDepartures.NoticeStillRuns.selector);
        sets.startLeaving(set, 3);
        sets.giveNotice(set, 3);
        pass(NOTICE);
        sets.startLeaving(set, 3);
        vm.expectPartialRevert(ISetDepartures.NotAMember.selector);
        sets.withdrawNotice(set, 3);
        vm.expectPartialRevert(ISetDepartures.NotAMember.selector);
        sets.giveNotice(set, 9);
    }

    function test_bondsBehindAKeyAreMembersNewcomersAndLockedLeaversWhoHeldIt() external {
        rotate(set, 1, with(set, 1, 8));
        verifyKeys(set, 1, 1);
        sets.lockIncoming(set, 2, with(set, 2, 9));
        (uint256[] memory ids, uint256[] memory maximum) = sets.bondsBehind(set, 0);
        check(ids.length == 9, "seven members, a newcomer, a leaver");
        check(ids[8] == 1 && maximum[8] == sets.leaver(set, 1).lockedWei && maximum[8] > 0, "what it needed then");
        (ids, maximum) = sets.bondsBehind(set, 1);
        check(ids.length == 8, "the leaver has no share of a key made later");
        for (uint256 i = 0; i < ids.length; i++) {
            check(maximum[i] == sets.seatRequirementWei(set), "each at most what a seat needs");
        }
    }

    function test_changesMoveThreeSeatsAtMostAndNobodyTwice() external {
        uint256[7] memory ids = seven(8);
        ids[0] = 1;
        ids[1] = 2;
        ids[2] = 3;
        vm.expectRevert(abi.encodeWithSelector(ISeatHandovers.TooManyIncoming.selector, 4, 3));
        sets.lockIncoming(set, 1, ids);
        ids = with(set, 1, 2);
        ids[1] = 1;
        vm.expectRevert(abi.encodeWithSelector(ISeatHandovers.DuplicateOperator.selector, 2));
        sets.lockIncoming(set, 1, ids);
        ids = with(set, 1, 8);
        sets.lockIncoming(set, 1, ids);
        vm.expectPartialRevert(ISeatHandovers.GenerationPending.selector);
        sets.lockIncoming(set, 2, ids);
        sets.dropIncoming(set);
        vm.expectPartialRevert(ISeatHandovers.GenerationNotNew.selector);
        sets.lockIncoming(set, 1, ids);
        vm.expectPartialRevert(ISeatHandovers.NoGenerationPending.selector);
        sets.replaceSeats(set, 1);
    }

    /// @dev The rate halves between the attempt and the statement that four seats signed.
    function test_aChangeThatFourSeatsPromisedDoesNotHangOnARate() external {
        sets.lockIncoming(set, 1, with(set, 1, 8));
        pool.setRate(0.1 ether);
        check(pool.convertToAssets(registry.bondOf(8)) < sets.seatRequirementWei(set), "the bond is too small by now");
        sets.replaceSeats(set, 5);
        check(sets.operatorAt(set, 5, 1) == 8, "seated all the same");
    }

    /// @dev Three move at a time until those who left are 21: a slashing sums over the bonds of all of them.
    function test_leaversOfASetAreBounded_becauseASlashingSumsOverTheirBonds() external {
        uint64 generation = 0;
        uint256[7] memory ids = sets.members(set);
        for (; generation < 7; generation++) {
            for (uint256 i = 0; i < 3; i++) ids[i] = _newcomer();
            rotate(set, generation + 1, ids);
        }
        check(sets.leaversOf(set).length == 21, "full");
        ids[0] = _newcomer();
        vm.expectRevert(abi.encodeWithSelector(ISeatHandovers.TooManyLeavers.selector, set, 21));
        sets.lockIncoming(set, 8, ids);
        pass(COOLDOWN);
        sets.releaseLeaver(set, 1);
        sets.lockIncoming(set, 8, ids);
    }

    function test_newcomerNeedsItsWholeBond() external {
        uint256 id = registry.add(address(this));
        sets.setListed(id, true);
        uint256 required = sets.seatRequirementWei(set);
        registry.bondEther{value: required - 1}(id);
        uint256[7] memory ids = with(set, 1, id);
        vm.expectRevert(abi.encodeWithSelector(IOperatorSets.InsufficientBond.selector, id, required, required - 1));
        sets.lockIncoming(set, 1, ids);
        registry.bondEther{value: 1}(id);
        sets.lockIncoming(set, 1, ids);
    }

    /// @dev 100 refundable identities on the open list: never four seats, at formation or one by one.
    function test_hundredSybilsNeverHoldFourSeatsOfASet() external {
        uint256 first = OPERATORS + 1;
        for (uint256 i = 0; i < 100; i++) {
            uint256 id = registry.add(address(this));
            registry.bondEther{value: 3 ether}(id);
            sets.joinOpenList(id);
        }
        pass(30 days);
        uint256[7] memory ids = seven(8);
        for (uint256 i = 0; i < 4; i++) {
            ids[i] = first + i;
        }
        vm.expectRevert(abi.encodeWithSelector(ISeatLists.TooFewListed.selector, 3, 4));
        sets.formSet(ids);
        for (uint64 i = 1; i <= 3; i++) {
            rotate(set, i, with(set, i, first + i));
        }
        for (uint256 seat = 4; seat <= 7; seat++) {
            ids = with(set, seat, first + seat);
            vm.expectRevert(abi.encodeWithSelector(ISeatLists.TooFewListed.selector, 3, 4));
            sets.lockIncoming(set, 4, ids);
        }
        // One sybil in the place of another changes nothing.
        rotate(set, 4, with(set, 1, first + 50));
        // Governance takes members off its list: a listed newcomer still gets in, an open one doesn't.
        sets.setListed(7, false);
        ids = with(set, 2, first + 60);
        vm.expectRevert(abi.encodeWithSelector(ISeatLists.TooFewListed.selector, 3, 4));
        sets.lockIncoming(set, 5, ids);
        rotate(set, 5, with(set, 2, 12));
    }

    function _newcomer() private returns (uint256 id) {
        id = registry.add(address(this));
        sets.setListed(id, true);
        registry.bondEther{value: 3 ether}(id);
    }
}
