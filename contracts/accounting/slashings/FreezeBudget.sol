// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title FreezeBudget
/// @notice Slashed proofs stop fills for FreezeMaximumSeconds at most in any 30 days, *because* whoever has several slashed
/// validators could else keep redemptions waiting by proving one after the other.
/// @dev What was used counts until 30 days without any freeze have passed. So any 30 days touch freezes that were counted
/// together, and those never pass the maximum.
library FreezeBudget {
    /// @param since Start of the present or last freeze.
    /// @param until Its end: the planned one, or when it was lifted.
    /// @param usedSeconds Earlier freezes that still count.
    struct Budget {
        uint40 since;
        uint40 until;
        uint40 usedSeconds;
    }

    /// @return until End of the freeze that stands now; at or before `timestamp` when nothing of the maximum is left.
    function freeze(Budget storage budget, uint256 maximumSeconds, uint256 period) internal returns (uint256 until) {
        Budget memory b = budget;
        if (block.timestamp < b.until) return b.until;
        b.usedSeconds = block.timestamp >= b.until + period ? 0 : b.usedSeconds + (b.until - b.since);
        uint256 left = Math.saturatingSub(maximumSeconds, b.usedSeconds);
        if (left == 0) return b.until;
        b.since = uint40(block.timestamp);
        b.until = uint40(block.timestamp + left);
        budget.since = b.since;
        budget.until = b.until;
        budget.usedSeconds = b.usedSeconds;
        return b.until;
    }

    /// @return lifted False when no freeze stands.
    function lift(Budget storage budget) internal returns (bool lifted) {
        if (block.timestamp >= budget.until) return false;
        budget.until = uint40(block.timestamp);
        return true;
    }
}
