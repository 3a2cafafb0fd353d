// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOperatorSets} from "../../../contracts/interfaces/IOperatorSets.sol";
import {ISeatLists} from "../../../contracts/interfaces/ISeatLists.sol";
import {ISetShortfalls} from "../../../contracts/interfaces/ISetShortfalls.sol";
import {OperatorsTest} from "./OperatorsTest.sol";

contract ShortfallsTest is OperatorsTest {
    uint256 private set;

    function setUp() external {
        build();
        set = sets.formSet(seven(1));
        verifyKeys(set, 0, 25);
    }

    function test_lossOfOneBasisPointWithAllSetsFullExitsNobodyAndEndsWithATopUp() external {
        check(sets.capacityWei(set) == 25 * KEY, "full");
        pool.setRate(0.9999 ether);
        sets.refreshCapacity(set);
        vm.expectPartialRevert(ISetShortfalls.NoShortfall.selector);
        sets.recordShortfall(set);
        check(!sets.isShortfallExitDue(set) && sets.coverageBps(set) >= 9_999, "no exit");
        vm.expectPartialRevert(IOperatorSets.CapacityExceeded.selector);
        sets.assignStake(set, KEY);
        for (uint256 id = 1; id <= 7; id++) {
            registry.bondEther{value: 0.1 ether}(id);
        }
        sets.assignStake(set, KEY);
    }

    function test_shortfallExitsOneKeyADayAfterTwoWeeksAndOnlyWhatIsMissing() external {
        // 1.95 ETH of 3 are left: 65 %, and 0.95 ETH cover 380 ETH of stake, eleven keys of 25.
        pool.setRate(0.65 ether);
        vm.expectPartialRevert(ISetShortfalls.ShortfallExitNotDue.selector);
        sets.shortfallExit(set);
        sets.recordShortfall(set);
        pass(SHORTFALL - 1);
        check(!sets.isShortfallExitDue(set), "not yet");
        pass(1);
        for (uint256 i = 0; i < 14; i++) {
            sets.shortfallExit(set);
            sets.keyExiting(set, 0);
            check(!sets.isShortfallExitDue(set), "one a day");
            pass(1 days);
        }
        check(!sets.isShortfallExitDue(set), "no more than is missing");
        for (uint256 i = 0; i < 14; i++) {
            sets.keyRetired(set, 0, true);
        }
        check(sets.stakeWei(set) == 11 * KEY && sets.capacityWei(set) == 11 * KEY, "covered again");
        sets.endShortfall(set);
    }

    function test_topUpEndsAShortfall() external {
        pool.setRate(0.65 ether);
        sets.recordShortfall(set);
        pass(SHORTFALL);
        for (uint256 id = 1; id <= 7; id++) {
            registry.bondEther{value: 0.1 ether}(id);
        }
        check(!sets.isShortfallExitDue(set), "over");
        sets.endShortfall(set);
        check(sets.shortfallSince(set) == 0, "notice gone");
        vm.expectPartialRevert(ISetShortfalls.NoShortfall.selector);
        sets.endShortfall(set);
    }

    function test_oldNoticeDoesNotServeALaterShortfall() external {
        pool.setRate(0.65 ether);
        sets.recordShortfall(set);
        pass(2 * SHORTFALL);
        check(sets.isShortfallExitDue(set), "due");
        pass(1);
        check(!sets.isShortfallExitDue(set), "stale");
        sets.recordShortfall(set);
        check(sets.shortfallSince(set) == block.timestamp, "recorded anew");
        pass(SHORTFALL);
        sets.recordShortfall(set);
        check(sets.isShortfallExitDue(set), "a standing notice is not set back");
    }

    function test_onlyExitsUseADaysExit() external {
        vm.expectRevert(abi.encodeWithSelector(IOperatorSets.Unauthorized.selector, address(1)));
        vm.prank(address(1));
        sets.shortfallExit(set);
    }

    function test_emptiedSeatCountsForNothingForTwoWeeksAndThenClosesTheSet() external {
        sets.setListed(1, true);
        registry.charge(1, 3 ether, address(0), 0);
        check(sets.capacityWei(set) == 0 && sets.coverageBps(set) == 0, "before the court told");
        sets.onConvicted(set, 1);
        check(divisions == 1 && sets.feeSeats(set) == 0x7e, "earns nothing from now on");
        check(sets.isMember(set, 1), "the configuration stays");
        check(sets.capacityWei(set) == 25 * KEY && sets.coverageBps(set) == 10_000, "the other six count");
        pass(SHORTFALL - 1);
        check(sets.capacityWei(set) == 25 * KEY, "still");
        pass(1);
        check(sets.capacityWei(set) == 0 && sets.coverageBps(set) == 0, "nobody replaced it");
        sets.recordShortfall(set);
        rotate(set, 1, with(set, 1, 8));
        check(sets.capacityWei(set) == 25 * KEY && sets.feeSeats(set) == 0x7f, "healed");
        sets.endShortfall(set);
    }

    function test_convictedOperatorGetsNoSeatAnywhereForEver() external {
        sets.onConvicted(set, 1);
        registry.bondEther{value: 10 ether}(1);
        uint256[7] memory ids = seven(1);
        vm.expectRevert(abi.encodeWithSelector(ISeatLists.NotEligible.selector, 1));
        sets.formSet(ids);
        sets.setListed(1, true);
        vm.expectRevert(abi.encodeWithSelector(ISeatLists.NotEligible.selector, 1));
        sets.formSet(ids);
        sets.onConvicted(set, 1);
        sets.onConvicted(set, 15);
        check(sets.feeSeats(set) == 0x7e, "once; a stranger empties no seat");
        check(!sets.isEligible(15), "but gets none");
        vm.expectRevert(abi.encodeWithSelector(IOperatorSets.Unauthorized.selector, address(1)));
        vm.prank(address(1));
        sets.onConvicted(set, 2);
    }

    function test_convictionInOneSetLeavesTheSeatInAnotherCovered() external {
        for (uint256 id = 1; id <= 7; id++) {
            registry.bondEther{value: 3 ether}(id);
        }
        uint256 other = sets.formSet(seven(1));
        uint256 seatWei = sets.seatRequirementWei(set);
        registry.charge(1, seatWei, address(0), 0);
        sets.onConvicted(set, 1);
        check(sets.requiredBondWei(1) == 1 ether, "the other seat's");
        check(sets.capacityWei(other) > 0, "and it has room");
        (uint256 seatShares, ) = sets.lockedSharesOf(1);
        check(seatShares > seatWei + 1 ether, "but what is left stays until the seat is replaced");
    }
}
