// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IValidatorErrors} from "../../../contracts/interfaces/IValidatorErrors.sol";
import {IValidatorExits} from "../../../contracts/interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {IWithdrawalVault} from "../../../contracts/interfaces/IWithdrawalVault.sol";
import {Epoch, Gwei} from "../../../contracts/libraries/Units.sol";
import {ExitsSetup} from "./ExitsSetup.sol";

contract ValidatorExitsTest is ExitsSetup {
    IValidatorExits.Reason private constant LIQUIDITY = IValidatorExits.Reason.Liquidity;

    /// @dev Who asks for a little just before each report ends keeps a need alive that partials met every day.
    function test_ANeedThatWasMetMeanwhileIsNoOldOne_ADustRequestDoesNotExitALargeKey() public {
        neighbours.setQueue(10 ether, 0);
        exits.recordNeed();
        requestPartial(1);
        check(exits.needWei() == 0, "met");
        vm.warp(block.timestamp + 1 days);
        neighbours.setQueue(0.01 ether, 0);
        check(neighbours.report(idOf(1), gwei_(1_990)) == 0 && exits.needWei() == 0.01 ether, "paid, and dust is new");
        vm.warp(block.timestamp + 2 days);
        vm.expectPartialRevert(IValidatorExits.BalanceBeyondNeed.selector);
        requestExit(2, IValidatorExits.Reason.Liquidity);
    }

    function test_ARequestOfAHundredthOfAnEtherMustNotExit2048() public {
        neighbours.setQueue(0.01 ether, 0);
        vm.expectPartialRevert(IValidatorExits.BalanceBeyondNeed.selector);
        requestExit(1, LIQUIDITY);
        check(Gwei.unwrap(requestPartial(1)) == 8e9, "a partial of the least amount");
    }

    function test_NothingIsAskedForWhatIsThereOrExpected() public {
        neighbours.setQueue(100 ether, 100 ether);
        vm.expectRevert(IValidatorExits.NoNeed.selector);
        requestPartial(1);
        neighbours.setQueue(100 ether, 40 ether);
        check(Gwei.unwrap(requestPartial(1)) == 60e9, "the need");
        check(exits.expectedWei() == 60 ether && exits.needWei() == 0, "it is expected at once");
        vm.expectRevert(IValidatorExits.NoNeed.selector);
        requestPartial(2);
    }

    function test_APartialLeavesWhatAValidatorNeeds() public {
        neighbours.setQueue(5_000 ether, 0);
        check(Gwei.unwrap(requestPartial(1)) == 1_968e9, "2,000 less 32");
        neighbours.setBalance(gwei_(64));
        vm.expectPartialRevert(IValidatorExits.BalanceTooSmall.selector);
        requestPartial(2);
    }

    function test_APartialReachesTheChainAndIsGoneWhenPaid() public {
        neighbours.setQueue(60 ether, 0);
        requestPartial(1);
        bytes memory sent = abi.encodePacked(address(vault), pubkey(1), _littleEndian(60e9));
        check(keccak256(dequeue(WITHDRAWALS)) == keccak256(sent), "as EIP-7002 says");
        check(neighbours.requestOpen(idOf(1)), "no top-up meanwhile");

        check(neighbours.report(idOf(1), gwei_(2_001)) == 60 ether, "still to come");
        check(exits.expectedWei() == 60 ether, "of that report alone");
        check(neighbours.report(idOf(1), gwei_(1_941)) == 0, "paid");
        check(exits.expectedWei() == 0, "it lies in the vault");
        check(!neighbours.requestOpen(idOf(1)), "the key is free again");
        neighbours.setQueue(120 ether, 60 ether);
        requestPartial(1);
    }

    function test_ARequestMadeDuringAReportStaysExpectedWhenItEnds() public {
        neighbours.setQueue(60 ether, 0);
        neighbours.startReport();
        requestPartial(1);
        check(neighbours.settle(idOf(1), gwei_(1_940)) == 0, "no part of that report");
        neighbours.startReport();
        check(neighbours.settle(idOf(1), gwei_(2_000)) == 60 ether, "part of the one that replaced it");
        neighbours.finishReport(60 ether);
        check(exits.expectedWei() == 60 ether, "once, not twice");
    }

    function test_APartialThatBlocksAnExitIsNeverSentToALeavingKey() public {
        neighbours.setQueue(5_000 ether, 0);
        neighbours.setBalance(gwei_(60));
        requestExit(1, LIQUIDITY);
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        requestPartial(1);
        _set(2, IValidatorRecords.ValidatorState.Exiting);
        vm.expectPartialRevert(IValidatorExits.KeyNotLive.selector);
        requestPartial(2);
    }

    function test_AnExitIsNotSentBehindAPendingPartial() public {
        neighbours.setQueue(60 ether, 0);
        requestPartial(1);
        neighbours.setQueue(5_000 ether, 0);
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        requestExit(1, LIQUIDITY);
    }

    function test_AnyValidatorMayGoOnceTheNeedWasUnmetForDays() public {
        neighbours.setQueue(100 ether, 0);
        neighbours.report(idOf(1), gwei_(2_000));
        neighbours.finishReport(0);
        vm.warp(block.timestamp + 3 days - 1);
        vm.expectPartialRevert(IValidatorExits.BalanceBeyondNeed.selector);
        requestExit(1, LIQUIDITY);
        vm.warp(block.timestamp + 1);
        requestExit(1, LIQUIDITY);
        check(exits.expectedWei() == 2_000 ether, "its whole balance");
        neighbours.finishReport(0);
        check(exits.unmetSince() == 0, "the need is met");
    }

    function test_ASmallValidatorMayGoAtOnce() public {
        neighbours.setQueue(100 ether, 0);
        neighbours.setBalance(gwei_(200));
        requestExit(1, LIQUIDITY);
        check(_state(1) == IValidatorRecords.ValidatorState.Exiting, "marked");
        bytes memory sent = abi.encodePacked(address(vault), pubkey(1), uint64(0));
        check(keccak256(dequeue(WITHDRAWALS)) == keccak256(sent), "an amount of 0 is an exit");
    }

    function test_ASmallNeedExitsNoKeyWithATopUpInFlight_becauseThatWouldCloseDeposits() public {
        neighbours.setQueue(100 ether, 0);
        neighbours.setBalance(gwei_(100));
        neighbours.setValidator(idOf(1), IValidatorRecords.ValidatorState.Active, gwei_(32), 1);
        vm.expectPartialRevert(IValidatorErrors.TopUpInFlight.selector);
        requestExit(1, LIQUIDITY);
        neighbours.report(idOf(2), gwei_(100));
        neighbours.finishReport(0);
        vm.warp(block.timestamp + 3 days);
        requestExit(1, LIQUIDITY);
        check(_state(1) == IValidatorRecords.ValidatorState.Exiting, "an old need may");
    }

    function test_OtherReasonsNeedTheirRules() public {
        vm.expectPartialRevert(IValidatorExits.ReasonNotGiven.selector);
        requestExit(1, IValidatorExits.Reason.DeadSet);
        vm.expectPartialRevert(IValidatorExits.ReasonNotGiven.selector);
        requestExit(1, IValidatorExits.Reason.LeaverDeadline);
        vm.expectPartialRevert(IValidatorExits.ReasonNotGiven.selector);
        requestExit(1, IValidatorExits.Reason.Governance);
        neighbours.setReasons(true, true);
        requestExit(1, IValidatorExits.Reason.DeadSet);
        requestExit(2, IValidatorExits.Reason.BondShortfall);
        check(neighbours.shortfallExits() == 1, "the day's exit is used");
    }

    function test_ASilentlyDroppedExitIsAskedForAgainByProof() public {
        _exitOne();
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        requestExit(1, LIQUIDITY);
        bytes32 id = idOf(1);
        vm.expectPartialRevert(IValidatorExits.LapseTooEarly.selector);
        exits.lapse(id, anchor(), proofOf(1));
        vm.warp(block.timestamp + 1 days);
        IBeaconVerifier.ValidatorProof memory leaving = proofOf(1);
        leaving.validator.exitEpoch = Epoch.wrap(300);
        vm.expectPartialRevert(IValidatorErrors.ValidatorIsExiting.selector);
        exits.lapse(id, anchor(), leaving);
        exits.lapse(id, anchor(), proofOf(1));
        uint256 expected = exits.expectedWei();
        neighbours.setQueue(0, 0);
        requestExit(1, IValidatorExits.Reason.Governance);
        check(dequeue(WITHDRAWALS).length == 2 * 76, "sent twice, the second time without a reason");
        check(exits.expectedWei() == expected, "expected once");
    }

    function test_ADroppedPartialLapsesByTheQueueOfExits() public {
        neighbours.setQueue(60 ether, 0);
        requestPartial(1);
        IBeaconVerifier.EarliestExitEpochProof memory none;
        bytes32 id = idOf(1);
        vm.expectPartialRevert(IValidatorExits.LapseTooEarly.selector);
        exits.scheduleLapse(id, anchor(), none);
        vm.warp(block.timestamp + 1 days);
        vm.expectPartialRevert(IValidatorExits.LapseEpochNotReached.selector);
        exits.lapsePartial(id, anchor(), balanceOf(1));
        uint64 epoch = uint64((block.timestamp - 1_800_000_000) / 12 / 32);
        neighbours.setEarliestExitEpoch(Epoch.wrap(epoch));
        exits.scheduleLapse(id, anchor(), none);
        neighbours.setEarliestExitEpoch(Epoch.wrap(epoch + 1_000));
        exits.scheduleLapse(id, anchor(), none);
        check(exits.request(id).lapseEpoch == epoch + 256 + 225, "the first proof binds");

        vm.warp(1_800_000_000 + (uint256(epoch) + 256 + 224) * 32 * 12);
        vm.expectPartialRevert(IValidatorExits.LapseEpochNotReached.selector);
        exits.lapsePartial(id, anchor(), balanceOf(1));
        vm.warp(block.timestamp + 32 * 12);
        neighbours.setBalance(gwei_(1_945));
        vm.expectPartialRevert(IValidatorExits.PartialWasPaid.selector);
        exits.lapsePartial(id, anchor(), balanceOf(1));
        neighbours.setBalance(gwei_(1_999));
        exits.lapsePartial(id, anchor(), balanceOf(1));
        check(!neighbours.requestOpen(id), "the key is free again");
    }

    function test_NothingIsAskedOfAValidatorThatTheChainWouldRefuse() public {
        neighbours.setQueue(60 ether, 0);
        IValidatorExits.KeyEvidence memory key = evidence(1);
        key.validator.validator.slashed = true;
        vm.expectPartialRevert(IValidatorErrors.ValidatorIsSlashed.selector);
        exits.requestPartial(anchor(), key);
        key = evidence(1);
        key.validator.validator.activationEpoch = Epoch.wrap(type(uint64).max);
        vm.expectPartialRevert(IValidatorExits.ActiveTooShortly.selector);
        exits.requestPartial(anchor(), key);
        IBeaconVerifier.Anchor memory old = anchor();
        old.timestamp -= 1 days + 1;
        vm.expectPartialRevert(IValidatorErrors.AnchorTooOld.selector);
        exits.requestPartial(old, evidence(1));
        key = evidence(1);
        key.validator = proofOf(2);
        vm.expectPartialRevert(IValidatorErrors.PubkeyMismatch.selector);
        exits.requestPartial(anchor(), key);
        key = evidence(1);
        key.balances = balanceOf(2);
        vm.expectPartialRevert(IValidatorErrors.WrongBalanceChunk.selector);
        exits.requestPartial(anchor(), key);
        neighbours.setValidator(idOf(1), IValidatorRecords.ValidatorState.Active, gwei_(32), 1);
        vm.expectPartialRevert(IValidatorErrors.TopUpInFlight.selector);
        requestPartial(1);
    }

    function test_ASlashedKeyIsNotCountedOn() public {
        _set(1, IValidatorRecords.ValidatorState.Slashed);
        check(neighbours.report(idOf(1), gwei_(1_900)) == 0, "left out");
        _set(1, IValidatorRecords.ValidatorState.Exiting);
        check(neighbours.report(idOf(1), gwei_(1_900)) == 1_900 ether, "a leaving one is");
    }

    function test_AFeeSpikeIsPaidByTheCallerAndWhatIsNotUsedComesBack() public {
        neighbours.setQueue(60 ether, 0);
        uint256 mine = address(this).balance;
        exits.requestPartial{value: 1 ether}(anchor(), evidence(1));
        check(address(this).balance == mine, "the vault paid the wei");
        check(address(vault).balance == 1 ether - 1, "one wei");

        vm.deal(address(vault), 0);
        neighbours.setQueue(120 ether, 0);
        vm.expectPartialRevert(IWithdrawalVault.FeeNotCovered.selector);
        requestPartial(2);
        exits.requestPartial{value: 5}(anchor(), evidence(2));
        check(address(this).balance == mine - 1, "the caller paid the wei");
        check(address(exits).balance == 0, "nothing stays");
    }

    function test_AChainWithoutThePredeployIsNoticed() public {
        neighbours.setQueue(60 ether, 0);
        vm.etch(WITHDRAWALS, "");
        vm.expectPartialRevert(IWithdrawalVault.PredeployMissing.selector);
        requestPartial(1);
    }

    function test_APredeployThatRefusesIsNotTakenForARequestSent() public {
        neighbours.setQueue(60 ether, 0);
        // Answers the question for the fee, and reverts on a request: calldatasize, jumpi, mstore, return.
        vm.etch(WITHDRAWALS, hex"36156008575f5ffd5b60015f5260205ff3");
        vm.expectPartialRevert(IWithdrawalVault.PredeployFailed.selector);
        requestPartial(1);
        vm.etch(WITHDRAWALS, hex"5f5ffd");
        vm.expectPartialRevert(IWithdrawalVault.PredeployFailed.selector);
        requestPartial(1);
        check(!neighbours.requestOpen(idOf(1)) && exits.expectedWei() == 0, "nothing is expected");
    }

    function test_AfterClosingAnyoneExitsAnyValidatorWithoutProofs() public {
        vm.expectPartialRevert(IValidatorExits.ReasonNotGiven.selector);
        exits.requestExitAfterClosing(pubkey(1));
        neighbours.setClosed();
        exits.requestExitAfterClosing(pubkey(1));
        vm.expectPartialRevert(IValidatorExits.RequestPending.selector);
        exits.requestExitAfterClosing(pubkey(1));
        vm.warp(block.timestamp + 1 days);
        exits.requestExitAfterClosing(pubkey(1));
        check(dequeue(WITHDRAWALS).length == 2 * 76, "once a day");
    }

    function test_OnlyTheReportSettles() public {
        vm.expectPartialRevert(IValidatorExits.Unauthorized.selector);
        exits.settle(idOf(1), gwei_(1), 1);
        vm.expectPartialRevert(IValidatorExits.Unauthorized.selector);
        exits.onReportFinished(1, 1);
    }

    function _exitOne() private {
        neighbours.setQueue(100 ether, 0);
        neighbours.setBalance(gwei_(100));
        requestExit(1, LIQUIDITY);
    }

    function _state(uint8 number) private view returns (IValidatorRecords.ValidatorState) {
        return neighbours.validator(idOf(number)).state;
    }

    function _littleEndian(uint64 value) private pure returns (bytes memory bytes_) {
        bytes_ = new bytes(8);
        for (uint256 i = 0; i < 8; i++) bytes_[i] = bytes1(uint8(value >> (8 * i)));
    }
}
