// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {RedemptionClaims} from "./RedemptionClaims.sol";
import {CycleRecord, RedemptionState} from "./RedemptionState.sol";
import {Redemptions} from "./Redemptions.sol";

/// @title Claims
/// @dev Nothing but the caller's right is asked here: no stop, no report, no other contract. ETH leaves last.
abstract contract Claims is Redemptions {
    using RedemptionClaims for RedemptionState;

    /// @inheritdoc IPoolRedemptions
    function redeem(uint256 shares, address receiver, address controller) external nonReentrant returns (uint256) {
        return _redeem(shares, receiver, controller, 0);
    }

    /// @inheritdoc IPoolRedemptions
    function redeemAtLeast(
        uint256 shares,
        address receiver,
        address controller,
        uint256 minAssets
    ) external nonReentrant returns (uint256) {
        return _redeem(shares, receiver, controller, minAssets);
    }

    /// @inheritdoc IPoolRedemptions
    function withdraw(
        uint256 assets,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 shares) {
        _requireOperator(controller);
        shares = _redemptions.takeAssets(controller, assets);
        _payClaim(receiver, controller, assets, shares);
    }

    /// @inheritdoc IPoolRedemptions
    function claim(
        uint256[] calldata cycleIds,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 assets) {
        _requireOperator(controller);
        uint256 shares;
        (shares, assets) = _redemptions.takeCycles(controller, cycleIds);
        _payClaim(receiver, controller, assets, shares);
    }

    /// @inheritdoc IPoolRedemptions
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256 shares) {
        (shares, ) = _redemptions.claimable(requestId, controller);
    }

    /// @inheritdoc IPoolRedemptions
    function claimableAssets(uint256 requestId, address controller) external view returns (uint256 assets) {
        (, assets) = _redemptions.claimable(requestId, controller);
    }

    /// @inheritdoc IPoolRedemptions
    function maxRedeem(address controller) external view returns (uint256 shares) {
        (shares, ) = _redemptions.maximum(controller);
    }

    /// @inheritdoc IPoolRedemptions
    function maxWithdraw(address controller) external view returns (uint256 assets) {
        (, assets) = _redemptions.maximum(controller);
    }

    /// @inheritdoc IPoolRedemptions
    function cycle(uint256 cycleId) external view returns (Cycle memory) {
        if (cycleId == 0 || cycleId > _redemptions.queue.current) revert UnknownCycle(cycleId);
        CycleRecord memory c = _redemptions.cycles[cycleId];
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
    function previewRedeem(uint256) external pure returns (uint256) {
        revert PreviewNotSupported();
    }

    /// @inheritdoc IPoolRedemptions
    function previewWithdraw(uint256) external pure returns (uint256) {
        revert PreviewNotSupported();
    }

    function _redeem(
        uint256 shares,
        address receiver,
        address controller,
        uint256 minAssets
    ) private returns (uint256 assets) {
        _requireOperator(controller);
        assets = _redemptions.takeShares(controller, shares);
        if (assets < minAssets) revert LessThanMinimum(assets, minAssets);
        _payClaim(receiver, controller, assets, shares);
    }

    function _payClaim(address receiver, address controller, uint256 assets, uint256 shares) private {
        _state.debts.reservedWei -= uint88(assets);
        emit Withdraw(msg.sender, receiver, controller, assets, shares);
        _pay(receiver, assets);
    }

    function _requireOperator(address controller) private view {
        if (msg.sender != controller && !isOperator[controller][msg.sender]) revert NotOperator(controller, msg.sender);
    }
}
