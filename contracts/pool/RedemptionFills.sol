// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {CycleRecord, Queue, RedemptionState} from "./RedemptionState.sol";

/// @dev One call to `fill`: what it may use, then what it did.
/// @param rate Lower of the rate after the last report and that of now.
/// @param leftWei Free ETH.
/// @param minimumWei Least part of a cycle.
struct Fill {
    uint256 rate;
    uint256 leftWei;
    uint256 minimumWei;
    uint256 shares;
    uint256 paidWei;
}

/// @title RedemptionFills
/// @dev All requests between two starts of a report share one cycle, one cap and all fills in proportion, so a fill
/// costs the same for one request as for thousands.
///
/// The cap is the rate at the start, *because* those who know the outcome of a report before it is booked could
/// otherwise choose; the rate after the finish bounds it too, *because* a loss that happened before the fill is
/// theirs as well.
library RedemptionFills {
    using SafeCast for uint256;

    uint256 private constant RAY = 1e27;

    /// @dev Closes the current cycle, which has requests. The minimum is kept in shares at the rate of this moment, so
    /// that a request need not ask for the rate.
    function close(RedemptionState storage state, uint256 rate, uint256 minimumRequestWei) external {
        Queue memory queue = state.queue;
        queue.minimumGwei = rate == 0 ? 0 : _toMinimumGwei((minimumRequestWei * RAY) / rate);
        CycleRecord storage cycle = state.cycles[queue.current];
        uint256 shares = cycle.shares;
        cycle.closedAt = uint40(block.timestamp);
        cycle.cap = rate.toUint128();
        queue.shares += uint88(shares);
        queue.cappedWei += _costUp(shares, rate).toUint88();
        emit IPoolRedemptions.CycleClosed(queue.current, shares, rate);
        queue.current++;
        state.queue = queue;
    }

    /// @dev Oldest first; stops at the first cycle that can be filled in part only.
    function fill(RedemptionState storage state, Fill memory f, uint256 maxCycles) external returns (Fill memory) {
        Queue memory queue = state.queue;
        for (uint256 i = 0; i < maxCycles && queue.oldest != queue.current; i++) {
            if (!_fillOldest(state, queue, f)) break;
            queue.oldest++;
        }
        if (f.shares == 0) revert IPoolRedemptions.NothingToFill();
        state.queue = queue;
        return f;
    }

    /// @return complete True if the cycle is filled and the next one may be.
    function _fillOldest(
        RedemptionState storage state,
        Queue memory queue,
        Fill memory f
    ) private returns (bool complete) {
        CycleRecord memory cycle = state.cycles[queue.oldest];
        uint256 waiting = cycle.shares - cycle.filledShares;
        uint256 price = Math.min(cycle.cap, f.rate);
        // *Because* shares that are worth nothing today would be burnt for nothing.
        if (price == 0) return false;

        uint256 shares = waiting;
        uint256 paidWei = (shares * price) / RAY;
        if (paidWei > f.leftWei) {
            shares = (f.leftWei * RAY) / price;
            paidWei = (shares * price) / RAY;
            // *Because* every fill costs a claim a rounding, and fills of a few wei would never end.
            if (shares == 0 || paidWei < f.minimumWei) return false;
        }

        queue.shares -= uint88(shares);
        queue.cappedWei -= uint88(_costUp(waiting, cycle.cap) - _costUp(waiting - shares, cycle.cap));
        CycleRecord storage stored = state.cycles[queue.oldest];
        stored.filledShares = uint88(cycle.filledShares + shares);
        stored.paidPerShare = (cycle.paidPerShare + (paidWei * RAY) / cycle.shares).toUint128();
        f.leftWei -= paidWei;
        f.paidWei += paidWei;
        f.shares += shares;
        emit IPoolRedemptions.CycleFilled(queue.oldest, shares, paidWei);
        return shares == waiting;
    }

    function _toMinimumGwei(uint256 shares) private pure returns (uint32) {
        return uint32(Math.min(shares / 1 gwei, type(uint32).max));
    }

    function _costUp(uint256 shares, uint256 price) private pure returns (uint256) {
        return Math.ceilDiv(shares * price, RAY);
    }
}
