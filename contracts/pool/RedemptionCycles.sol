// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {Stop} from "../interfaces/IPoolBooks.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {PoolStorage} from "./PoolStorage.sol";
import {RewardStream, Stream} from "./RewardStream.sol";

/// @title RedemptionCycles
/// @dev All requests between two starts of a report share one cycle, one cap and all fills in proportion, so a fill costs the
/// same for one request as for thousands.
///
/// The cap is the rate at the start, *because* those who know the outcome of a report before it is booked could otherwise
/// choose; the rate after the finish bounds it too, *because* a loss that happened before the fill is theirs as well.
abstract contract RedemptionCycles is PoolStorage {
    using RewardStream for Stream;
    using SafeCast for uint256;

    struct CycleRecord {
        uint88 shares;
        uint88 filledShares;
        uint40 closedAt;
        uint128 paidPerShare;
        uint128 cap;
    }

    /// @param current Takes requests.
    /// @param oldest First that is not filled.
    /// @param shares Waiting in closed cycles.
    /// @param cappedWei What those cost at their caps.
    /// @param minimumGwei Least shares of a request in 10⁹.
    struct Queue {
        uint24 current;
        uint24 oldest;
        uint88 shares;
        uint88 cappedWei;
        uint32 minimumGwei;
    }

    /// @dev What one call to `fill` does, before it is written.
    struct Fill {
        uint256 totalWei;
        uint256 supply;
        uint256 rate;
        uint256 leftWei;
        uint256 minimumWei;
        uint256 shares;
        uint256 paidWei;
    }

    uint256 private constant FIRST_MINIMUM_WEI = 0.01 ether;

    Queue internal _queue;
    mapping(uint256 cycleId => CycleRecord) internal _cycles;

    /// @dev Wei per 10²⁷ shares.
    uint256 internal _rateAfterReport;

    constructor() {
        _queue.current = _queue.oldest = 1;
        _queue.minimumGwei = uint32(FIRST_MINIMUM_WEI / 1 gwei);
        _rateAfterReport = RAY;
    }

    /// @inheritdoc IPoolRedemptions
    function fill(uint256 maxCycles) external nonReentrant returns (uint256 paidWei) {
        _requireFillable();
        Stream memory s = _advanceStream();
        Fill memory f = _newFill(s);
        Queue memory queue = _queue;
        for (uint256 i = 0; i < maxCycles && queue.oldest != queue.current; i++) {
            if (!_fillOldest(queue, f)) break;
            queue.oldest++;
        }
        if (f.shares == 0) revert NothingToFill();
        _queue = queue;
        _bookFill(s, f);
        return f.paidWei;
    }

    /// @inheritdoc IPoolRedemptions
    function cycle(uint256 cycleId) external view returns (Cycle memory) {
        if (cycleId == 0 || cycleId > _queue.current) revert UnknownCycle(cycleId);
        CycleRecord memory c = _cycles[cycleId];
        return
            Cycle({
                shares: c.shares,
                filledShares: c.filledShares,
                cap: c.cap,
                paidPerShare: c.paidPerShare,
                closedAt: c.closedAt
            });
    }

    /// @inheritdoc IPoolRedemptions
    function currentCycle() external view returns (uint256) {
        return _queue.current;
    }

    /// @inheritdoc IPoolRedemptions
    function oldestOpenCycle() external view returns (uint256) {
        return _queue.oldest;
    }

    /// @inheritdoc IPoolRedemptions
    function minimumRequestShares() external view returns (uint256) {
        return uint256(_queue.minimumGwei) * 1 gwei;
    }

    /// @dev Closes the current cycle unless it is empty. The minimum is kept in shares at the rate of this moment, so that a
    /// request need not ask for the rate.
    function _closeCycle() internal {
        uint256 rateNow = _rateDown();
        Queue memory queue = _queue;
        queue.minimumGwei = _minimumGwei(rateNow);
        CycleRecord storage c = _cycles[queue.current];
        uint256 shares = c.shares;
        if (shares > 0) {
            c.closedAt = uint40(block.timestamp);
            c.cap = rateNow.toUint128();
            queue.shares += uint88(shares);
            queue.cappedWei += _costUp(shares, rateNow).toUint88();
            emit CycleClosed(queue.current, shares, rateNow);
            queue.current++;
        }
        _queue = queue;
    }

    /// @dev At least what all waiting redemptions can cost: the lower of all caps and all at the rate, which differs from the
    /// sum over cycles only while some caps lie above the rate and some below.
    function _queueWei() internal view returns (uint256) {
        if (_times.closedAt != 0) return 0;
        Queue memory queue = _queue;
        return Math.min(queue.cappedWei, _toAssetsUp(queue.shares)) + _toAssetsUp(_cycles[queue.current].shares);
    }

    function _requireFillable() private view {
        StopTimes memory times = _times;
        if (times.closedAt != 0) revert Stopped(Stop.Closed);
        if (times.reportOpen) revert ReportIsOpen();
        if (block.timestamp < times.frozenUntil) revert Stopped(Stop.Frozen);
    }

    function _newFill(Stream memory s) private view returns (Fill memory f) {
        f.totalWei = _books.holdersWei - s.netWei;
        f.supply = totalSupply();
        f.rate = Math.min(_rateAfterReport, Math.mulDiv(RAY, f.totalWei, f.supply));
        f.leftWei = _books.liquidWei;
        f.minimumWei = PARAMETERS.get(Parameter.MinimumFillWei);
    }

    /// @return complete True if the cycle is filled and the next one may be.
    function _fillOldest(Queue memory queue, Fill memory f) private returns (bool complete) {
        CycleRecord memory c = _cycles[queue.oldest];
        uint256 waiting = c.shares - c.filledShares;
        uint256 price = Math.min(c.cap, f.rate);
        // *Because* shares that are worth nothing today would be burnt for nothing.
        if (price == 0) return false;

        uint256 shares = waiting;
        uint256 paidWei = (shares * price) / RAY;
        if (paidWei > f.leftWei) {
            shares = (f.leftWei * RAY) / price;
            paidWei = (shares * price) / RAY;
            // *Because* fills of a few wei would cost each claimer a rounding, and the keeper his gas.
            if (shares == 0 || paidWei < f.minimumWei) return false;
        }

        queue.shares -= uint88(shares);
        queue.cappedWei -= uint88(_costUp(waiting, c.cap) - _costUp(waiting - shares, c.cap));
        CycleRecord storage stored = _cycles[queue.oldest];
        stored.filledShares = uint88(c.filledShares + shares);
        stored.paidPerShare = (c.paidPerShare + (paidWei * RAY) / c.shares).toUint128();
        f.leftWei -= paidWei;
        f.paidWei += paidWei;
        f.shares += shares;
        emit CycleFilled(queue.oldest, shares, paidWei);
        return shares == waiting;
    }

    /// @dev What the burnt shares were worth above their price joins the stream, without fee: the rate does not move.
    function _bookFill(Stream memory s, Fill memory f) private {
        uint256 valueWei = Math.mulDiv(f.shares, f.totalWei, f.supply, Math.Rounding.Ceil);
        _shrinkCarriedLoss(f.shares, f.supply);
        _burn(address(this), f.shares);
        _books.holdersWei -= uint88(f.paidWei);
        _books.liquidWei -= uint88(f.paidWei);
        _debts.reservedWei += uint88(f.paidWei);
        s.netWei = (s.netWei + valueWei - f.paidWei).toUint88();
        _storeStream(s);
    }

    function _minimumGwei(uint256 rateNow) private view returns (uint32) {
        if (rateNow == 0) return 0;
        uint256 shares = (PARAMETERS.get(Parameter.MinimumRequestWei) * RAY) / rateNow;
        return uint32(Math.min(shares / 1 gwei, type(uint32).max));
    }

    function _costUp(uint256 shares, uint256 price) private pure returns (uint256) {
        return Math.ceilDiv(shares * price, RAY);
    }
}
