// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Stop} from "../interfaces/IPoolBooks.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {Bookkeeping, Context} from "./Bookkeeping.sol";
import {PoolState} from "./PoolState.sol";
import {PoolStorage} from "./PoolStorage.sol";
import {Fill, RedemptionFills} from "./RedemptionFills.sol";
import {Queue, RedemptionState} from "./RedemptionState.sol";
import {RequestList} from "./RequestList.sol";

/// @title Redemptions
/// @dev Requests and fills: what they mean for shares, books and stream.
abstract contract Redemptions is PoolStorage {
    using Bookkeeping for PoolState;
    using RedemptionFills for RedemptionState;
    using RequestList for RedemptionState;

    uint256 private constant FIRST_MINIMUM_WEI = 0.01 ether;

    RedemptionState internal _redemptions;

    /// @inheritdoc IPoolRedemptions
    mapping(address controller => mapping(address operator => bool)) public isOperator;

    constructor() {
        _redemptions.queue.current = _redemptions.queue.oldest = 1;
        _redemptions.queue.minimumGwei = uint32(FIRST_MINIMUM_WEI / 1 gwei);
        _state.rateAfterReport = uint128(RAY);
    }

    /// @inheritdoc IPoolRedemptions
    function requestRedeem(uint256 shares, address controller, address owner) external returns (uint256 cycleId) {
        _requireNotClosed();
        if (msg.sender != owner && !isOperator[owner][msg.sender]) _spendAllowance(owner, msg.sender, shares);
        uint256 minimum = uint256(_redemptions.queue.minimumGwei) * 1 gwei;
        if (shares == 0 || shares < minimum) revert RequestTooSmall(shares, minimum);

        cycleId = _redemptions.queue.current;
        _redemptions.add(controller, cycleId, shares);
        _takeIntoEscrow(owner, shares);
        // Fits: never more than the supply.
        _redemptions.cycles[cycleId].shares += uint88(shares);
        emit RedeemRequest(controller, owner, cycleId, msg.sender, shares);
    }

    /// @inheritdoc IPoolRedemptions
    function fill(uint256 maxCycles) external nonReentrant returns (uint256) {
        _requireFillable();
        Context memory context = _context();
        Fill memory f = _redemptions.fill(_state.beginFill(context), maxCycles);
        _burn(address(this), f.shares);
        _state.endFill(context, f.shares, f.paidWei);
        return f.paidWei;
    }

    /// @inheritdoc IPoolRedemptions
    function setOperator(address operator, bool approved) external returns (bool) {
        isOperator[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
        return true;
    }

    /// @inheritdoc IPoolRedemptions
    function currentCycle() external view returns (uint256) {
        return _redemptions.queue.current;
    }

    /// @inheritdoc IPoolRedemptions
    function oldestOpenCycle() external view returns (uint256) {
        return _redemptions.queue.oldest;
    }

    /// @inheritdoc IPoolRedemptions
    function minimumRequestShares() external view returns (uint256) {
        return uint256(_redemptions.queue.minimumGwei) * 1 gwei;
    }

    /// @dev At least what all waiting redemptions can cost: the lower of all caps and all at the rate, which differs
    /// from the sum over cycles only while some caps lie above the rate and some below.
    function _queueWei() internal view returns (uint256) {
        if (_state.times.closedAt != 0) return 0;
        Queue memory queue = _redemptions.queue;
        uint256 currentShares = _redemptions.cycles[queue.current].shares;
        // Nothing waits most of the time: then the rate need not be asked for.
        uint256 closedWei = queue.shares == 0 ? 0 : Math.min(queue.cappedWei, _toAssetsUp(queue.shares));
        return currentShares == 0 ? closedWei : closedWei + _toAssetsUp(currentShares);
    }

    function _requireFillable() private view {
        _requireNotClosed();
        if (_state.times.reportOpen) revert ReportIsOpen();
        if (block.timestamp < _state.times.frozenUntil) revert Stopped(Stop.Frozen);
    }
}
