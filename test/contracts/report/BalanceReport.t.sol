// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBalanceReport} from "../../../contracts/interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {Slot} from "../../../contracts/libraries/Units.sol";
import {ReportSetup} from "./ReportSetup.sol";
import {SimulatedNeighbours} from "./SimulatedNeighbours.sol";

/// @dev When reports start, end and are replaced, and what they hand over.
contract BalanceReportTest is ReportSetup {
    function test_startRecordsTheCut() external {
        neighbours.addValidator(3, eth(32));
        report.start();
        check(report.isOpen() && report.number() == 1, "open");
        check(report.startedAt() == block.timestamp, "time");
        check(report.anchorRoot() == keccak256(abi.encode(uint64(block.timestamp))), "root of the parent");
        check(!report.isBound() && Slot.unwrap(report.slot()) == 0, "the slot is not known yet");
        check(report.validatorCount() == 1 && report.provenCount() == 0, "counts");
        check(neighbours.opened() == 1, "neighbours");
    }

    function test_finishBooksTheDifferenceOfTheCut() external {
        neighbours.addValidator(2, eth(700));
        neighbours.addValidator(9, eth(5));
        report.start();
        neighbours.setBooks(5_000 ether, 1 ether, 2 ether);
        prove(0, 3);
        check(Slot.unwrap(report.slot()) == report.startedAt() / 12, "slot");
        check(report.anchorRoot() == neighbours.stateRootOf(report.slot()), "state root");
        report.finish();
        check(neighbours.bookedDifferenceWei() == int256(38 ether), "700 + 5 + 300 + 33 - 1000");
        check(neighbours.slashingsNumber() == 0, "nothing slashed, nothing said");
        check(!report.isOpen() && report.lastFinishedAt() == block.timestamp, "closed");
    }

    function test_lastProofAndFinishInOneCallBookTheSame() external {
        neighbours.addValidator(2, eth(700));
        neighbours.addValidator(400, eth(5));
        report.start();
        IBeaconVerifier.BeaconBlockHeader memory bound = header();
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.ReportIncomplete.selector, 1, 2));
        report.proveAndFinish(bound, proofOf(0, 3));
        check(report.provenCount() == 0, "nothing stays of what failed");
        prove(0, 3);
        report.proveAndFinish(bound, proofOf(100, 1));
        check(!report.isOpen() && neighbours.bookedDifferenceWei() == int256(38 ether), "700 + 5 + 300 + 33 - 1000");
    }

    function test_wholeReportInOneCallKeepsToTheSameRules() external {
        neighbours.addValidator(2, eth(700));
        neighbours.addValidator(3, eth(5));
        IBeaconVerifier.BeaconBlockHeader memory ofNow = neighbours.headerAt(uint64(block.timestamp));
        IBeaconVerifier.BeaconBlockHeader memory ofBefore = neighbours.headerAt(uint64(block.timestamp) - 12);
        vm.expectRevert(SimulatedNeighbours.WrongHeader.selector);
        report.reportAtOnce(ofBefore, proofOf(0, 3));
        check(report.number() == 0, "nothing stays of what failed");
        report.reportAtOnce(ofNow, proofOf(0, 3));
        check(!report.isOpen() && report.number() == 1, "one report");
        check(neighbours.bookedDifferenceWei() == int256(38 ether), "700 + 5 + 300 + 33 - 1000");
        uint256 earliest = block.timestamp + neighbours.INTERVAL();
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.ReportTooEarly.selector, block.timestamp, earliest));
        report.reportAtOnce(ofNow, proofOf(0, 3));
    }

    function test_finishWithoutValidatorsNeedsNoProof() external {
        report.start();
        report.finish();
        check(neighbours.bookedDifferenceWei() == -667 ether, "300 + 33 - 1000");
    }

    function test_finishNeedsEveryValidatorOfTheCut() external {
        neighbours.addValidator(0, eth(32));
        neighbours.addValidator(400, eth(32));
        report.start();
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.ReportIncomplete.selector, 0, 2));
        report.finish();
        prove(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.ReportIncomplete.selector, 1, 2));
        report.finish();
        prove(100, 1);
        report.finish();
    }

    function test_nothingButStartWorksWithoutAnOpenReport() external {
        IBeaconVerifier.BeaconBlockHeader memory empty;
        vm.expectRevert(IBalanceReport.NoOpenReport.selector);
        report.prove(empty, proofOf(0, 1));
        vm.expectRevert(IBalanceReport.NoOpenReport.selector);
        report.finish();
        report.start();
        report.finish();
        vm.expectRevert(IBalanceReport.NoOpenReport.selector);
        report.finish();
    }

    function test_nextStartWaitsForTheInterval() external {
        report.start();
        report.finish();
        uint256 finished = block.timestamp;
        uint256 earliest = finished + neighbours.INTERVAL();
        check(report.startableAt() == earliest, "view");
        vm.warp(earliest - 1);
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.ReportTooEarly.selector, earliest - 1, earliest));
        report.start();
        vm.warp(earliest);
        report.start();
        check(report.number() == 2, "number");
    }

    function test_aSlashedProofLiftsTheIntervalOnce() external {
        vm.expectRevert(abi.encodeWithSelector(IBalanceReport.Unauthorized.selector, address(this)));
        report.allowEarlyStart();
        report.start();
        neighbours.allowEarlyStart();
        report.finish();
        check(neighbours.slashingsNumber() == 1, "told, though it can't have seen the proof");
        report.start();
        report.finish();
        check(neighbours.slashingsNumber() == 2, "told of the first that can");
        vm.expectPartialRevert(IBalanceReport.ReportTooEarly.selector);
        report.start();
    }

    function test_secondStartInTheSameBlockIsRefused() external {
        neighbours.addValidator(0, eth(32));
        report.start();
        neighbours.allowEarlyStart();
        vm.expectPartialRevert(IBalanceReport.ReportInProgress.selector);
        report.start();
    }

    function test_reportRestarts_needSixHoursWithoutProgress() external {
        neighbours.addValidator(0, eth(32));
        neighbours.addValidator(4, eth(32));
        report.start();
        uint256 started = block.timestamp;
        vm.warp(started + 6 hours - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IBalanceReport.ReportInProgress.selector, block.timestamp, started + 6 hours)
        );
        report.start();
        prove(0, 1);
        vm.warp(started + 12 hours - 2);
        vm.expectPartialRevert(IBalanceReport.ReportInProgress.selector);
        report.start();
        vm.warp(started + 12 hours - 1);
        report.start();
        check(report.number() == 2 && report.provenCount() == 0, "a new one");
        check(neighbours.opened() == 2 && neighbours.finished() == 0, "a new cut");
    }

    function test_reportRestarts_comeAfterADayWhateverIsProven() external {
        for (uint256 i = 0; i < 8; i++) neighbours.addValidator(4 * i, eth(32));
        report.start();
        uint256 started = block.timestamp;
        for (uint256 i = 0; i < 5; i++) {
            vm.warp(started + (i + 1) * 5 hours - 1 hours);
            prove(i, 1);
        }
        vm.warp(started + 1 days - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IBalanceReport.ReportInProgress.selector, block.timestamp, started + 1 days)
        );
        report.start();
        vm.warp(started + 1 days);
        report.start();
    }

    function test_provingAgainIsNoProgress() external {
        neighbours.addValidator(0, eth(32));
        neighbours.addValidator(4, eth(32));
        report.start();
        prove(0, 1);
        uint256 started = block.timestamp;
        vm.warp(started + 5 hours);
        prove(0, 1);
        check(report.startableAt() == started + 6 hours, "still from the first");
    }

    function test_aReplacedReportLeavesNothingBehind() external {
        neighbours.addValidator(0, eth(32));
        neighbours.addValidator(1, eth(64));
        SimulatedNeighbours.Special memory how = special();
        how.exiting = true;
        how.expectedWei = 64 ether;
        neighbours.makeSpecial(1, how);
        report.start();
        IBeaconVerifier.BeaconBlockHeader memory old = header();
        prove(0, 1);
        check(report.isProven(0) && report.isProven(1), "proven");
        vm.warp(block.timestamp + 1 days);
        neighbours.setBooks(1_000 ether, 900 ether, 0);
        report.start();
        check(!report.isProven(0) && !report.isBound(), "nothing is proven of the new one");
        vm.expectRevert(SimulatedNeighbours.WrongHeader.selector);
        report.prove(old, proofOf(0, 1));
        prove(0, 1);
        report.finish();
        check(neighbours.bookedDifferenceWei() == -4 ether, "32 + 64 + 900 - 1000");
        check(neighbours.bookedExpectedWei() == 64 ether, "expected once");
    }

    function test_headerIsBoundByTheFirstProofAndIgnoredLater() external {
        neighbours.addValidator(0, eth(32));
        neighbours.addValidator(4, eth(32));
        report.start();
        IBeaconVerifier.BeaconBlockHeader memory other = neighbours.headerAt(report.startedAt() - 12);
        vm.expectRevert(SimulatedNeighbours.WrongHeader.selector);
        report.prove(other, proofOf(0, 1));
        prove(0, 1);
        bytes32 root = report.anchorRoot();
        report.prove(other, proofOf(1, 1));
        check(report.anchorRoot() == root, "the first one counts");
        report.finish();
    }

    function test_neighboursThatCallBackAreRefused() external {
        neighbours.addValidator(0, eth(32));
        neighbours.makeSpecial(0, special());
        neighbours.reenter();
        report.start();
        IBeaconVerifier.BeaconBlockHeader memory bound = header();
        vm.expectPartialRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        report.prove(bound, proofOf(0, 1));
    }
}
