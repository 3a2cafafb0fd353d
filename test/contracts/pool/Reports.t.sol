// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {IPoolBooks} from "../../../contracts/interfaces/IPoolBooks.sol";
import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";
import {PoolFixture} from "./PoolFixture.sol";

contract ReportsTest is PoolFixture {
    address private constant ALICE = address(0xA11CE);

    function setUp() external {
        deployPool();
        deposit(ALICE, 999 ether);
    }

    function test_startCountsEtherOfVaultAndPoolLessClaims() external {
        requestRedeem(ALICE, 10 ether);
        report(0);
        pool.fill(1);
        arrive(32 ether);
        vm.deal(address(pool), address(pool).balance + 3 ether);
        (uint256 booked, uint256 liquid) = pool.openReport();
        check(booked == 990 ether, "booked moves by reports and flows only");
        check(liquid == 1025 ether, "counted: vault and gifts, without the claims");
        check(address(vault).balance == 0 && pool.reservedWei() == 10 ether, "swept; claims untouched");
        check(pool.reportOpen() && pool.liquidWei() == 1025 ether, "open");
    }

    function test_flowsGoOnWhileAReportIsOpen() external {
        (uint256 booked, ) = pool.openReport();
        deposit(ALICE, 50 ether);
        pool.fundTopUp(100 ether);
        requestRedeem(ALICE, 1 ether);
        pool.finishReport(1 ether);
        check(pool.bookedWei() == booked + 50 ether + 1 ether, "snapshot, difference and flows");
        check(pool.liquidWei() == 950 ether, "liquid follows");
        check(pool.cycle(1).closedAt == 0, "a request after the start belongs to the next cycle");
    }

    function test_gainStreamsAndFeeSharesFollowItWithoutMovingTheRate() external {
        report(1 ether);
        check(pool.rate() == RAY, "nothing at once");
        IPoolBooks.BooksNow memory books = pool.books();
        check(books.unstreamedNetWei == 0.9 ether && books.unstreamedFeeWei == 0.1 ether, "a tenth is fee");
        // The cap: 1 ETH of 1,000 at 10 % a year takes 3.65 days.
        check(books.streamEnd == block.timestamp + 365 days / 100, "end");
        vm.warp(block.timestamp + 365 days / 200);
        near(pool.totalAssets(), 1000.45 ether, 1, "half is there");
        near(pool.books().dueFeeWei, 0.05 ether, 1, "half of the fee is due");
        uint256 rate = pool.rate();
        pool.mintFees();
        near(pool.rate(), rate, 1e7, "minting moves no rate");
        near(pool.convertToAssets(pool.balanceOf(address(fees))), 0.04 ether, 2, "seats");
        near(pool.convertToAssets(pool.balanceOf(GOVERNANCE)), 0.01 ether, 2, "treasury");
        check(fees.told() == pool.balanceOf(address(fees)), "told");
        endStream();
        near(pool.convertToAssets(999 ether), 999.8991 ether, 1e14, "all of the net, but what fee shares earn");
        check(pool.books().unstreamedNetWei == 0, "over");
    }

    function test_lossHitsAtOnceTheUnstreamedGainFirst() external {
        report(1 ether);
        report(-0.5 ether);
        check(pool.rate() == RAY, "the gain took it");
        IPoolBooks.BooksNow memory books = pool.books();
        check(books.unstreamedNetWei == 0.45 ether && books.unstreamedFeeWei == 0.05 ether, "in proportion");
        check(books.carriedLossWei == 0, "nothing to make up for");
        report(-100.5 ether);
        check(pool.rate() == 0.9e27 && pool.totalAssets() == 900 ether, "the rest at once");
        check(pool.books().carriedLossWei == 100 ether, "carried");
        check(pool.books().rateAfterReport == 0.9e27, "remembered for fills");
    }

    function test_burntBondCoversTheNextLossAndTheRestStreamsWithoutFee() external {
        vm.deal(REGISTRY, 100 ether);
        deposit(REGISTRY, 100 ether);
        vm.prank(REGISTRY);
        pool.burnBond(10 ether);
        check(pool.books().coverWei == 10 ether && pool.rate() == RAY, "set aside, no rate moved");
        report(-4 ether);
        check(pool.rate() == RAY && pool.books().carriedLossWei == 0, "covered");
        IPoolBooks.BooksNow memory books = pool.books();
        check(books.coverWei == 0 && books.unstreamedNetWei == 6 ether, "the rest streams");
        check(books.unstreamedFeeWei == 0, "without fee");
        endStream();
        near(pool.totalAssets(), 1096 ether, 0, "with the holders");
    }

    function test_unpaidFeesAreStreamedToHolders() external {
        report(10 ether);
        endStream();
        pool.mintFees();
        uint256 shares = pool.balanceOf(address(fees));
        uint256 rate = pool.rate();
        fees.burn(pool, shares);
        near(pool.rate(), rate, 1e7, "not at once");
        near(pool.books().unstreamedNetWei, 0.8 ether, 2, "their value");
        check(pool.books().unstreamedFeeWei == 0, "without fee");
    }

    function test_streamLastsAtLeastTheTimeSinceTheLastFinish() external {
        vm.warp(block.timestamp + 20 days);
        report(0.1 ether);
        check(pool.books().streamEnd == block.timestamp + 20 days, "twenty days");
        report(0);
        check(pool.books().streamEnd == block.timestamp + 20 days, "no report shortens it");
        endStream();
        report(0.01 ether);
        vm.warp(block.timestamp + 1 hours);
        report(0.01 ether);
        check(pool.books().streamEnd >= block.timestamp + 1 days, "a day at least");
    }

    /// @dev A broken or captured verifier "proves" the moon: the rate rises by a tenth a year all the same.
    function test_yearlyCapHoldsWhateverIsProven() external {
        report(1e6 ether);
        uint256 start = pool.totalAssets();
        vm.warp(block.timestamp + 365 days);
        check(pool.totalAssets() <= start + start / 10, "a tenth a year");
        check(pool.totalAssets() >= start + start / 12, "and it does rise");
        requestRedeem(ALICE, 900 ether);
        report(0);
        pool.fill(1);
        start = pool.rate();
        vm.warp(block.timestamp + 36.5 days);
        check(pool.rate() <= start + start / 100, "with fewer holders as well");
    }

    function test_feeFollowsTheParameterAndZeroMintsNothing() external {
        vm.prank(GOVERNANCE);
        parameters.set(Parameter.TreasuryFeeBps, 0);
        vm.prank(GOVERNANCE);
        parameters.set(Parameter.FeeBps, 0);
        report(1 ether);
        endStream();
        pool.mintFees();
        check(pool.totalSupply() == 1000 ether, "no fee");
        vm.prank(GOVERNANCE);
        parameters.set(Parameter.FeeBps, 100);
        vm.prank(GOVERNANCE);
        parameters.set(Parameter.TreasuryFeeBps, 100);
        report(1 ether);
        endStream();
        pool.mintFees();
        check(pool.balanceOf(address(fees)) == 0, "nothing for the seats");
        check(pool.balanceOf(GOVERNANCE) > 0, "all of it");
    }

    function test_totalLossEndsDepositsNotTheBooks() external {
        report(-1000 ether);
        check(pool.totalAssets() == 0 && pool.rate() == 0, "nothing left");
        check(pool.maxDeposit(ALICE) == 0 && pool.maxMint(ALICE) == 0, "no price for a deposit");
        requestRedeem(ALICE, 1 ether);
        report(0);
        // A later report may find something again: then the stream brings it back.
        report(1 ether);
        check(pool.books().unstreamedNetWei == 1 ether, "found");
    }

    function test_sharesThatAreWorthNothingTodayAreNotBurntForNothing() external {
        requestRedeem(ALICE, 1 ether);
        report(-1000 ether);
        vm.deal(address(pool), address(pool).balance + 1 ether);
        vm.expectRevert(IPoolRedemptions.NothingToFill.selector);
        pool.fill(1);
        check(pool.pendingRedeemRequest(1, ALICE) == 1 ether, "they wait for what a later report finds");
    }

    function test_lossBeyondTheBooksIsBookedAsAll() external {
        report(-2000 ether);
        check(pool.bookedWei() == 0 && pool.books().carriedLossWei == 1000 ether, "not more than there is");
    }

    /// @dev I3 and the position's parts always add up; rate never moves by a gain.
    function testFuzz_bookedTotalMovesByTheDifference(int96 first, int96 second, uint32 wait, uint96 bond) external {
        deposit(REGISTRY, 100 ether);
        uint256 booked = pool.bookedWei();
        int256 a = int256(first) % 900 ether;
        report(a);
        check(int256(pool.bookedWei()) == int256(booked) + a, "first");
        vm.warp(block.timestamp + bound(wait, 0, 100 days));
        vm.prank(REGISTRY);
        pool.burnBond(bound(bond, 0, 50 ether));
        near(pool.bookedWei(), uint256(int256(booked) + a), 0, "burning moves no ETH");
        uint256 rate = pool.rate();
        int256 b = int256(second) % 50 ether;
        report(b);
        check(int256(pool.bookedWei()) == int256(booked) + a + b, "second");
        if (b >= 0) near(pool.rate(), rate, 1e8, "a gain moves no rate");
        else check(pool.rate() <= rate + 1e8, "a loss never raises it");
    }
}
