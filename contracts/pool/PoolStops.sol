// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameter} from "../interfaces/IParameters.sol";
import {IPoolBooks, Stop} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Bookkeeping} from "./Bookkeeping.sol";
import {NEVER, PoolState, StopTimes} from "./PoolState.sol";
import {PoolStorage} from "./PoolStorage.sol";

/// @title PoolStops
/// @dev Who stops what. All times lie in one slot that a deposit reads once. Nothing here stops a request, a claim or a
/// report.
abstract contract PoolStops is PoolStorage {
    using Bookkeeping for PoolState;

    address public immutable GUARDIAN;
    address public immutable VERIFIERS;

    constructor(Wiring memory w) {
        GUARDIAN = w.guardian;
        VERIFIERS = w.verifiers;
        _state.times.clockAt = uint40(block.timestamp);
        _state.times.depositsCloseAt = NEVER;
    }

    /// @inheritdoc IPoolBooks
    function freeze(uint64 until) external {
        _requireCaller(SLASHINGS);
        _state.times.frozenUntil = uint40(until);
        emit Frozen(until);
    }

    /// @inheritdoc IPoolBooks
    function unfreeze() external {
        _requireCaller(SLASHINGS);
        _state.times.frozenUntil = 0;
        emit Frozen(0);
    }

    /// @inheritdoc IPoolBooks
    function pause(uint64 until) external {
        _requireCaller(GUARDIAN);
        _state.times.pausedUntil = uint40(until);
        emit Paused(until);
    }

    /// @inheritdoc IPoolBooks
    function quarantine(uint64 until) external {
        _requireCaller(VERIFIERS);
        _state.times.quarantinedUntil = uint40(until);
        emit Quarantined(until);
    }

    /// @inheritdoc IPoolBooks
    function setReportClock(bool running) external {
        _requireCaller(VALIDATOR_MANAGER);
        if (_state.isClockRunning() == running) return;
        _state.restartClock(running, _parameter(Parameter.DepositsCloseSeconds));
        emit ReportClockSet(running);
    }

    /// @inheritdoc IPoolBooks
    function setTopUpLeaving(bool leaving) external {
        _requireCaller(VALIDATOR_MANAGER);
        _state.times.topUpLeaving = leaving;
        emit TopUpLeavingSet(leaving);
    }

    /// @inheritdoc IPoolBooks
    function stops() external view returns (Stops memory) {
        StopTimes memory times = _stopTimes();
        return
            Stops({
                frozenUntil: times.frozenUntil,
                pausedUntil: times.pausedUntil,
                quarantinedUntil: times.quarantinedUntil,
                depositsCloseAt: times.depositsCloseAt,
                closableAt: _closableAt(),
                closedAt: times.closedAt,
                topUpLeaving: times.topUpLeaving
            });
    }

    /// @inheritdoc IPoolBooks
    function reportOpen() external view returns (bool) {
        return _state.times.reportOpen;
    }

    /// @inheritdoc IPoolBooks
    function acceptsNewKeys() external view returns (bool) {
        return _newKeyStop() == Stop.None;
    }

    /// @inheritdoc IPoolBooks
    function acceptsTopUps() external view returns (bool) {
        return _topUpStop() == Stop.None;
    }

    function _closableAt() internal view returns (uint40) {
        if (!_state.isClockRunning()) return NEVER;
        return uint40(_state.times.clockAt + _parameter(Parameter.CloseSeconds));
    }

    /// @dev *Because* a deposit at a rate that is known to be wrong, or not known for days, is paid by the other side.
    /// While a top-up goes to a validator that leaves, a report may miss it between queue and vault, or count it twice.
    function _depositStop() internal view returns (Stop) {
        StopTimes memory times = _stopTimes();
        if (block.timestamp < times.frozenUntil) return Stop.Frozen;
        if (block.timestamp >= times.depositsCloseAt) return Stop.ReportsStale;
        if (times.topUpLeaving) return Stop.TopUpLeaving;
        return _newKeyStop(times);
    }

    function _newKeyStop() internal view returns (Stop) {
        return _newKeyStop(_stopTimes());
    }

    function _topUpStop() internal view returns (Stop) {
        return _topUpStop(_stopTimes());
    }

    function _newKeyStop(StopTimes memory times) private view returns (Stop) {
        if (block.timestamp < times.pausedUntil) return Stop.Paused;
        return _topUpStop(times);
    }

    function _topUpStop(StopTimes memory times) private view returns (Stop) {
        if (block.timestamp < times.quarantinedUntil) return Stop.Quarantined;
        return times.closedAt != 0 ? Stop.Closed : Stop.None;
    }
}
