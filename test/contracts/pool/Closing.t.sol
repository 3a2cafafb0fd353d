// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolBooks} from "../../../contracts/interfaces/IPoolBooks.sol";
import {IPoolClosing} from "../../../contracts/interfaces/IPoolClosing.sol";
import {PoolFixture} from "./PoolFixture.sol";

contract ClosingTest is PoolFixture {
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);
    address private constant CAROL = address(0xCA401);

    function setUp() external {
        deployPool();
        deposit(ALICE, 100 ether);
        deposit(BOB, 60 ether);
        deposit(CAROL, 40 ether);
    }

    function test_poolIsClosableAfterSixtyDaysWithoutAFinishedReport() external {
        vm.expectPartialRevert(IPoolClosing.ClosableLater.selector);
        pool.close();
        pool.setReportClock(true);
        vm.warp(block.timestamp + 30 days);
        // An open report that never finishes does not count.
        pool.openReport();
        vm.warp(block.timestamp + 30 days - 1);
        vm.expectPartialRevert(IPoolClosing.ClosableLater.selector);
        pool.close();
        vm.warp(block.timestamp + 1);
        vm.prank(CAROL);
        pool.close();
        check(pool.closedAt() == block.timestamp, "closed");
        check(pool.closedSupply() == 200 ether, "the seed's shares get nothing");
        vm.expectRevert(IPoolClosing.AlreadyClosed.selector);
        pool.close();
        vm.expectPartialRevert(IPoolBooks.Stopped.selector);
        pool.finishReport(0);
    }

    function test_nothingOfClosingWorksBefore() external {
        uint256[] memory ids = new uint256[](1);
        vm.expectRevert(IPoolClosing.NotClosed.selector);
        pool.lock(1);
        vm.expectRevert(IPoolClosing.NotClosed.selector);
        pool.draw(ALICE);
        vm.expectRevert(IPoolClosing.NotClosed.selector);
        pool.returnShares(ALICE, ids);
    }

    function test_closingWithHalfTheValidatorsGone() external {
        pool.fundTopUp(192 ether);
        pool.setReportClock(true);
        _close();
        _lock(ALICE, 100 ether);
        _lock(BOB, 60 ether);
        // 9 ETH of the pool are there at once; half of the validators come back, in two parts.
        arrive(40 ether);
        check(pool.drawableOf(ALICE) == 24.5 ether, "half of 49");
        check(_draw(ALICE) == 24.5 ether, "drawn");
        check(_draw(ALICE) == 0, "once");
        arrive(56 ether);
        check(_draw(BOB) == 31.5 ether, "60 of 200 shares of 105 in all");
        check(_draw(ALICE) == 28 ether, "the early one gets the same");
        // Who locks last loses nothing.
        _lock(CAROL, 40 ether);
        check(_draw(CAROL) == 21 ether, "late");
        check(address(pool).balance == 0, "all is paid out");
        arrive(2 ether);
        check(_draw(CAROL) == 0.4 ether, "and whatever comes later");
    }

    function test_filledClaimsComeFirstAndUnfilledRequestsAreSharesAgain() external {
        requestRedeem(ALICE, 100 ether);
        requestRedeem(BOB, 20 ether);
        pool.openReport();
        pool.fundTopUp(81 ether);
        pool.finishReport(0);
        // 120 ETH are there for 120; then 60 of them are lost before the fill can pay more than half.
        vm.deal(address(pool), 60 ether);
        report(0);
        pool.fill(1);
        check(pool.reservedWei() == 60 ether, "half is filled");
        requestRedeem(CAROL, 10 ether);
        pool.setReportClock(true);
        _close();
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (1, 2);
        check(pool.pendingRedeemRequest(1, ALICE) == 50 ether, "pending");
        check(pool.returnShares(ALICE, ids) == 50 ether, "anyone gives them back");
        check(pool.returnShares(ALICE, ids) == 0, "once");
        check(pool.pendingRedeemRequest(1, ALICE) == 0 && pool.balanceOf(ALICE) == 50 ether, "hers");
        check(pool.returnShares(BOB, ids) == 10 ether && pool.returnShares(CAROL, ids) == 10 ether, "theirs");
        check(pool.balanceOf(address(pool)) == 0, "the escrow is empty");
        check(pool.claimableRedeemRequest(1, ALICE) == 50 ether, "the filled half is still hers");
        _lock(BOB, 50 ether);
        check(pool.drawableOf(BOB) == 0, "claims are not for drawing");
        check(redeemAll(ALICE) == 50 ether && redeemAll(BOB) == 10 ether, "claims are paid");
        arrive(14 ether);
        check(_draw(BOB) == 5 ether, "50 of 140 shares of 14 ETH");
    }

    function test_lockedSharesAreGone() external {
        pool.setReportClock(true);
        _close();
        _lock(ALICE, 70 ether);
        check(pool.balanceOf(ALICE) == 30 ether && pool.lockedOf(ALICE) == 70 ether, "burnt");
        vm.prank(ALICE);
        pool.transfer(BOB, 30 ether);
        _lock(BOB, 90 ether);
        check(pool.drawableOf(ALICE) + pool.drawableOf(BOB) == (201 ether * 160) / 200, "no share counts twice");
    }

    function test_feesThatWereNotMintedAreCancelled() external {
        report(10 ether);
        endStream();
        pool.setReportClock(true);
        _close();
        vm.expectPartialRevert(IPoolBooks.Stopped.selector);
        pool.mintFees();
        check(pool.closedSupply() == 200 ether, "holders alone");
    }

    function test_bondBurntAfterClosingGoesToTheOthers() external {
        deposit(REGISTRY, 50 ether);
        pool.setReportClock(true);
        _close();
        check(pool.closedSupply() == 250 ether, "bonds are shares");
        vm.prank(REGISTRY);
        pool.burnBond(50 ether);
        _lock(ALICE, 100 ether);
        check(pool.drawableOf(ALICE) == 125.5 ether, "half of 251");
    }

    /// @dev Any amounts in any order: everybody gets his part of all that came, to a wei, and no more.
    function testFuzz_drawersGetTheirPartInAnyOrder(uint256[6] calldata inflows, uint8 order) external {
        pool.fundTopUp(200 ether);
        pool.setReportClock(true);
        _close();
        address[3] memory holders = [ALICE, BOB, CAROL];
        uint256[3] memory shares = [uint256(100 ether), 60 ether, 40 ether];
        uint256 received = 1 ether;
        for (uint256 i = 0; i < 6; i++) {
            uint256 inflow = bound(inflows[i], 0, 50 ether);
            arrive(inflow);
            received += inflow;
            uint256 who = (uint256(order) >> i) % 3;
            if (pool.lockedOf(holders[who]) == 0) _lock(holders[who], shares[who]);
            _draw(holders[who]);
        }
        for (uint256 i = 0; i < 3; i++) {
            if (pool.lockedOf(holders[i]) == 0) _lock(holders[i], shares[i]);
            _draw(holders[i]);
            near(holders[i].balance, (received * shares[i]) / 200 ether, 1, "part");
        }
        check(address(pool).balance <= 3, "nothing stays");
    }

    function _close() private {
        vm.warp(block.timestamp + 60 days);
        pool.close();
    }

    function _lock(address holder, uint256 shares) private {
        vm.prank(holder);
        pool.lock(shares);
    }

    function _draw(address holder) private returns (uint256) {
        vm.prank(holder);
        return pool.draw(holder);
    }
}
