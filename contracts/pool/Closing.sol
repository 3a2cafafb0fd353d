// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPoolClosing} from "../interfaces/IPoolClosing.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {Claims} from "./Claims.sol";
import {PoolStops} from "./PoolStops.sol";
import {RedemptionClaims} from "./RedemptionClaims.sol";
import {RedemptionState} from "./RedemptionState.sol";

/// @title Closing
/// @dev No books, no rate, no proof: only ETH that is there and shares of the supply. It holds when half the
/// validators never come back, and pays again whenever more comes in. Fees that were not minted are never minted.
abstract contract Closing is PoolStops, Claims {
    using RedemptionClaims for RedemptionState;
    using SafeCast for uint256;

    struct Locked {
        uint128 shares;
        uint128 drawnWei;
    }

    uint256 private _drawnWei;
    mapping(address holder => Locked) private _locked;
    mapping(address controller => mapping(uint256 cycleId => bool)) private _returned;

    modifier onlyClosed() {
        if (_state.times.closedAt == 0) revert NotClosed();
        _;
    }

    /// @inheritdoc IPoolClosing
    function close() external {
        if (_state.times.closedAt != 0) revert AlreadyClosed();
        uint64 closableAt = _closableAt();
        if (block.timestamp < closableAt) revert ClosableLater(closableAt);
        _state.times.closedAt = uint40(block.timestamp);
        _closedSupply = totalSupply() - balanceOf(LOCKED);
        emit Closed(_closedSupply);
    }

    /// @inheritdoc IPoolClosing
    function returnShares(
        address controller,
        uint256[] calldata cycleIds
    ) external onlyClosed returns (uint256 shares) {
        for (uint256 i = 0; i < cycleIds.length; i++) {
            if (_returned[controller][cycleIds[i]]) continue;
            uint256 unfilled = _redemptions.pendingDown(cycleIds[i], controller);
            if (unfilled == 0) continue;
            _returned[controller][cycleIds[i]] = true;
            shares += unfilled;
            emit SharesReturned(controller, cycleIds[i], unfilled);
        }
        _transfer(address(this), controller, shares);
    }

    /// @inheritdoc IPoolClosing
    function lock(uint256 shares) external onlyClosed {
        _burn(msg.sender, shares);
        _locked[msg.sender].shares += shares.toUint128();
        emit SharesLocked(msg.sender, shares);
    }

    /// @inheritdoc IPoolClosing
    function draw(address receiver) external onlyClosed nonReentrant returns (uint256 amountWei) {
        VAULT.sweep();
        amountWei = _drawableDown(msg.sender, address(this).balance);
        _locked[msg.sender].drawnWei += amountWei.toUint128();
        _drawnWei += amountWei;
        emit Drawn(msg.sender, receiver, amountWei);
        _pay(receiver, amountWei);
    }

    /// @inheritdoc IPoolRedemptions
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        return _returned[controller][requestId] ? 0 : _redemptions.pendingUp(requestId, controller);
    }

    /// @inheritdoc IPoolClosing
    function lockedOf(address holder) external view returns (uint256) {
        return _locked[holder].shares;
    }

    /// @inheritdoc IPoolClosing
    function drawableOf(address holder) external view returns (uint256) {
        return _drawableDown(holder, address(this).balance + address(VAULT).balance);
    }

    /// @inheritdoc IPoolClosing
    function closedSupply() external view returns (uint256) {
        return _closedSupply;
    }

    /// @dev Claims are taken off first. What was drawn counts as received, so that early and late drawers get the same.
    function _drawableDown(address holder, uint256 balance) private view returns (uint256) {
        Locked memory locked = _locked[holder];
        if (locked.shares == 0) return 0;
        uint256 receivedWei = balance - _state.debts.reservedWei + _drawnWei;
        return Math.mulDiv(receivedWei, locked.shares, _closedSupply) - locked.drawnWei;
    }
}
