// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOperatorBonds} from "../../../contracts/interfaces/IOperatorBonds.sol";
import {IOperatorRegistry} from "../../../contracts/interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../../../contracts/interfaces/IOperatorSets.sol";
import {OperatorsTest} from "./OperatorsTest.sol";

contract BondsTest is OperatorsTest {
    address private constant RECEIVER = address(0xBEEF);
    address private constant REPORTER = address(0xCAFE);
    uint256 private set;

    function setUp() external {
        build();
        set = sets.formSet(seven(1));
    }

    function test_freeBondLeavesAfterTheCooldownAndOnlyThat() external {
        (uint256 seatShares, ) = sets.lockedSharesOf(1);
        uint256 free = 3 ether - seatShares;
        vm.expectRevert(abi.encodeWithSelector(IOperatorBonds.BondLocked.selector, 1, free + 1, free));
        registry.requestUnbond(1, free + 1);
        registry.requestUnbond(1, free);
        check(registry.freeBondOf(1) == 0 && registry.bondOf(1) == 3 ether, "still answers");
        pass(COOLDOWN - 1);
        vm.expectPartialRevert(IOperatorBonds.CooldownRuns.selector);
        registry.withdrawBond(1, RECEIVER);
        pass(1);
        check(registry.withdrawBond(1, RECEIVER) == free, "all that was free");
        check(pool.balanceOf(RECEIVER) == free && registry.bondOf(1) == 3 ether - free, "moved");
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        registry.withdrawBond(1, RECEIVER);
    }

    function test_onlyTheOwnerTakesABondOut() external {
        vm.expectRevert(abi.encodeWithSelector(IOperatorRegistry.Unauthorized.selector, RECEIVER));
        vm.prank(RECEIVER);
        registry.requestUnbond(8, 1);
        vm.expectRevert(abi.encodeWithSelector(IOperatorRegistry.Unauthorized.selector, RECEIVER));
        vm.prank(RECEIVER);
        registry.withdrawBond(8, RECEIVER);
        registry.requestUnbond(8, 1);
        vm.expectRevert(IOperatorRegistry.ZeroAddress.selector);
        registry.withdrawBond(8, address(0));
    }

    /// @dev A key that was asked to exit can be slashed until its last day.
    function test_bondIsLockedUntilTheKeyIsWithdrawnNotUntilItsExitIsRequested() external {
        verifyKeys(set, 0, 10);
        uint256 free = registry.freeBondOf(1);
        for (uint256 i = 0; i < 10; i++) sets.keyExiting(set, 0);
        check(registry.freeBondOf(1) == free, "asked to exit");
        vm.expectPartialRevert(IOperatorBonds.BondLocked.selector);
        registry.requestUnbond(1, free + 0.8 ether);
        for (uint256 i = 0; i < 10; i++) sets.keyRetired(set, 0, true);
        registry.requestUnbond(1, free + 0.8 ether);
    }

    function test_secondRequestStartsTheCooldownAnew() external {
        registry.requestUnbond(8, 1 ether);
        pass(COOLDOWN);
        registry.requestUnbond(8, 2 ether);
        vm.expectPartialRevert(IOperatorBonds.CooldownRuns.selector);
        registry.withdrawBond(8, RECEIVER);
        registry.requestUnbond(8, 0);
        pass(COOLDOWN);
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        registry.withdrawBond(8, RECEIVER);
    }

    function test_bondOnItsWayOutCoversNoNewStakeAndNoNewSeat() external {
        uint256 capacity = sets.capacityWei(set);
        (uint256 seatShares, ) = sets.lockedSharesOf(1);
        registry.requestUnbond(1, 3 ether - seatShares);
        check(sets.capacityWei(set) == 0 && capacity == 800 ether, "no room left");
        registry.requestUnbond(8, 2 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(IOperatorSets.InsufficientBond.selector, 8, 1 ether, 1 ether - 1));
        sets.formSet(seven(8));
    }

    /// @dev Stake that came, or a rate that fell, between request and withdrawal.
    function test_whatHoldsTheBondIsAskedAgainAtTheWithdrawal() external {
        registry.requestUnbond(1, 1 ether);
        sets.assignStake(set, 12 * KEY);
        pass(COOLDOWN);
        pool.setRate(0.9 ether);
        uint256 paid = registry.withdrawBond(1, RECEIVER);
        // 1.96 ETH stay, at 0.9.
        check(paid > 0.82 ether && paid < 0.823 ether, "only what is free now");
        check(pool.convertToAssets(registry.bondOf(1)) >= sets.requiredBondWei(1), "the rest covers the seat");
    }

    function test_unbondBeforeAConvictionStillPays() external {
        registry.requestUnbond(1, 1.9 ether);
        pass(COOLDOWN);
        check(registry.charge(1, 2.5 ether, REPORTER, 0.125 ether) == 2.5 ether, "taken, asked for or not");
        check(pool.balanceOf(REPORTER) == 0.125 ether, "the reporter's part");
        check(pool.burnedBonds() == 2.375 ether, "the rest compensates the holders");
        (uint256 unbonding, ) = registry.unbondingOf(1);
        check(unbonding == 0.5 ether, "no more than is left");
        vm.expectRevert(IOperatorBonds.ZeroAmount.selector);
        registry.withdrawBond(1, RECEIVER);
    }

    function test_chargeTakesNoMoreThanThereIsAndSharesTheLossWithTheReporter() external {
        check(registry.charge(1, 6 ether, REPORTER, 0.3 ether) == 3 ether, "half of it is there");
        check(pool.balanceOf(REPORTER) == 0.15 ether, "half the reward");
        check(registry.charge(1, 1, REPORTER, 1) == 0, "nothing left");
        check(registry.charge(2, 1 ether, address(0), 1 ether) == 1 ether, "no reporter");
        check(pool.burnedBonds() == 3.85 ether, "all burned");
    }

    function test_onlyCourtSlashingsFeesAndSetsCharge() external {
        vm.expectRevert(abi.encodeWithSelector(IOperatorRegistry.Unauthorized.selector, REPORTER));
        vm.prank(REPORTER);
        registry.charge(1, 1, REPORTER, 1);
    }

    function test_closingLiftsCooldownAndLocks() external {
        sets.assignStake(set, 2 * KEY);
        pool.close();
        check(registry.withdrawBond(1, RECEIVER) == 3 ether, "all of it at once");
        registry.requestUnbond(8, 1 ether);
        check(registry.withdrawBond(8, RECEIVER) == 3 ether && registry.bondOf(8) == 0, "asked for or not");
        (uint256 unbonding, ) = registry.unbondingOf(8);
        check(unbonding == 0, "no request left");
    }

    /// @dev The cooldown of the bond and the lock of the seat that was left may run at once.
    function test_leaversBondMayBeRequestedWhileItIsLocked() external {
        rotate(set, 1, with(set, 1, 8));
        registry.requestUnbond(1, 3 ether);
        pass(COOLDOWN);
        check(registry.withdrawBond(1, RECEIVER) < 2 ether, "locked until released");
        sets.releaseLeaver(set, 1);
        registry.withdrawBond(1, RECEIVER);
        check(registry.bondOf(1) == 0, "then all of it");
    }

    function test_leavingOneSetDoesNotShrinkAnother() external {
        uint256 other = sets.formSet(seven(1));
        uint256 capacity = sets.capacityWei(other);
        check(capacity == 384 ether, "1 ETH of 3 is free");
        rotate(set, 1, with(set, 1, 8));
        check(sets.capacityWei(other) == 384 ether, "the seat that was left still holds its part");
        registry.requestUnbond(1, 1 ether);
        check(sets.capacityWei(other) == 384 ether, "which is what is on its way out");
    }

    /// @dev Each lost predeposit costs its members 1.1 ETH, and the set makes no second one.
    function test_serialPredepositsDrainNobody() external {
        sets.assignStake(set, 10 * KEY);
        uint256 perSeat = 0.165 ether;
        for (uint256 i = 0; i < 10; i++) {
            sets.reserve(set, perSeat);
        }
        check(sets.reservedPerSeat(set) == 1.65 ether, "beyond the base, from the free bond");
        for (uint256 i = 0; i < 3; i++) {
            sets.reserve(set, perSeat);
        }
        vm.expectPartialRevert(IOperatorSets.InsufficientBond.selector);
        sets.reserve(set, perSeat);
        sets.burnReserved(set, 0, perSeat);
        for (uint256 id = 1; id <= 7; id++) {
            check(registry.bondOf(id) == 3 ether - perSeat, "each pays its part");
        }
        check(pool.burnedBonds() == 7 * perSeat && pool.burnedBonds() > 1.1 ether, "more than was lost");
        check(sets.isClosedToKeys(set), "no second one");
        sets.liftBar(set);
        check(!sets.isClosedToKeys(set), "until governance says so");
    }

    function test_lostPredepositIsPaidByWhoHeldTheSeatsThen() external {
        sets.reserve(set, 0.2 ether);
        rotate(set, 1, with(set, 1, 8));
        sets.burnReserved(set, 0, 0.2 ether);
        check(registry.bondOf(1) == 2.8 ether && registry.bondOf(8) == 3 ether, "the old member, not the new");
    }

    function test_operatorSitsInEightSetsAtMostSeatsThatItLeftIncluded() external {
        for (uint256 id = 1; id <= OPERATORS; id++) {
            registry.bondEther{value: 20 ether}(id);
        }
        for (uint256 i = 0; i < 7; i++) {
            sets.formSet(seven(1));
        }
        uint256[7] memory ids = seven(1);
        vm.expectPartialRevert(bytes4(keccak256("TooManySets(uint256)")));
        sets.formSet(ids);
        rotate(set, 1, seven(1));
        for (uint256 i = 0; i < 6; i++) {
            ids[i] = 8 + i;
        }
        vm.expectPartialRevert(bytes4(keccak256("TooManySets(uint256)")));
        sets.formSet(ids);
    }

    function testFuzz_lockedAndFreeAreNeverMoreThanTheBondWhenItIsCovered(uint256 stake, uint256 rate) external {
        rate = bound(rate, 1 ether, 3 ether);
        stake = bound(stake, 0, 20) * KEY;
        sets.assignStake(set, stake);
        pool.setRate(rate);
        (uint256 seatShares, uint256 leavingShares) = sets.lockedSharesOf(1);
        check(seatShares + leavingShares + registry.freeBondOf(1) == 3 ether, "whole");
        check(pool.convertToAssets(seatShares) >= 1 ether + (stake * 25) / 10_000, "locked covers the seat");
    }
}
