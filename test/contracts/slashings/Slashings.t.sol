// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Slashings} from "../../../contracts/accounting/Slashings.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {ISlashingCharges} from "../../../contracts/interfaces/ISlashingCharges.sol";
import {ISlashings} from "../../../contracts/interfaces/ISlashings.sol";
import {Epoch, Gwei, Slot} from "../../../contracts/libraries/Units.sol";
import {Test} from "../support/Test.sol";
import {SimulatedSeptet} from "./SimulatedSeptet.sol";

contract SlashingsTest is Test {
    bytes32 private constant KEY = "key";
    bytes32 private constant OTHER = "other";
    uint64 private constant NOW = 300_000;
    uint64 private constant WITHDRAWABLE = NOW + 8_192;
    uint64 private constant EFFECTIVE = 2_048e9;

    SimulatedSeptet private septet;
    Slashings private slashings;

    function setUp() external {
        vm.warp(uint256(NOW) * 384);
        septet = new SimulatedSeptet();
        slashings = septet.slashings();
    }

    // Proof and freeze

    function test_aSlashedProofFreezesFillsMarksTheKeyAndLetsAReportStart() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        check(septet.frozenUntil() == block.timestamp + 3 days, "frozen");
        check(septet.marked(KEY), "marked");
        check(septet.earlyStarts() == 1, "early start");
        check(Gwei.unwrap(slashings.recentlySlashedGwei()) == EFFECTIVE, "sum");
        check(slashings.unsettledCount(1) == 1 && slashings.episodeOf(1) == 1, "episode");
    }

    function test_replayOfASlashedProofIsRefused() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.expectRevert(abi.encodeWithSelector(ISlashings.AlreadyRecorded.selector, KEY));
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
    }

    function test_aValidatorThatIsNotSlashedOrAnotherKeyIsRefused() external {
        IBeaconVerifier.Anchor memory anchor;
        IBeaconVerifier.ValidatorProof memory proof;
        proof.validator.pubkeyRoot = KEY;
        vm.expectRevert(abi.encodeWithSelector(ISlashings.NotSlashed.selector, KEY));
        slashings.recordSlashed(KEY, anchor, proof);
        proof.validator.slashed = true;
        vm.expectRevert(abi.encodeWithSelector(ISlashings.PubkeyMismatch.selector, OTHER, KEY));
        slashings.recordSlashed(OTHER, anchor, proof);
    }

    function test_freezeEndsWithAReportThatStartedAfterTheProofOnly() external {
        septet.open();
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        septet.finish(0);
        check(septet.frozenUntil() != 0, "that report may not have seen it");
        septet.open();
        septet.finish(0);
        check(septet.frozenUntil() == 0, "this one did");
    }

    function test_freezeGriefingBySerialProofsEndsAndTheKeysAreStillValued() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.warp(block.timestamp + 3 days);
        septet.record(OTHER, EFFECTIVE, WITHDRAWABLE + 700);
        check(septet.freezes() == 1, "no freeze is left");
        check(septet.earlyStarts() == 2, "but a report may start");
        check(septet.value(OTHER, EFFECTIVE - 0.5e9) < 0.5 ether, "and value it");
    }

    function test_aProofAfterTheLastPenaltyFreezesNothing() external {
        septet.record(KEY, EFFECTIVE, NOW);
        check(septet.freezes() == 0, "nothing is to come");
    }

    // Value

    function test_rateDoesNotMoveWhileBondsAnswerForEverything() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        uint256 rate = septet.convertToAssets(1 ether);
        vm.warp(block.timestamp + 1 days);
        // Half an ether at once, and 225 epochs without duties.
        int256 before = septet.report(KEY, EFFECTIVE, EFFECTIVE - 0.5985e9, 0);
        check(before < 0, "bonds answer for the half ether that is gone");
        _near(septet.convertToAssets(1 ether), rate, "after the first report");
        vm.warp(uint256(WITHDRAWABLE - 1) * 384);
        before = septet.report(KEY, EFFECTIVE - 0.5985e9, EFFECTIVE - 5e9, before);
        _near(septet.convertToAssets(1 ether), rate, "after the penalties");

        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(KEY);
        _near(septet.convertToAssets(1 ether), rate, "while the bonds burn");
        // The last epoch takes what it was expected to take.
        septet.report(KEY, EFFECTIVE - 5e9, EFFECTIVE - 5e9 - 0.000438e9, before);
        _near(septet.convertToAssets(1 ether), rate, "in the report after: no dip and no rebound");
    }

    function test_exitAheadOfTheLossIsTooLate_theFirstReportCountsAllThatBondsCantPay() external {
        for (uint256 i = 1; i <= 7; i++) {
            septet.setBond(i, 0);
        }
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.warp(block.timestamp + 1 days);
        int256 reduction = septet.value(KEY, EFFECTIVE - 0.6e9);
        ISlashings.Slashing memory s = slashings.slashing(KEY);
        check(s.reservedWei == 0, "no bond");
        check(uint256(reduction) == uint256(Gwei.unwrap(s.remainingGwei)) * 1 gwei, "all that is to come");
        check(reduction > 5.4 ether, "5.6 ETH less a day");
    }

    function test_estimateGrowsWithOtherSlashings() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        uint64 alone = Gwei.unwrap(slashings.slashing(KEY).remainingGwei);
        // 1 % of all stake: 3 × 2 × 1 % = 6 %.
        septet.record(OTHER, 350_000e9, WITHDRAWABLE);
        septet.value(KEY, EFFECTIVE - 0.5e9);
        uint64 together = Gwei.unwrap(slashings.slashing(KEY).remainingGwei);
        check(together > alone + 120e9 && together < alone + 125e9, "6 % of 2,048 in place of 0.1 %");
    }

    function test_slashingsAreForgottenAfterTheVector() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.warp(block.timestamp + 8_191 * 384);
        check(Gwei.unwrap(slashings.recentlySlashedGwei()) == EFFECTIVE, "counted");
        vm.warp(block.timestamp + 384);
        check(Gwei.unwrap(slashings.recentlySlashedGwei()) == 0, "forgotten");
    }

    function test_sweepOfWhatIsAboveTheMaximumIsNoLoss() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.warp(block.timestamp + 1 days);
        septet.value(KEY, 2_049e9);
        uint64 loss = Gwei.unwrap(slashings.slashing(KEY).lossGwei);
        septet.value(KEY, 2_048e9);
        check(Gwei.unwrap(slashings.slashing(KEY).lossGwei) == loss, "the vault got it");
    }

    /// @dev The last balance proven before the slashing was one before a partial withdrawal of 500 ETH.
    function test_bondsDoNotPayForAWithdrawalThatThePoolReceived() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.warp(block.timestamp + 1 days);
        septet.value(KEY, EFFECTIVE - 500.6e9);
        ISlashings.Slashing memory s = slashings.slashing(KEY);
        check(Gwei.unwrap(s.lossGwei) < 0.7e9, "the slashing and a day");
        check(s.reservedWei < 6.2 ether, "no more than before");
    }

    function test_onlyTheReportValues() external {
        vm.expectRevert(abi.encodeWithSelector(ISlashingCharges.Unauthorized.selector, address(this)));
        slashings.valueReductionWei(KEY, Gwei.wrap(0), Slot.wrap(0), 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashingCharges.Unauthorized.selector, address(this)));
        slashings.onReportFinished(9);
        vm.expectRevert(abi.encodeWithSelector(ISlashingCharges.Unauthorized.selector, address(this)));
        slashings.onConvicted(1, 1);
    }

    // Charges

    function test_lossIsChargedInEqualPartsAndOnce() external {
        _follow(KEY, 4e9);
        uint256 charged = slashings.settle(KEY);
        uint256 sum = 0;
        for (uint256 i = 1; i <= 7; i++) {
            sum += 3 ether - septet.bondOf(i);
            check(septet.bondOf(i) + 1 gwei >= septet.bondOf(1), "equal");
        }
        _near(sum, charged, "all of it");
        // The slashing itself and the fall since, and the epochs between the last proof and the end.
        check(charged >= 4.5 ether && charged < 4.6 ether, "what it took");
        check(slashings.isSettled(KEY) && slashings.unsettledCount(1) == 0, "settled");
        vm.expectRevert(abi.encodeWithSelector(ISlashings.AlreadySettled.selector, KEY));
        slashings.settle(KEY);
    }

    function test_withoutAProofTheEstimateStands() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.warp(uint256(WITHDRAWABLE) * 384);
        uint256 charged = slashings.settle(KEY);
        check(charged > 6.1 ether && charged < 6.2 ether, "0.5 + 3.6 + 2");
    }

    function test_nothingIsSettledBeforeTheEndOrWhileAReportCountsTheReserve() external {
        vm.expectRevert(abi.encodeWithSelector(ISlashings.NotRecorded.selector, KEY));
        slashings.settle(KEY);
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        vm.expectRevert(
            abi.encodeWithSelector(ISlashings.NotWithdrawable.selector, KEY, Epoch.wrap(WITHDRAWABLE), Epoch.wrap(NOW))
        );
        slashings.settle(KEY);
        vm.warp(uint256(WITHDRAWABLE) * 384);
        septet.open();
        vm.expectRevert(abi.encodeWithSelector(ISlashings.ReportOpen.selector, septet.number()));
        slashings.settle(KEY);
    }

    function test_aShortBondIsMadeUpForByTheOthersUpToTheirRequirement() external {
        septet.setBond(7, 0.1 ether);
        _follow(KEY, 4e9);
        slashings.settle(KEY);
        check(septet.bondOf(7) == 0, "all it has");
        check(3 ether - septet.bondOf(1) > 0.7 ether, "a sixth of the rest");
    }

    function test_nobodyPaysMoreThanItsRequirementHoweverManyKeysAreSlashed() external {
        for (uint256 i = 0; i < 6; i++) {
            septet.record(bytes32(i + 1), EFFECTIVE, WITHDRAWABLE);
        }
        vm.warp(uint256(WITHDRAWABLE) * 384);
        for (uint256 i = 0; i < 6; i++) {
            slashings.settle(bytes32(i + 1));
        }
        for (uint256 i = 1; i <= 7; i++) {
            uint256 paid = 3 ether - septet.bondOf(i);
            check(paid <= 2 ether && paid > 1.99 ether, "the requirement");
        }
    }

    /// @dev Bonds for one and a half of two losses: the second has reserved the rest, and reports count on that.
    function test_whatIsReservedForAnotherSlashingIsNotPaidForThis() external {
        for (uint256 i = 1; i <= 7; i++) {
            septet.setBond(i, 1.4 ether);
        }
        septet.record(OTHER, EFFECTIVE, WITHDRAWABLE);
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        uint256 reservedForOther = slashings.slashing(OTHER).reservedWei;
        check(reservedForOther > 6 ether && slashings.slashing(KEY).reservedWei < 4 ether, "3.7 of 9.8 are left");
        vm.warp(uint256(WITHDRAWABLE) * 384);
        check(slashings.settle(KEY) < 4 ether, "no more than its own");
        check(slashings.settle(OTHER) + 1 gwei >= reservedForOther, "all that reports counted on");
    }

    /// @dev Keys slashed weeks apart: the first are Withdrawn, and their stake is gone, when the last are settled.
    function test_theFirstKeysEndsDoNotLowerWhatLaterOnesAreCharged() external {
        septet.record(OTHER, EFFECTIVE, WITHDRAWABLE);
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE + 700);
        uint256 reserved = slashings.slashing(KEY).reservedWei;
        check(reserved > 6 ether, "bonds answer for both");
        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(OTHER);
        septet.setRequirement(1 ether);
        vm.warp(uint256(WITHDRAWABLE + 700) * 384);
        _near(slashings.settle(KEY), reserved, "all that reports counted on");
    }

    function test_stakeThatGrewAfterTheFirstSlashingAnswersToo_evenWhenItIsGoneAgain() external {
        septet.record(OTHER, EFFECTIVE, WITHDRAWABLE);
        for (uint256 i = 1; i <= 7; i++) {
            septet.addBond(i, 1 ether);
        }
        septet.setRequirement(4 ether);
        bytes32[3] memory keys = [KEY, "third", "fourth"];
        uint256 reserved = 0;
        for (uint256 i = 0; i < keys.length; i++) {
            septet.record(keys[i], EFFECTIVE, WITHDRAWABLE);
            reserved += slashings.slashing(keys[i]).reservedWei;
        }
        check(reserved > 18 ether, "more than two ether a seat");
        septet.setRequirement(1 ether);
        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(OTHER);
        uint256 charged = 0;
        for (uint256 i = 0; i < keys.length; i++) {
            charged += slashings.settle(keys[i]);
        }
        _near(charged, reserved, "all that reports counted on");
    }

    function test_aNewEpisodeStartsWithThePresentRequirement() external {
        septet.record(OTHER, EFFECTIVE, WITHDRAWABLE);
        check(slashings.episodeRequirementWei(1) == 2 ether, "as it is");
        septet.setRequirement(0.5 ether);
        check(slashings.episodeRequirementWei(1) == 2 ether, "as it was");
        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(OTHER);
        check(slashings.episodeRequirementWei(1) == 0, "nothing is unsettled");
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE + 9_000);
        check(slashings.episodeRequirementWei(1) == 0.5 ether, "as it is now");
        check(slashings.slashing(KEY).reservedWei <= 3.5 ether, "no more than seven seats require");
    }

    function test_whoJoinsAfterTheSlashingPaysNothing() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        septet.join(8);
        septet.addBond(8, 3 ether);
        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(KEY);
        check(septet.bondOf(8) == 3 ether, "not to blame");
        check(septet.bondOf(1) < 3 ether, "these are");
    }

    // Convictions

    function test_aConvictedSeatPaysFirst() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        uint256 paid = septet.convict(3);
        check(paid == 2 ether, "its whole requirement: the loss is larger");
        check(septet.balanceOf(address(slashings)) == 2 ether, "out of its owner's reach");
        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(KEY);
        check(septet.bondOf(3) == 1 ether, "and no more than that");
        // (6.1 − 2) ÷ 6.
        check(3 ether - septet.bondOf(1) < 0.7 ether, "the others the rest");
        check(septet.balanceOf(address(slashings)) == 0, "nothing stays here");
    }

    function test_aLaterConvictionGivesBackWhatOthersPaid() external {
        _follow(KEY, 1e9);
        slashings.settle(KEY);
        uint256 each = 3 ether - septet.bondOf(1);
        uint256 paid = septet.convict(3);
        _near(paid, 6 * each, "what the six others paid");
        _near(septet.bondOf(3), 3 ether - 7 * each, "its own part and theirs");
        for (uint256 i = 1; i <= 7; i++) {
            if (i == 3) continue;
            slashings.refund(1, 1, i);
            check(septet.bondOf(i) + 10 >= 3 ether, "as before");
            vm.expectRevert(abi.encodeWithSelector(ISlashingCharges.NothingToRefund.selector, 1, 1, i));
            slashings.refund(1, 1, i);
        }
        vm.expectRevert(abi.encodeWithSelector(ISlashingCharges.NothingToRefund.selector, 1, 1, 3));
        slashings.refund(1, 1, 3);
        check(septet.convict(3) == 0, "once");
    }

    function test_theConvictedSeatRepaysUpToWhatItRequiredInTheEpisode_notWhatIsLeftOfTheSet() external {
        _follow(KEY, 4e9);
        slashings.settle(KEY);
        uint256 each = 3 ether - septet.bondOf(1);
        septet.setRequirement(0.5 ether);
        check(septet.convict(3) + each + 1 gwei >= 2 ether, "its part and theirs, up to two ether");
    }

    function test_refundsReachAsFarAsTheConvictedBond() external {
        _follow(KEY, 4e9);
        slashings.settle(KEY);
        septet.setBond(3, 0.6 ether);
        check(septet.convict(3) == 0.6 ether, "all it has");
        check(slashings.refundable(1, 1, 1) <= 0.1 ether, "a sixth");
        check(slashings.refundable(1, 1, 1) + 10 > 0.1 ether, "a sixth");
    }

    function test_twoConvictionsOfOneSlashingGiveBackNoMoreThanWasPaid() external {
        _follow(KEY, 4e9);
        slashings.settle(KEY);
        uint256 each = 3 ether - septet.bondOf(1);
        septet.convict(3);
        septet.convict(4);
        slashings.refund(1, 1, 1);
        check(septet.bondOf(1) <= 3 ether, "not above");
        check(slashings.refundable(1, 1, 4) == 0, "a convicted seat loses what it was to get");
        check(septet.bondOf(4) <= 3 ether - each, "and pays");
    }

    function test_convictionWithoutASlashingTakesNothingHere() external {
        check(septet.convict(3) == 0, "the court charges");
        check(septet.bondOf(3) == 3 ether, "nothing");
    }

    function test_potThatIsNotNeededIsTheHolders() external {
        septet.record(KEY, EFFECTIVE, WITHDRAWABLE);
        septet.convict(3);
        septet.convict(4);
        septet.convict(5);
        check(septet.balanceOf(address(slashings)) > 6 ether - 1 gwei, "nearly all of three requirements");
        vm.warp(block.timestamp + 1 days);
        septet.value(KEY, EFFECTIVE - 0.6e9);
        vm.warp(uint256(WITHDRAWABLE - 1) * 384);
        // The correlation penalty was far below the minimum that was expected.
        septet.value(KEY, EFFECTIVE - 3e9);
        vm.warp(uint256(WITHDRAWABLE) * 384);
        slashings.settle(KEY);
        check(septet.balanceOf(address(slashings)) == 0, "burned");
        check(septet.bondOf(1) == 3 ether, "the others paid nothing");
        _near(septet.coverWei(), 6 ether, "all three are covers");
    }

    /// @dev Records the key and proves it once a day later and once just before the end, `fallGwei` lower.
    function _follow(bytes32 validatorId, uint64 fallGwei) private {
        septet.record(validatorId, EFFECTIVE, WITHDRAWABLE);
        septet.value(validatorId, EFFECTIVE - 0.5e9);
        vm.warp(uint256(WITHDRAWABLE - 1) * 384);
        septet.value(validatorId, EFFECTIVE - 0.5e9 - fallGwei);
        vm.warp(uint256(WITHDRAWABLE) * 384);
    }

    function _near(uint256 a, uint256 b, string memory what) private pure {
        check(Math.max(a, b) - Math.min(a, b) <= 1 gwei, what);
    }
}
