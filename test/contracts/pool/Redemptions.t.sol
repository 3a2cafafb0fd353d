// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {IPoolBooks} from "../../../contracts/interfaces/IPoolBooks.sol";
import {IPoolDeposits} from "../../../contracts/interfaces/IPoolDeposits.sol";
import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";
import {PoolFixture} from "./PoolFixture.sol";

contract RedemptionsTest is PoolFixture {
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);
    address private constant CAROL = address(0xCA401);

    function setUp() external {
        deployPool();
        deposit(ALICE, 100 ether);
        deposit(BOB, 100 ether);
    }

    function test_requestWaitsInEscrowUntilItIsFilled() external {
        uint256 cycleId = requestRedeem(ALICE, 40 ether);
        check(cycleId == 1 && pool.currentCycle() == 1, "first cycle");
        check(pool.balanceOf(address(pool)) == 40 ether, "escrow");
        check(pool.pendingRedeemRequest(1, ALICE) == 40 ether, "pending");
        check(pool.queueWei() == 40 ether, "needed at today's rate");
        check(pool.availableWei() == 161 ether, "validators get the rest");
        report(0);
        check(pool.cycle(1).cap == RAY && pool.currentCycle() == 2, "closed at the rate of the start");
        check(pool.fill(10) == 40 ether, "filled");
        check(pool.balanceOf(address(pool)) == 0 && pool.totalSupply() == 161 ether, "burnt");
        check(pool.reservedWei() == 40 ether && pool.liquidWei() == 161 ether, "set aside");
        check(pool.pendingRedeemRequest(1, ALICE) == 0, "nothing pending");
        check(pool.claimableRedeemRequest(1, ALICE) == 40 ether, "claimable");
        check(pool.maxWithdraw(ALICE) == 40 ether, "in wei");
        check(redeemAll(ALICE) == 40 ether && ALICE.balance == 40 ether, "paid");
        check(pool.reservedWei() == 0 && pool.maxRedeem(ALICE) == 0, "once");
    }

    function test_requestsOfOneCycleAreOne() external {
        requestRedeem(ALICE, 10 ether);
        requestRedeem(ALICE, 20 ether);
        requestRedeem(BOB, 30 ether);
        check(pool.pendingRedeemRequest(1, ALICE) == 30 ether, "added up");
        check(pool.cycle(1).shares == 60 ether, "cycle");
    }

    function test_emptyCycleIsNotClosed() external {
        report(0);
        check(pool.currentCycle() == 1 && pool.oldestOpenCycle() == 1, "still the first");
        vm.expectRevert(IPoolRedemptions.NothingToFill.selector);
        pool.fill(1);
    }

    function test_cycleThatTakesRequestsIsNotFilled() external {
        requestRedeem(ALICE, 40 ether);
        vm.expectRevert(IPoolRedemptions.NothingToFill.selector);
        pool.fill(1);
    }

    function test_fillsKeepTheOrderOfCyclesAndSplitOnlyTheOldest() external {
        pool.fundTopUp(151 ether);
        requestRedeem(ALICE, 30 ether);
        report(-1 ether);
        requestRedeem(BOB, 30 ether);
        report(0);
        check(pool.fill(10) > 0, "first and part of second");
        check(pool.oldestOpenCycle() == 2, "first is full");
        IPoolRedemptions.Cycle memory second = pool.cycle(2);
        check(second.filledShares > 0 && second.filledShares < 30 ether, "second in part");
        requestRedeem(ALICE, 30 ether);
        report(0);
        arrive(100 ether);
        report(0);
        pool.fill(1);
        check(pool.oldestOpenCycle() == 3 && pool.cycle(3).filledShares == 0, "third has to wait");
        pool.fill(1);
        check(pool.oldestOpenCycle() == pool.currentCycle(), "all filled");
    }

    function test_fillIsAtLeastTheMinimumOrTheRest() external {
        requestRedeem(ALICE, 40 ether);
        pool.openReport();
        pool.fundTopUp(161 ether);
        pool.finishReport(0);
        pool.fill(1);
        requestRedeem(BOB, 10 ether);
        pool.openReport();
        pool.finishReport(0);
        vm.expectRevert(IPoolRedemptions.NothingToFill.selector);
        pool.fill(1);
        deposit(CAROL, 1 ether - 1);
        vm.expectRevert(IPoolRedemptions.NothingToFill.selector);
        pool.fill(1);
        deposit(CAROL, 1 ether);
        check(pool.fill(1) == 2 ether - 1, "deposited ETH fills");
        deposit(CAROL, 8 ether);
        check(pool.fill(1) == 8 ether, "all but the last wei");
        deposit(CAROL, 1 ether);
        check(pool.fill(1) == 1, "the rest may be small");
        check(redeemAll(BOB) == 10 ether, "all of it");
    }

    function test_nothingIsFilledWhileAReportIsOpen() external {
        requestRedeem(ALICE, 40 ether);
        pool.openReport();
        vm.expectRevert(IPoolRedemptions.ReportIsOpen.selector);
        pool.fill(1);
    }

    function test_capIsTheRateAtTheStartAndTheRestStreamsWithoutFee() external {
        requestRedeem(ALICE, 100 ether);
        // The gain is streamed after the start, so the rate at the fill lies above the cap.
        report(2 ether);
        vm.warp(block.timestamp + 1 days);
        uint256 rateBefore = pool.rate();
        check(rateBefore > RAY, "the rate rose");
        uint256 unstreamed = pool.books().unstreamedNetWei;
        uint256 fee = pool.books().unstreamedFeeWei;
        pool.fill(1);
        check(pool.maxWithdraw(ALICE) == 100 ether, "capped");
        check(pool.books().unstreamedFeeWei == fee, "no fee on it");
        near(pool.rate(), rateBefore, 2e7, "the fill moved no rate");
        check(pool.books().unstreamedNetWei > unstreamed, "the difference joined the stream");
    }

    function test_waitingSharesBearALoss() external {
        requestRedeem(ALICE, 100 ether);
        report(-20.1 ether);
        pool.fill(1);
        check(pool.cycle(1).cap == RAY, "cap of the start");
        check(pool.maxWithdraw(ALICE) == 90 ether, "a tenth less");
        check(pool.convertToAssets(100 ether) == 90 ether, "like those who stay");
    }

    function test_partialRedeemAndWithdrawPayWhatIsDue() external {
        requestRedeem(ALICE, 100 ether);
        report(-20.1 ether);
        pool.fill(1);
        vm.prank(ALICE);
        check(pool.redeem(50 ether, CAROL, ALICE) == 45 ether, "half");
        vm.prank(ALICE);
        check(pool.withdraw(9 ether, CAROL, ALICE) == 10 ether, "a tenth by assets");
        check(pool.claimableRedeemRequest(1, ALICE) == 40 ether && pool.claimableAssets(1, ALICE) == 36 ether, "rest");
        vm.expectPartialRevert(IPoolRedemptions.ExceedsClaimable.selector);
        vm.prank(ALICE);
        pool.redeem(40 ether + 1, CAROL, ALICE);
        vm.expectPartialRevert(IPoolRedemptions.ExceedsClaimable.selector);
        vm.prank(ALICE);
        pool.withdraw(36 ether + 1, CAROL, ALICE);
        vm.prank(ALICE);
        pool.withdraw(36 ether, CAROL, ALICE);
        check(CAROL.balance == 90 ether && pool.reservedWei() == 0, "all");
    }

    function test_walkGoesThroughOlderCyclesInOrder() external {
        for (uint256 i = 0; i < 5; i++) {
            requestRedeem(ALICE, 10 ether);
            report(0);
        }
        check(pool.currentCycle() == 6, "five cycles");
        pool.fill(3);
        check(pool.maxRedeem(ALICE) == 30 ether, "three filled");
        vm.prank(ALICE);
        pool.redeem(25 ether, ALICE, ALICE);
        check(pool.claimableRedeemRequest(2, ALICE) == 0, "second is used up");
        check(pool.claimableRedeemRequest(3, ALICE) == 5 ether, "third in part");
        pool.fill(10);
        check(redeemAll(ALICE) == 25 ether, "the rest");
        requestRedeem(ALICE, 10 ether);
        check(pool.pendingRedeemRequest(6, ALICE) == 10 ether, "and again");
    }

    function test_claimTakesCyclesInAnyOrderOnce() external {
        for (uint256 i = 0; i < 4; i++) {
            requestRedeem(ALICE, 10 ether);
            report(0);
        }
        pool.fill(4);
        uint256[] memory ids = new uint256[](4);
        (ids[0], ids[1], ids[2], ids[3]) = (3, 1, 3, 99);
        vm.prank(ALICE);
        check(pool.claim(ids, ALICE, ALICE) == 20 ether, "third and first, once each");
        check(redeemAll(ALICE) == 20 ether, "second and fourth are left");
        check(pool.maxRedeem(ALICE) == 0 && pool.reservedWei() == 0, "nothing more");
    }

    function test_oneCallWalksThirtyTwoCyclesAtMost() external {
        for (uint256 i = 0; i < 40; i++) {
            requestRedeem(ALICE, 1 ether);
            report(0);
        }
        pool.fill(40);
        check(pool.maxRedeem(ALICE) == 32 ether && pool.maxWithdraw(ALICE) == 32 ether, "thirty-two");
        check(redeemAll(ALICE) == 32 ether, "claimed");
        check(redeemAll(ALICE) == 8 ether, "the rest in a second call");
    }

    function test_operatorAndAllowanceMayActNobodyElse() external {
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientAllowance.selector);
        vm.prank(CAROL);
        pool.requestRedeem(10 ether, CAROL, ALICE);

        vm.prank(ALICE);
        pool.approve(CAROL, 10 ether);
        vm.prank(CAROL);
        pool.requestRedeem(10 ether, ALICE, ALICE);
        check(pool.allowance(ALICE, CAROL) == 0, "allowance is spent");

        vm.prank(ALICE);
        check(pool.setOperator(CAROL, true) && pool.isOperator(ALICE, CAROL), "operator");
        vm.prank(CAROL);
        pool.requestRedeem(10 ether, ALICE, ALICE);
        report(0);
        pool.fill(1);
        vm.prank(CAROL);
        check(pool.redeem(20 ether, CAROL, ALICE) == 20 ether, "an operator claims to any receiver");
    }

    function test_smallAndHugeRequestsAreRefused() external {
        check(pool.minimumRequestShares() == 0.01 ether, "minimum");
        vm.expectPartialRevert(IPoolRedemptions.RequestTooSmall.selector);
        this.tryRequest(ALICE, 0.01 ether - 1);
        deposit(CAROL, 80_000 ether);
        vm.expectPartialRevert(IPoolRedemptions.RequestTooLarge.selector);
        this.tryRequest(CAROL, 2 ** 76);
        requestRedeem(CAROL, 2 ** 76 - 1);
    }

    function test_minimumFollowsParameterAndRateFromTheNextCycleOn() external {
        vm.prank(GOVERNANCE);
        parameters.set(Parameter.MinimumRequestWei, 0.1 ether);
        check(pool.minimumRequestShares() == 0.01 ether, "not yet");
        report(0);
        check(pool.minimumRequestShares() == 0.01 ether, "nor by a cycle without requests");
        requestRedeem(ALICE, 1 ether);
        report(-20.1 ether);
        check(pool.minimumRequestShares() == 0.1 ether, "from the start on");
        requestRedeem(ALICE, 1 ether);
        report(0);
        near(pool.minimumRequestShares(), 0.111111111 ether, 1 gwei, "at the rate of 0.9");
    }

    function test_previewsRevertAndInterfacesAreThoseOfAsynchronousRedemption() external {
        vm.expectRevert(IPoolRedemptions.PreviewNotSupported.selector);
        pool.previewRedeem(1);
        vm.expectRevert(IPoolRedemptions.PreviewNotSupported.selector);
        pool.previewWithdraw(1);
        check(pool.supportsInterface(0xe3bc4e65), "operators");
        check(pool.supportsInterface(0x620ee8e4), "asynchronous redemption");
        check(pool.supportsInterface(0x2f0a18c5), "vault");
        check(pool.supportsInterface(0x01ffc9a7), "ERC-165");
        check(!pool.supportsInterface(0xce3bbe50), "no asynchronous deposit");
        check(!pool.supportsInterface(0xffffffff), "none");
        check(pool.share() == address(pool), "share");
    }

    function test_slippageGuardsHold() external {
        vm.expectPartialRevert(IPoolDeposits.LessThanMinimum.selector);
        pool.depositAtLeast{value: 1 ether}(ALICE, 1 ether + 1);
        check(pool.depositAtLeast{value: 1 ether}(ALICE, 1 ether) == 1 ether, "enough");
        requestRedeem(ALICE, 10 ether);
        report(0);
        pool.fill(1);
        vm.prank(ALICE);
        vm.expectPartialRevert(IPoolDeposits.LessThanMinimum.selector);
        pool.redeemAtLeast(10 ether, ALICE, ALICE, 10 ether + 1);
        vm.prank(ALICE);
        check(pool.redeemAtLeast(10 ether, ALICE, ALICE, 10 ether) == 10 ether, "enough");
    }

    function test_unknownCycleAndSharesSentToThePoolAreRefused() external {
        vm.expectPartialRevert(IPoolRedemptions.UnknownCycle.selector);
        pool.cycle(0);
        vm.expectPartialRevert(IPoolRedemptions.UnknownCycle.selector);
        pool.cycle(2);
        vm.prank(ALICE);
        vm.expectPartialRevert(IERC20Errors.ERC20InvalidReceiver.selector);
        pool.transfer(address(pool), 1 ether);
    }

    function test_validatorsGetOnlyWhatRedemptionsLeave() external {
        requestRedeem(ALICE, 100 ether);
        check(pool.availableWei() == 101 ether && pool.unallocatedWei() == 101 ether, "free");
        vm.expectPartialRevert(IPoolBooks.InsufficientUnallocated.selector);
        pool.fundTopUp(101 ether + 1);
        pool.fundTopUp(100 ether);
        pool.fundPredeposit();
        check(pool.availableWei() == 0 && pool.liquidWei() == 100 ether, "the queue's ETH stays");
        check(pool.bookedWei() == 201 ether, "funding is a flow within the books");
    }

    /// @dev The queue's need is at the lower of caps and rate, never less than the sum of what fills will pay.
    function testFuzz_queueNeedCoversWhatFillsPay(uint256 first, uint256 second, int256 loss) external {
        first = bound(first, 0.01 ether, 100 ether);
        second = bound(second, 0.02 ether, 100 ether);
        requestRedeem(ALICE, first);
        report(0);
        requestRedeem(BOB, second);
        report(-int256(bound(uint256(loss), 0, 190 ether)));
        uint256 need = pool.queueWei();
        uint256 paid = pool.fill(10);
        check(need >= paid && need - paid <= 4, "need");
        check(pool.queueWei() == 0, "nothing more");
    }

    function tryRequest(address holder, uint256 shares) external {
        requestRedeem(holder, shares);
    }
}
