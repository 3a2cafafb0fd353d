// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters, Parameter, PoolTerms} from "../interfaces/IParameters.sol";
import {IPoolBooks} from "../interfaces/IPoolBooks.sol";
import {NEVER, PoolState} from "./PoolState.sol";
import {Fill} from "./RedemptionFills.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {Position, SignedDifference} from "./SignedDifference.sol";

/// @dev Fee shares that the caller has to mint.
struct FeeShares {
    uint256 seats;
    uint256 treasury;
}

/// @param day Seconds.
/// @param supply All shares, before what the call mints or burns.
struct Context {
    IParameters parameters;
    uint256 day;
    uint256 supply;
}

/// @title Bookkeeping
/// @dev Whatever touches the stream: the end of a report, fees, fills, burnt shares. Shares are minted and burnt by
/// the pool. Linked, *because* with it the pool would be too large for one contract.
library Bookkeeping {
    using RewardStream for Stream;
    using SafeCast for uint256;
    using SignedDifference for Position;

    uint256 private constant RAY = 1e27;

    /// @dev An old end of the stream counts for this many days at most, *because* a holder of nearly everything who
    /// redeems makes the yearly cap stretch the stream over years, and all later gains with it.
    uint256 private constant OLD_END_DAYS = 30;

    /// @dev Fees of what was streamed come first, at the old rate; then the difference is booked.
    function finish(
        PoolState storage p,
        Context memory c,
        int256 differenceWei
    ) external returns (FeeShares memory minted) {
        PoolTerms memory terms = c.parameters.poolTerms();
        Stream memory s = _advance(p);
        minted = _takeFees(p, s, terms, c.supply);
        c.supply += minted.seats + minted.treasury;
        _carry(p, _bookDifference(p, s, differenceWei, terms.feeBps, c.day), c.supply);
        // *Because* what was earned over days must not be had by holding shares for one.
        s.extend(Math.max(terms.streamMinimumSeconds, block.timestamp - p.times.clockAt));
        _store(p, s, terms.streamYearlyBps, c.day);
        p.rateAfterReport = Math.mulDiv(RAY, _totalWei(p, s), c.supply).toUint128();
        p.times.reportOpen = false;
        restartClock(p, isClockRunning(p), terms.depositsCloseSeconds);
        emit IPoolBooks.ReportBooked(differenceWei, bookedWei(p), p.rateAfterReport, s.end);
    }

    function takeFees(PoolState storage p, Context memory c) external returns (FeeShares memory) {
        Stream memory s = _advance(p);
        p.stream = s;
        return _takeFees(p, s, c.parameters.poolTerms(), c.supply);
    }

    /// @dev For shares that are burnt for the holders. Their value becomes cover, or is streamed without fee.
    /// @return valueWei Rounded down.
    function burn(
        PoolState storage p,
        Context memory c,
        uint256 shares,
        bool toCover
    ) external returns (uint256 valueWei) {
        Stream memory s = _advance(p);
        valueWei = Math.mulDiv(shares, _totalWei(p, s), c.supply);
        _shrinkCarriedLoss(p, shares, c.supply);
        if (toCover) {
            p.books.holdersWei -= uint88(valueWei);
            p.books.coverWei += valueWei.toUint80();
        } else {
            s.netWei += uint88(valueWei);
        }
        _store(p, s, c.parameters.get(Parameter.StreamYearlyBps), c.day);
    }

    /// @return f What a fill may use.
    function beginFill(PoolState storage p, Context memory c) external returns (Fill memory f) {
        Stream memory s = _advance(p);
        p.stream = s;
        f.rate = Math.min(p.rateAfterReport, Math.mulDiv(RAY, _totalWei(p, s), c.supply));
        f.leftWei = p.books.liquidWei;
        f.minimumWei = c.parameters.poolTerms().minimumFillWei;
    }

    /// @dev What the burnt shares were worth above their price joins the stream, without fee: the rate does not move.
    function endFill(PoolState storage p, Context memory c, uint256 shares, uint256 paidWei) external {
        Stream memory s = p.stream;
        uint256 valueWei = Math.mulDiv(shares, _totalWei(p, s), c.supply, Math.Rounding.Ceil);
        _shrinkCarriedLoss(p, shares, c.supply);
        p.books.holdersWei -= uint88(paidWei);
        p.books.liquidWei -= uint88(paidWei);
        p.debts.reservedWei += uint88(paidWei);
        s.netWei = (s.netWei + valueWei - paidWei).toUint88();
        _store(p, s, c.parameters.poolTerms().streamYearlyBps, c.day);
    }

    function booksNow(PoolState storage p) external view returns (IPoolBooks.BooksNow memory) {
        Stream memory s = p.stream;
        uint256 dueFeeWei = p.debts.dueFeeWei + s.advance(block.timestamp);
        return
            IPoolBooks.BooksNow({
                unstreamedNetWei: s.netWei,
                unstreamedFeeWei: s.feeWei,
                streamEnd: s.end,
                dueFeeWei: dueFeeWei,
                coverWei: p.books.coverWei,
                carriedLossWei: p.debts.carriedLossWei,
                rateAfterReport: p.rateAfterReport
            });
    }

    function bookedWei(PoolState storage p) internal view returns (uint256) {
        return uint256(p.books.holdersWei) + p.stream.feeWei + p.debts.dueFeeWei + p.books.coverWei;
    }

    /// @dev Age is counted from now. *Because* without validators no report is due, the clock stands still then: a
    /// quiet pool must not be closable.
    function restartClock(PoolState storage p, bool running, uint256 depositsCloseSeconds) internal {
        p.times.clockAt = uint40(block.timestamp);
        p.times.depositsCloseAt = running ? uint40(block.timestamp + depositsCloseSeconds) : NEVER;
    }

    function isClockRunning(PoolState storage p) internal view returns (bool) {
        return p.times.depositsCloseAt != NEVER;
    }

    /// @dev Starts the stream anew at this moment. Whoever changes its amounts, the total or the supply calls this
    /// first.
    function _advance(PoolState storage p) private returns (Stream memory s) {
        s = p.stream;
        p.debts.dueFeeWei += s.advance(block.timestamp).toUint80();
    }

    /// @dev Ends the stream late enough for the yearly cap with the books as they are now.
    function _store(PoolState storage p, Stream memory s, uint256 yearlyBps, uint256 day) private {
        s.extend(s.cappedSecondsUp(_totalWei(p, s), yearlyBps, day));
        p.stream = s;
    }

    /// @dev Fee wei come into the total together with their shares, at the rate of the moment: no holder sees it move.
    function _takeFees(
        PoolState storage p,
        Stream memory s,
        PoolTerms memory terms,
        uint256 supply
    ) private returns (FeeShares memory minted) {
        uint256 dueWei = p.debts.dueFeeWei;
        uint256 totalWei = _totalWei(p, s);
        if (dueWei == 0 || totalWei == 0) return minted;
        uint256 shares = Math.mulDiv(dueWei, supply, totalWei);
        uint256 treasuryBps = Math.min(terms.treasuryFeeBps, terms.feeBps);
        minted.treasury = terms.feeBps == 0 ? 0 : Math.mulDiv(shares, treasuryBps, terms.feeBps);
        minted.seats = shares - minted.treasury;
        p.debts.dueFeeWei = 0;
        p.books.holdersWei += uint88(dueWei);
        emit IPoolBooks.FeesMinted(dueWei, minted.seats, minted.treasury);
    }

    /// @return carriedLossWei Still to be stored.
    function _bookDifference(
        PoolState storage p,
        Stream memory s,
        int256 differenceWei,
        uint256 feeBps,
        uint256 day
    ) private returns (uint256 carriedLossWei) {
        Position memory position = Position({
            holdersWei: p.books.holdersWei,
            netWei: s.netWei,
            feeWei: s.feeWei,
            coverWei: p.books.coverWei,
            carriedLossWei: p.debts.carriedLossWei
        });
        position.book(differenceWei, feeBps);
        p.books.holdersWei = position.holdersWei.toUint88();
        p.books.coverWei = 0;
        carriedLossWei = position.carriedLossWei;
        s.netWei = position.netWei.toUint88();
        s.feeWei = position.feeWei.toUint88();
        s.end = uint40(Math.min(s.end, block.timestamp + OLD_END_DAYS * day));
    }

    /// @dev Of several losses, the shares that bore them count by what each lost.
    function _carry(PoolState storage p, uint256 lossWei, uint256 supply) private {
        uint256 before = p.debts.carriedLossWei;
        if (lossWei == before) return;
        if (lossWei > before) {
            p.lossShares = ((before * p.lossShares + (lossWei - before) * supply) / lossWei).toUint128();
        }
        p.debts.carriedLossWei = lossWei.toUint88();
    }

    /// @dev Shares that leave take their part of the losses with them: the others' gains need not make up for it. As far
    /// as fewer are left than bore the losses, *because* whoever comes and goes after a loss could wipe it out, and fees
    /// would be taken on its return.
    function _shrinkCarriedLoss(PoolState storage p, uint256 burntShares, uint256 supply) private {
        uint256 carried = p.debts.carriedLossWei;
        if (carried == 0) return;
        uint256 left = supply - burntShares;
        uint256 bearing = p.lossShares;
        if (left >= bearing) return;
        p.debts.carriedLossWei = Math.mulDiv(carried, left, bearing, Math.Rounding.Ceil).toUint88();
        p.lossShares = left.toUint128();
    }

    /// @dev Total of the rate at the start of `s`.
    function _totalWei(PoolState storage p, Stream memory s) private view returns (uint256) {
        return p.books.holdersWei - s.netWei;
    }
}
