// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @dev The books at the end of a report, streamed fees minted. Total of the rate = holders − net.
/// @param holdersWei What the holders have once all is streamed.
/// @param netWei Part of it that is not streamed yet.
/// @param feeWei Fee part of the stream.
/// @param coverWei Value of burnt bonds.
/// @param carriedLossWei Losses not made up for.
struct Position {
    uint256 holdersWei;
    uint256 netWei;
    uint256 feeWei;
    uint256 coverWei;
    uint256 carriedLossWei;
}

/// @title SignedDifference
/// @dev Books the one number of a report. No step moves the total by a gain; only a loss beyond cover and unstreamed
/// gains lowers it, at once, *because* those who leave before a loss is booked would leave it to the others.
library SignedDifference {
    uint256 private constant BPS = 10_000;

    function book(Position memory p, int256 differenceWei, uint256 feeBps) internal pure {
        if (differenceWei < 0) _lose(p, SignedMath.abs(differenceWei));
        else _gain(p, uint256(differenceWei), feeBps);

        // Bonds that no loss used up are the holders', without fee.
        p.netWei += p.coverWei;
        p.holdersWei += p.coverWei;
        p.coverWei = 0;
    }

    /// @dev Burnt bonds first, then what has not been streamed, in proportion, *because* a fee on a gain that was
    /// lost again before it reached the rate would be a fee on nothing.
    function _lose(Position memory p, uint256 lossWei) private pure {
        uint256 coveredWei = Math.min(lossWei, p.coverWei);
        p.coverWei -= coveredWei;
        lossWei -= coveredWei;

        uint256 unstreamedWei = p.netWei + p.feeWei;
        uint256 eatenWei = Math.min(lossWei, unstreamedWei);
        if (eatenWei > 0) {
            uint256 eatenFeeWei = Math.mulDiv(eatenWei, p.feeWei, unstreamedWei, Math.Rounding.Ceil);
            p.feeWei -= eatenFeeWei;
            p.netWei -= eatenWei - eatenFeeWei;
            p.holdersWei -= eatenWei - eatenFeeWei;
        }

        // Not more than there is, *because* a report that can't be finished would stop redemptions.
        uint256 fallWei = Math.min(lossWei - eatenWei, p.holdersWei - p.netWei);
        p.holdersWei -= fallWei;
        p.carriedLossWei += fallWei;
    }

    /// @dev No fee on what only makes up for an earlier loss, *because* a dip that was none (ETH seen late) would
    /// otherwise be charged on its way back.
    function _gain(Position memory p, uint256 gainWei, uint256 feeBps) private pure {
        uint256 recoveredWei = Math.min(gainWei, p.carriedLossWei);
        p.carriedLossWei -= recoveredWei;
        uint256 feeWei = Math.mulDiv(gainWei - recoveredWei, feeBps, BPS);
        p.feeWei += feeWei;
        p.netWei += gainWei - feeWei;
        p.holdersWei += gainWei - feeWei;
    }
}
