// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {IPoolBooks} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Fees} from "./Fees.sol";
import {PoolStops} from "./PoolStops.sol";
import {RedemptionFills} from "./RedemptionFills.sol";
import {RedemptionState} from "./RedemptionState.sol";
import {Redemptions} from "./Redemptions.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {Position, SignedDifference} from "./SignedDifference.sol";

/// @title ReportBooks
/// @dev Start and finish of a balance report. Between them B and L move by flows as always, so the difference, which
/// compares two totals of the start, is right whenever it is booked.
abstract contract ReportBooks is Fees, PoolStops, Redemptions {
    using RedemptionFills for RedemptionState;
    using RewardStream for Stream;
    using SafeCast for uint256;
    using SignedDifference for Position;

    /// @dev An old end of the stream counts for this many days at most, *because* a holder of nearly everything who redeems
    /// makes the yearly cap stretch the stream over years, and all later gains with it.
    uint256 private constant OLD_END_DAYS = 30;

    address public immutable REPORT;

    constructor(Wiring memory w) {
        REPORT = w.report;
    }

    /// @dev Only the vault's sweep comes in this way. Nothing is booked here: `openReport` counts.
    receive() external payable {
        _requireCaller(address(VAULT));
    }

    /// @inheritdoc IPoolBooks
    function openReport() external nonReentrant returns (uint256 booked, uint256 liquid) {
        _requireCaller(REPORT);
        _requireNotClosed();
        VAULT.sweep();
        booked = _bookedWei();
        liquid = address(this).balance - _debts.reservedWei;
        _books.liquidWei = liquid.toUint88();
        _times.reportOpen = true;
        _redemptions.close(_rateDown(), _parameter(Parameter.MinimumRequestWei));
        emit ReportOpened(booked, liquid);
    }

    /// @inheritdoc IPoolBooks
    function finishReport(int256 differenceWei) external nonReentrant {
        _requireCaller(REPORT);
        _requireNotClosed();
        if (!_times.reportOpen) revert NoReportOpen();
        Stream memory s = _advanceStream();
        // At the old rate, before the difference: the new gain pays its own fee.
        uint256 seatShares = _mintDueFees(s);
        _bookDifference(s, differenceWei);
        s.extend(_leastSeconds());
        _storeStream(s);

        _times.reportOpen = false;
        _restartClock();
        _rateAfterReport = _rateDown();
        emit ReportBooked(differenceWei, _bookedWei(), _rateAfterReport, s.end);
        _tellFees(seatShares);
    }

    function _bookDifference(Stream memory s, int256 differenceWei) private {
        Position memory p = Position({
            holdersWei: _books.holdersWei,
            netWei: s.netWei,
            feeWei: s.feeWei,
            coverWei: _books.coverWei,
            carriedLossWei: _debts.carriedLossWei
        });
        p.book(differenceWei, _parameter(Parameter.FeeBps));
        _books.holdersWei = p.holdersWei.toUint88();
        _books.coverWei = 0;
        _debts.carriedLossWei = p.carriedLossWei.toUint88();
        s.netWei = p.netWei.toUint88();
        s.feeWei = p.feeWei.toUint88();
        s.end = uint40(Math.min(s.end, block.timestamp + OLD_END_DAYS * DAY));
    }

    /// @dev At least the time since the last finish, *because* what was earned over days must not be had by holding shares
    /// for one.
    function _leastSeconds() private view returns (uint256) {
        return Math.max(_parameter(Parameter.StreamMinimumSeconds), block.timestamp - _times.clockAt);
    }
}
