// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @dev Gains on their way into the rate, linear from `start` to `end`: the holders' part and the fee part side by
/// side. Amounts are those at `start`.
struct Stream {
    uint88 netWei;
    uint88 feeWei;
    uint40 start;
    uint40 end;
}

/// @title RewardStream
/// @dev *Because* a gain that is booked at once can be had by a deposit just before the report, and because a broken
/// or captured verifier could otherwise raise the rate at will: the speed of the stream is bounded by a part of the
/// total a year.
library RewardStream {
    using SafeCast for uint256;

    uint256 private constant BPS = 10_000;
    uint256 private constant DAYS_PER_YEAR = 365;

    /// @dev What the holders will still get, rounded up so that the rate is rounded down.
    function unstreamedNetUp(Stream memory s, uint256 timestamp) internal pure returns (uint256) {
        return _remainderUp(s.netWei, s, timestamp);
    }

    /// @dev What will still become due as fee, rounded up so that fees are rounded down.
    function unstreamedFeeUp(Stream memory s, uint256 timestamp) internal pure returns (uint256) {
        return _remainderUp(s.feeWei, s, timestamp);
    }

    /// @dev Starts the same line again at `timestamp`.
    /// @return dueFeeWei Fee that was streamed meanwhile.
    function advance(Stream memory s, uint256 timestamp) internal pure returns (uint256 dueFeeWei) {
        uint256 feeWei = unstreamedFeeUp(s, timestamp);
        dueFeeWei = s.feeWei - feeWei;
        s.netWei = unstreamedNetUp(s, timestamp).toUint88();
        s.feeWei = feeWei.toUint88();
        s.start = timestamp.toUint40();
    }

    /// @dev Least duration at which what is unstreamed raises `totalWei` by no more than `yearlyBps` a year.
    function cappedSecondsUp(
        Stream memory s,
        uint256 totalWei,
        uint256 yearlyBps,
        uint256 day
    ) internal pure returns (uint256) {
        uint256 unstreamedWei = uint256(s.netWei) + s.feeWei;
        if (unstreamedWei == 0) return 0;
        if (totalWei == 0) return type(uint40).max;
        return Math.mulDiv(unstreamedWei * BPS, DAYS_PER_YEAR * day, totalWei * yearlyBps, Math.Rounding.Ceil);
    }

    /// @dev Moves the end to `duration` after the start, never to an earlier time.
    function extend(Stream memory s, uint256 duration) internal pure {
        uint256 end = Math.min(s.start + duration, type(uint40).max);
        if (end > s.end) s.end = uint40(end);
    }

    function _remainderUp(uint256 amountWei, Stream memory s, uint256 timestamp) private pure returns (uint256) {
        // A stream that would have to last longer than any time stands still: the cap holds whatever was proven.
        if (s.end == type(uint40).max) return amountWei;
        if (timestamp >= s.end) return 0;
        return Math.mulDiv(amountWei, s.end - timestamp, s.end - s.start, Math.Rounding.Ceil);
    }
}
