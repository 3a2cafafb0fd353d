// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IPoolBooks} from "../../../contracts/interfaces/IPoolBooks.sol";
import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";
import {PoolFixture} from "./PoolFixture.sol";
import {ReenteringHolder} from "./ReenteringHolder.sol";

/// @dev Each test plays one attack; its name says which.
contract PoolAttacksTest is PoolFixture {
    uint256 private constant VICTIM_KEY = 0x71C71;
    address private constant MALLORY = address(0xBAD);
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);

    function setUp() external {
        deployPool();
    }

    function testFuzz_donationAndInflation(uint96 first, uint96 donation, uint96 victim) external {
        uint256 attackerIn = bound(first, 1, 1e6 ether);
        deposit(MALLORY, attackerIn);
        uint256 given = bound(donation, 1, 1e6 ether);
        vm.deal(address(pool), address(pool).balance + given);
        uint256 victimIn = bound(victim, 1, 1e6 ether);
        uint256 shares = deposit(ALICE, victimIn);
        check(shares == victimIn, "a donation moves no rate");
        // It is income of the next report, streamed to all: the attacker gets back his part of it at most.
        (, uint256 liquid) = pool.openReport();
        check(liquid == 1 ether + attackerIn + victimIn + given, "counted");
        pool.finishReport(int256(given));
        endStream();
        check(pool.convertToAssets(attackerIn) <= attackerIn + given, "no profit");
        check(pool.convertToAssets(shares) >= victimIn, "the victim lost nothing");
    }

    /// @dev All of it fits one transaction, with ETH that is lent for it: fees of 10 % on the return of a loss.
    function test_whoComesAndGoesAfterALossDoesNotWipeOutTheMarkAboveWhichFeesBegin() external {
        deposit(ALICE, 99 ether);
        report(-20 ether);
        uint256 shares = deposit(MALLORY, 9_000 ether);
        requestRedeem(MALLORY, shares);
        report(0);
        pool.fill(1);
        near(redeemAll(MALLORY), 9_000 ether, 1, "in and out");
        check(pool.books().carriedLossWei == 20 ether, "those who bore the loss are still there");
        report(20 ether);
        check(pool.books().unstreamedFeeWei == 0, "its return pays no fee");
    }

    function test_reentrantClaim() external {
        ReenteringHolder thief = new ReenteringHolder(pool);
        vm.deal(address(thief), 50 ether);
        thief.enter(50 ether);
        deposit(ALICE, 50 ether);
        requestRedeem(ALICE, 50 ether);
        report(0);
        pool.fill(1);
        thief.claim(20 ether);
        check(thief.entered() == 5, "every way was tried");
        check(thief.refused() == 4, "claims, deposits and fills are guarded");
        // What is not guarded (a request) finds books that are already right.
        check(address(thief).balance == 20 ether, "paid once");
        check(pool.claimableAssets(1, address(thief)) == 30 ether - 1 ether, "the rest is still there");
        check(redeemAll(ALICE) == 50 ether, "nobody else's ETH is gone");
    }

    function test_twoFillsWithAClaimBetween_averagingFillsOverpaysTheEarlyClaimer() external {
        deposit(ALICE, 100 ether);
        deposit(BOB, 100 ether);
        requestRedeem(ALICE, 100 ether);
        requestRedeem(BOB, 100 ether);
        pool.openReport();
        pool.fundTopUp(1 ether);
        pool.finishReport(0);
        vm.deal(address(pool), 100 ether);
        // Half is paid at a rate of one, half after a loss of a fifth.
        report(0);
        check(pool.fill(1) == 100 ether, "first fill");
        uint256 early = redeemAll(ALICE);
        check(early == 50 ether, "her half of it");
        vm.deal(address(pool), address(pool).balance + 100 ether);
        report(-20.2 ether);
        pool.fill(1);
        uint256 aliceTotal = early + redeemAll(ALICE);
        uint256 bobTotal = redeemAll(BOB);
        check(aliceTotal == bobTotal && bobTotal == 90 ether, "the same for both, whenever they claim");
    }

    function test_feeOverAFalseDip() external {
        deposit(ALICE, 99 ether);
        // ETH on its way is missed by one report and seen by the next.
        report(-32 ether);
        check(pool.books().carriedLossWei == 32 ether, "carried");
        report(32 ether);
        check(pool.books().carriedLossWei == 0 && pool.books().unstreamedFeeWei == 0, "its return pays no fee");
        report(1 ether);
        check(pool.books().unstreamedFeeWei == 0.1 ether, "what comes on top does");
    }

    function test_feeOverAFalseDipThatSomeLeftMeanwhile() external {
        deposit(ALICE, 99 ether);
        report(-50 ether);
        requestRedeem(ALICE, 50 ether);
        report(0);
        pool.fill(1);
        check(pool.books().carriedLossWei == 25 ether, "half of the shares took half of the loss with them");
        report(26 ether);
        check(pool.books().unstreamedFeeWei == 0.1 ether, "fee above the mark of those who stayed");
    }

    function test_reportRestarts() external {
        deposit(ALICE, 100 ether);
        requestRedeem(ALICE, 10 ether);
        pool.openReport();
        uint256 cap = pool.cycle(1).cap;
        // Restarting neither fills, nor moves a cap or a rate, nor makes empty cycles.
        for (uint256 i = 0; i < 5; i++) {
            vm.warp(block.timestamp + 1 days);
            pool.openReport();
            check(pool.cycle(1).cap == cap && pool.currentCycle() == 2, "the cycle is as it was");
        }
        requestRedeem(ALICE, 10 ether);
        pool.openReport();
        check(pool.currentCycle() == 3 && pool.cycle(2).cap == cap, "a new request gets a cycle of its own");
        pool.finishReport(0);
        vm.expectRevert(IPoolBooks.NoReportOpen.selector);
        pool.finishReport(1 ether);
        check(pool.fill(2) == 20 ether, "both are filled in order");
    }

    function test_claimAfterClaim() external {
        deposit(ALICE, 10 ether);
        deposit(BOB, 10 ether);
        requestRedeem(ALICE, 10 ether);
        requestRedeem(BOB, 10 ether);
        report(0);
        pool.fill(1);
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (1, 1);
        vm.prank(ALICE);
        check(pool.claim(ids, ALICE, ALICE) == 10 ether, "the same cycle twice pays once");
        vm.prank(ALICE);
        check(pool.claim(ids, ALICE, ALICE) == 0, "and again nothing");
        vm.prank(ALICE);
        vm.expectPartialRevert(IPoolRedemptions.ExceedsClaimable.selector);
        pool.redeem(1, ALICE, ALICE);
        check(pool.reservedWei() == 10 ether, "the other's claim is untouched");
    }

    /// @dev Odd amounts, three requests, many small fills: the sum of all claims never passes what was set aside.
    function testFuzz_roundingDust(uint256 a, uint256 b, uint256 loss, uint8 fills) external {
        a = bound(a, 0.01 ether, 1000 ether);
        b = bound(b, 0.01 ether, 1000 ether);
        deposit(ALICE, a);
        deposit(BOB, b);
        requestRedeem(ALICE, a);
        requestRedeem(BOB, b);
        pool.openReport();
        pool.fundTopUp(pool.availableWei());
        pool.finishReport(-int256(bound(loss, 0, a + b)));
        uint256 left = pool.liquidWei();
        uint256 count = bound(fills, 1, 6);
        // Liquid ETH that validators hold comes back in pieces.
        uint256 need = pool.queueWei();
        (bool drained, ) = address(this).call(abi.encodeCall(this.fillOnce, ()));
        for (uint256 i = 0; i < count; i++) {
            uint256 piece = need / count + 1 ether + 1;
            vm.deal(address(pool), address(pool).balance + piece);
            pool.openReport();
            pool.finishReport(0);
            (bool filled, ) = address(this).call(abi.encodeCall(this.fillOnce, ()));
            if (filled && i % 2 == 0) redeemAll(ALICE);
        }
        check(drained || left <= need, "first fill");
        check(pool.oldestOpenCycle() == pool.currentCycle(), "filled to the last share");
        uint256 reserved = pool.reservedWei();
        uint256 paid = redeemAll(ALICE) + redeemAll(BOB);
        check(paid <= reserved, "never more than set aside");
        check(reserved - paid <= 2 * (count + 2), "dust of a few wei stays");
        check(pool.maxRedeem(ALICE) == 0 && pool.maxRedeem(BOB) == 0, "no share is left waiting");
    }

    function fillOnce() external {
        pool.fill(1);
    }

    /// @dev Leaving ahead of a known loss: request before the start, loss in the report.
    function test_staleRate() external {
        deposit(MALLORY, 100 ether);
        deposit(ALICE, 99 ether);
        requestRedeem(MALLORY, 100 ether);
        report(-20 ether);
        pool.fill(1);
        check(redeemAll(MALLORY) == 90 ether, "the loss is his as well");
        // Entering just before a gain: it streams.
        uint256 shares = deposit(MALLORY, 1000 ether);
        report(10 ether);
        check(pool.convertToAssets(shares) <= 1000 ether, "nothing to be had by a day of holding");
    }

    function test_staleRateCannotBeEnteredWhenNobodyReports() external {
        pool.setReportClock(true);
        deposit(ALICE, 1 ether);
        vm.warp(block.timestamp + 3 days);
        vm.expectPartialRevert(IPoolBooks.Stopped.selector);
        this.tryDeposit(ALICE, 1 ether);
        check(pool.maxDeposit(ALICE) == 0 && pool.maxMint(ALICE) == 0, "maximum");
        report(0);
        deposit(ALICE, 1 ether);
    }

    function test_erc2612Replay() external {
        address victim = vm.addr(VICTIM_KEY);
        deposit(victim, 10 ether);
        bytes32 digest = _permitDigest(victim, MALLORY, 5 ether, pool.nonces(victim), type(uint256).max);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(VICTIM_KEY, digest);
        pool.permit(victim, MALLORY, 5 ether, type(uint256).max, v, r, s);
        vm.prank(MALLORY);
        pool.requestRedeem(5 ether, MALLORY, victim);
        vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
        pool.permit(victim, MALLORY, 5 ether, type(uint256).max, v, r, s);
        vm.warp(1000);
        digest = _permitDigest(victim, MALLORY, 5 ether, pool.nonces(victim), 999);
        (v, r, s) = vm.sign(VICTIM_KEY, digest);
        vm.expectPartialRevert(ERC20Permit.ERC2612ExpiredSignature.selector);
        pool.permit(victim, MALLORY, 5 ether, 999, v, r, s);
        check(pool.balanceOf(victim) == 5 ether, "no more than was signed");
    }

    function test_operatorApprovalsMisuse() external {
        deposit(ALICE, 10 ether);
        vm.prank(ALICE);
        pool.approve(MALLORY, type(uint256).max);
        requestRedeem(ALICE, 5 ether);
        report(0);
        pool.fill(1);
        uint256[] memory ids = new uint256[](1);
        ids[0] = 1;
        // An ERC-20 allowance is no right over requests.
        vm.expectPartialRevert(IPoolRedemptions.NotOperator.selector);
        vm.prank(MALLORY);
        pool.redeem(5 ether, MALLORY, ALICE);
        vm.expectPartialRevert(IPoolRedemptions.NotOperator.selector);
        vm.prank(MALLORY);
        pool.withdraw(5 ether, MALLORY, ALICE);
        vm.expectPartialRevert(IPoolRedemptions.NotOperator.selector);
        vm.prank(MALLORY);
        pool.claim(ids, MALLORY, ALICE);
        // An operator who was dismissed has none either, and nobody becomes one by approving himself.
        vm.prank(ALICE);
        pool.setOperator(MALLORY, true);
        vm.prank(ALICE);
        pool.setOperator(MALLORY, false);
        vm.prank(MALLORY);
        pool.setOperator(ALICE, true);
        vm.expectPartialRevert(IPoolRedemptions.NotOperator.selector);
        vm.prank(MALLORY);
        pool.redeem(5 ether, MALLORY, ALICE);
        // Making a request for somebody else gives him shares, no rights over his.
        deposit(MALLORY, 1 ether);
        vm.prank(MALLORY);
        pool.requestRedeem(1 ether, ALICE, MALLORY);
        check(redeemAll(ALICE) == 5 ether, "hers all along");
    }

    function test_revertingRecipient() external {
        RefusingHolder refuser = new RefusingHolder();
        deposit(ALICE, 10 ether);
        deposit(address(refuser), 10 ether);
        requestRedeem(address(refuser), 10 ether);
        requestRedeem(ALICE, 10 ether);
        report(0);
        check(pool.fill(1) == 20 ether, "a fill pays nobody, so nobody can stop it");
        vm.expectPartialRevert(IPoolRedemptions.PaymentFailed.selector);
        vm.prank(address(refuser));
        pool.redeem(10 ether, address(refuser), address(refuser));
        check(redeemAll(ALICE) == 10 ether, "others are paid");
        vm.prank(address(refuser));
        check(pool.redeem(10 ether, ALICE, address(refuser)) == 10 ether, "and he at another address");
    }

    /// @dev A holder of nearly everything leaves: the cap stretches the stream, the next report brings it back.
    function test_leavingWhaleStretchesTheStreamUntilTheNextReportOnly() external {
        deposit(MALLORY, 70_000 ether);
        requestRedeem(MALLORY, 70_000 ether);
        report(10 ether);
        pool.fill(1);
        check(pool.books().streamEnd > block.timestamp + 1000 days, "stretched over years");
        deposit(ALICE, 70_000 ether);
        vm.warp(block.timestamp + 1 days);
        report(10 ether);
        check(pool.books().streamEnd <= block.timestamp + 30 days, "thirty days at most with the ETH back");
    }

    function testFuzz_roundtripNeverProfits(uint256 amount, uint256 others, uint256 gain) external {
        amount = bound(amount, 0.02 ether, 70_000 ether);
        deposit(ALICE, bound(others, 1, 1e6 ether));
        report(int256(bound(gain, 0, 10 ether)));
        vm.warp(block.timestamp + 3 days);
        uint256 shares = deposit(MALLORY, amount);
        uint256 minimum = pool.minimumRequestShares();
        if (shares < minimum) return;
        requestRedeem(MALLORY, shares);
        report(0);
        pool.fill(1);
        check(redeemAll(MALLORY) <= amount, "in and out");
    }

    function tryDeposit(address holder, uint256 assets) external {
        deposit(holder, assets);
    }

    function _permitDigest(
        address owner,
        address spender,
        uint256 value,
        uint256 nonce,
        uint256 deadline
    ) private view returns (bytes32) {
        bytes32 typehash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typehash, owner, spender, value, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", pool.DOMAIN_SEPARATOR(), message));
    }
}

/// @dev Takes no ETH.
contract RefusingHolder {}
