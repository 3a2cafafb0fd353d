// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SlashingPenalties} from "../../../contracts/accounting/slashings/SlashingPenalties.sol";
import {Test} from "../support/Test.sol";

/// @dev One slashed validator by the letter of the consensus-specs (Electra), in whole gwei and increments, epoch by epoch;
/// a chain that finalises.
library SimulatedChain {
    uint256 internal constant INCREMENT = 1e9;
    uint256 internal constant VECTOR = 64;

    struct Validator {
        uint256 balance;
        uint256 effective;
        uint256 epoch;
        uint256 withdrawable;
    }

    /// @dev slash_validator.
    function slashed(uint256 balance, uint256 epoch) internal pure returns (Validator memory v) {
        v.effective = Math.min(balance - (balance % INCREMENT), 2_048e9);
        v.balance = balance - v.effective / 4096;
        v.epoch = epoch;
        v.withdrawable = epoch + VECTOR;
    }

    /// @dev process_epoch at the end of `v.epoch`: get_flag_index_deltas, process_slashings, effective balance updates.
    function processEpoch(Validator memory v, uint256 totalActive, uint256 slashedSum) internal pure {
        uint256 basePerIncrement = (INCREMENT * 64) / Math.sqrt(totalActive);
        uint256 base = (v.effective / INCREMENT) * basePerIncrement;
        if (v.epoch < v.withdrawable) _decrease(v, (base * 14) / 64 + (base * 26) / 64);
        if (v.epoch + VECTOR / 2 == v.withdrawable) {
            uint256 adjusted = Math.min(slashedSum * 3, totalActive);
            uint256 perIncrement = adjusted / (totalActive / INCREMENT);
            _decrease(v, perIncrement * (v.effective / INCREMENT));
        }
        if (v.balance + 0.25e9 < v.effective || v.effective + 1.25e9 < v.balance) {
            v.effective = Math.min(v.balance - (v.balance % INCREMENT), 2_048e9);
        }
        v.epoch++;
    }

    function _decrease(Validator memory v, uint256 amount) private pure {
        v.balance = Math.saturatingSub(v.balance, amount);
    }
}

contract SlashingPenaltiesTest is Test {
    using SimulatedChain for SimulatedChain.Validator;

    /// @dev In all epochs, for all sizes, and others slashed as heavily as ours: the safety factor covers them.
    function testFuzz_estimateIsNeverBelowWhatTheChainTakes(
        uint256 balance,
        uint256 totalActive,
        uint256 ours,
        uint256 others,
        uint256 provenAfter
    ) external pure {
        balance = bound(balance, 32e9, 2_050e9);
        totalActive = bound(totalActive, 1_000_000e9, 120_000_000e9);
        SimulatedChain.Validator memory v = SimulatedChain.slashed(balance, 1_000);
        ours = bound(ours, v.effective, totalActive / 3);
        // Unknown to us: up to what doubles the correlation, or what the minimum stands for.
        others = bound(others, 0, Math.max(ours, Math.saturatingSub(totalActive / 3_000, ours)));
        SlashingPenalties.Market memory market = _market(totalActive, ours);

        provenAfter = bound(provenAfter, 1, 63);
        for (uint256 i = 0; i < provenAfter; i++) {
            v.processEpoch(totalActive, ours + others);
        }
        uint256 proven = v.balance;
        uint256 expected = SlashingPenalties.betweenUp(
            SlashingPenalties.effectiveAtMost(proven),
            v.epoch,
            v.withdrawable,
            v.withdrawable,
            market
        );
        while (v.epoch < v.withdrawable) {
            v.processEpoch(totalActive, ours + others);
        }
        check(proven - v.balance <= expected, "estimate below the chain");
    }

    /// @dev From the slashing itself, as it is when the proof comes before any report.
    function testFuzz_estimateFromTheProofAloneCoversAll(
        uint256 balance,
        uint256 totalActive,
        uint256 ours
    ) external pure {
        balance = bound(balance, 32e9, 2_048e9);
        totalActive = bound(totalActive, 1_000_000e9, 120_000_000e9);
        SimulatedChain.Validator memory v = SimulatedChain.slashed(balance, 1_000);
        uint256 effective = v.effective;
        ours = bound(ours, effective, totalActive / 6);
        uint256 expected =
            SlashingPenalties.initialUp(effective) +
                SlashingPenalties.betweenUp(
                    effective,
                    v.epoch,
                    v.withdrawable,
                    v.withdrawable,
                    _market(totalActive, ours)
                );
        while (v.epoch < v.withdrawable) {
            v.processEpoch(totalActive, ours);
        }
        check(balance - v.balance <= expected, "below");
        // Not a blind guess either: without others it is at most the safety factor too high, and the minimum.
        check(expected <= 2 * (balance - v.balance) + effective / 1_000 + 2, "far above");
    }

    function test_correlationIsPendingUpToHalfwayAndNotAfter() external pure {
        SlashingPenalties.Market memory market = _market(35_000_000e9, 2_048e9);
        uint256 before = SlashingPenalties.betweenUp(2_048e9, 32, 33, 64, market);
        uint256 afterwards = SlashingPenalties.betweenUp(2_048e9, 33, 34, 64, market);
        check(before - afterwards == 2.048e9, "0.1 % of 2,048");
        check(SlashingPenalties.betweenUp(2_048e9, 64, 64, 64, market) == 0, "none when withdrawable");
    }

    function test_mainnetFigures() external pure {
        SlashingPenalties.Market memory market = _market(35_000_000e9, 2_048e9);
        market.vectorEpochs = 8_192;
        check(SlashingPenalties.initialUp(2_048e9) == 0.5e9, "half an ether at once");
        uint256 remaining = SlashingPenalties.betweenUp(2_048e9, 0, 8_192, 8_192, market);
        check(remaining > 5.6e9 && remaining < 5.7e9, "3.6 ETH for missed duties, 2 ETH correlation");
    }

    function test_aWholeChainSlashedTakesEverythingAndNoMore() external pure {
        SlashingPenalties.Market memory market = _market(1_000_000e9, 1_000_000e9);
        check(SlashingPenalties.correlationUp(2_048e9, market) == 2_048e9, "all of it");
    }

    function _market(uint256 totalActive, uint256 slashedGwei) private pure returns (SlashingPenalties.Market memory) {
        return SlashingPenalties.Market(totalActive, slashedGwei, 10, 20_000, SimulatedChain.VECTOR);
    }
}
