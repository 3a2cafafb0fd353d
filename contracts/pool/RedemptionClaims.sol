// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {PackedRequest, Request, RequestPacking} from "./PackedRequest.sol";
import {RedemptionRequests} from "./RedemptionRequests.sol";

/// @title RedemptionClaims
/// @dev What is due to a request is its shares × all that its cycle paid per share, less what was claimed. *Because* an
/// average over fills would overpay those who claim after a good fill and before a bad one.
///
/// Nothing but the caller's right is asked here: no stop, no report, no other contract.
abstract contract RedemptionClaims is RedemptionRequests {
    using RequestPacking for PackedRequest;

    /// @param filled All of the request is filled, so taking everything ends it.
    struct Claimable {
        uint256 shares;
        uint256 assets;
        bool filled;
    }

    uint256 private constant MAXIMUM_CYCLES = 32;

    /// @inheritdoc IPoolRedemptions
    function redeem(uint256 shares, address receiver, address controller) external nonReentrant returns (uint256) {
        return _redeem(shares, receiver, controller);
    }

    /// @inheritdoc IPoolRedemptions
    function redeemAtLeast(
        uint256 shares,
        address receiver,
        address controller,
        uint256 minAssets
    ) external nonReentrant returns (uint256 assets) {
        assets = _redeem(shares, receiver, controller);
        if (assets < minAssets) revert LessThanMinimum(assets, minAssets);
    }

    /// @inheritdoc IPoolRedemptions
    function withdraw(
        uint256 assets,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 shares) {
        _requireOperator(controller);
        uint256 left = assets;
        (uint256[] memory ids, uint256 count) = _claimableCycles(controller);
        for (uint256 i = 0; i < count && left > 0; i++) {
            Request memory r = _request(controller, ids[i]);
            Claimable memory c = _claimable(r, ids[i]);
            uint256 taken = Math.min(left, c.assets);
            uint256 sharesTaken = taken == c.assets ? c.shares : Math.mulDiv(c.shares, taken, c.assets, Math.Rounding.Ceil);
            _take(controller, ids[i], r, c, sharesTaken, taken);
            left -= taken;
            shares += sharesTaken;
        }
        if (left > 0) revert ExceedsClaimable(assets, assets - left);
        _payClaim(receiver, controller, assets, shares);
    }

    /// @inheritdoc IPoolRedemptions
    function claim(
        uint256[] calldata cycleIds,
        address receiver,
        address controller
    ) external nonReentrant returns (uint256 assets) {
        _requireOperator(controller);
        uint256 shares = 0;
        for (uint256 i = 0; i < cycleIds.length; i++) {
            Request memory r = _request(controller, cycleIds[i]);
            Claimable memory c = _claimable(r, cycleIds[i]);
            if (c.shares == 0 && c.assets == 0) continue;
            _take(controller, cycleIds[i], r, c, c.shares, c.assets);
            shares += c.shares;
            assets += c.assets;
        }
        _payClaim(receiver, controller, assets, shares);
    }

    /// @inheritdoc IPoolRedemptions
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        Request memory r = _request(controller, requestId);
        return r.shares - _filledSharesDown(r, requestId);
    }

    /// @inheritdoc IPoolRedemptions
    function claimableRedeemRequest(uint256 requestId, address controller) external view returns (uint256) {
        return _claimable(_request(controller, requestId), requestId).shares;
    }

    /// @inheritdoc IPoolRedemptions
    function claimableAssets(uint256 requestId, address controller) external view returns (uint256) {
        return _claimable(_request(controller, requestId), requestId).assets;
    }

    /// @inheritdoc IPoolRedemptions
    function maxRedeem(address controller) external view returns (uint256 shares) {
        (uint256[] memory ids, uint256 count) = _claimableCycles(controller);
        for (uint256 i = 0; i < count; i++) {
            shares += _claimable(_request(controller, ids[i]), ids[i]).shares;
        }
    }

    /// @inheritdoc IPoolRedemptions
    function maxWithdraw(address controller) external view returns (uint256 assets) {
        (uint256[] memory ids, uint256 count) = _claimableCycles(controller);
        for (uint256 i = 0; i < count; i++) {
            assets += _claimable(_request(controller, ids[i]), ids[i]).assets;
        }
    }

    /// @inheritdoc IPoolRedemptions
    function previewRedeem(uint256) external pure returns (uint256) {
        revert PreviewNotSupported();
    }

    /// @inheritdoc IPoolRedemptions
    function previewWithdraw(uint256) external pure returns (uint256) {
        revert PreviewNotSupported();
    }

    /// @dev Shares of the request that its cycle's fills burnt, rounded down; all of them once the cycle is filled.
    function _filledSharesDown(Request memory r, uint256 cycleId) private view returns (uint256) {
        CycleRecord memory c = _cycles[cycleId];
        return r.shares == 0 ? 0 : Math.mulDiv(r.shares, c.filledShares, c.shares);
    }

    function _redeem(uint256 shares, address receiver, address controller) private returns (uint256 assets) {
        _requireOperator(controller);
        uint256 left = shares;
        (uint256[] memory ids, uint256 count) = _claimableCycles(controller);
        for (uint256 i = 0; i < count && left > 0; i++) {
            Request memory r = _request(controller, ids[i]);
            Claimable memory c = _claimable(r, ids[i]);
            uint256 taken = Math.min(left, c.shares);
            uint256 assetsTaken = taken == c.shares ? c.assets : Math.mulDiv(c.assets, taken, c.shares);
            _take(controller, ids[i], r, c, taken, assetsTaken);
            left -= taken;
            assets += assetsTaken;
        }
        if (left > 0) revert ExceedsClaimable(shares, shares - left);
        _payClaim(receiver, controller, assets, shares);
    }

    function _take(
        address controller,
        uint256 cycleId,
        Request memory r,
        Claimable memory c,
        uint256 shares,
        uint256 assets
    ) private {
        r.claimedShares += shares;
        r.paidWei += assets;
        _storeRequest(controller, cycleId, r, c.filled && shares == c.shares && assets == c.assets);
    }

    function _payClaim(address receiver, address controller, uint256 assets, uint256 shares) private {
        _dropClaimed(controller);
        _debts.reservedWei -= uint88(assets);
        emit Withdraw(msg.sender, receiver, controller, assets, shares);
        _pay(receiver, assets);
    }

    /// @dev The first cycles of the controller of which something can be claimed, oldest first. Ends at the first that waits:
    /// cycles are filled in order, so no later one has anything.
    function _claimableCycles(address controller) private view returns (uint256[] memory ids, uint256 count) {
        ids = new uint256[](MAXIMUM_CYCLES);
        uint256 cycleId = _olderCycles[controller].first;
        while (cycleId != 0 && count < MAXIMUM_CYCLES) {
            Request memory r = _older[controller][cycleId].unpack();
            if (r.shares != 0) {
                if (!_hasClaim(r, cycleId)) return (ids, count);
                ids[count++] = cycleId;
            }
            cycleId = r.link;
        }
        Request memory latest = _latest[controller].unpack();
        if (count < MAXIMUM_CYCLES && latest.shares != 0 && _hasClaim(latest, latest.link)) ids[count++] = latest.link;
    }

    function _hasClaim(Request memory r, uint256 cycleId) private view returns (bool) {
        Claimable memory c = _claimable(r, cycleId);
        return c.shares > 0 || c.assets > 0;
    }

    function _claimable(Request memory r, uint256 cycleId) private view returns (Claimable memory) {
        if (r.shares == 0) return Claimable(0, 0, false);
        CycleRecord memory c = _cycles[cycleId];
        return
            Claimable({
                shares: _filledSharesDown(r, cycleId) - r.claimedShares,
                assets: (r.shares * c.paidPerShare) / RAY - r.paidWei,
                filled: c.filledShares == c.shares
            });
    }
}
