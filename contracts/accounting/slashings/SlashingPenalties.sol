// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title SlashingPenalties
/// @notice What the consensus layer (Electra and later) takes from a slashed validator, in gwei, rounded up:
///
///     at once            effective balance ÷ 4,096
///     each epoch         source and target penalty until withdrawable: effective balance × 40 ÷ √(total active gwei)
///     half-way           correlation: effective balance × 3 × slashed in 8,192 epochs ÷ total active
///
/// @dev Not foreseen: inactivity leaks. Each report sees what they took.
library SlashingPenalties {
    /// @param totalActiveGwei Staked on the whole chain.
    /// @param slashedGwei Our validators slashed within EPOCHS_PER_SLASHINGS_VECTOR.
    /// @param minimumBps Least correlation penalty to expect, *because* others may be slashed with ours unknown to us.
    /// @param factorBps Safety factor on our own part of it, for the same reason.
    /// @param vectorEpochs EPOCHS_PER_SLASHINGS_VECTOR.
    struct Market {
        uint256 totalActiveGwei;
        uint256 slashedGwei;
        uint256 minimumBps;
        uint256 factorBps;
        uint256 vectorEpochs;
    }

    /// @dev MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA.
    uint256 private constant INITIAL_QUOTIENT = 4_096;

    /// @dev BASE_REWARD_FACTOR × (TIMELY_SOURCE_WEIGHT + TIMELY_TARGET_WEIGHT) ÷ WEIGHT_DENOMINATOR = 64 × (14 + 26) ÷ 64.
    uint256 private constant MISSED_REWARD_FACTOR = 40;

    /// @dev PROPORTIONAL_SLASHING_MULTIPLIER_BELLATRIX.
    uint256 private constant CORRELATION_MULTIPLIER = 3;
    uint256 private constant BPS = 10_000;

    /// @dev MAX_EFFECTIVE_BALANCE_ELECTRA.
    uint256 internal constant MAX_EFFECTIVE_GWEI = 2_048e9;

    /// @dev Hysteresis lets the effective balance be a quarter of an ether above the balance.
    uint256 private constant HYSTERESIS_GWEI = 0.25e9;

    function initialUp(uint256 effectiveGwei) internal pure returns (uint256) {
        return Math.ceilDiv(effectiveGwei, INITIAL_QUOTIENT);
    }

    /// @dev What missing every duty costs over `epochs`.
    function missedDutiesUp(
        uint256 effectiveGwei,
        uint256 epochs,
        uint256 totalActiveGwei
    ) internal pure returns (uint256) {
        return Math.ceilDiv(effectiveGwei * MISSED_REWARD_FACTOR * epochs, Math.sqrt(totalActiveGwei));
    }

    function correlationUp(uint256 effectiveGwei, Market memory market) internal pure returns (uint256) {
        uint256 ownBps = Math.ceilDiv(
            CORRELATION_MULTIPLIER * market.slashedGwei * market.factorBps,
            market.totalActiveGwei
        );
        uint256 bps = Math.min(Math.max(ownBps, market.minimumBps), BPS);
        return Math.ceilDiv(effectiveGwei * bps, BPS);
    }

    /// @dev Penalties that epochs `from` to `to` − 1 bring at their ends: what a state of epoch `from` has before it and one
    /// of epoch `to` behind it. The correlation penalty comes at the end of withdrawable − vector ÷ 2.
    function betweenUp(
        uint256 effectiveGwei,
        uint256 from,
        uint256 to,
        uint256 withdrawable,
        Market memory market
    ) internal pure returns (uint256 penaltyGwei) {
        if (to <= from) return 0;
        penaltyGwei = missedDutiesUp(effectiveGwei, to - from, market.totalActiveGwei);
        uint256 halfway = withdrawable - market.vectorEpochs / 2;
        if (from <= halfway && halfway < to) penaltyGwei += correlationUp(effectiveGwei, market);
    }

    /// @dev The most that a validator's effective balance can be from the next epoch on.
    function effectiveAtMost(uint256 balanceGwei) internal pure returns (uint256) {
        return Math.min(balanceGwei + HYSTERESIS_GWEI, MAX_EFFECTIVE_GWEI);
    }
}
