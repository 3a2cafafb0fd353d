// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {PackedRequest, Request, RequestPacking} from "./PackedRequest.sol";
import {CycleRecord, RedemptionState} from "./RedemptionState.sol";
import {RequestList} from "./RequestList.sol";

/// @title RedemptionClaims
/// @dev What is due to a request is its shares × all that its cycle paid per share, less what was claimed. *Because*
/// an average over fills would overpay those who claim after a good fill and before a bad one.
library RedemptionClaims {
    using RequestList for RedemptionState;
    using RequestPacking for PackedRequest;

    /// @param filled All of the request is filled, so taking everything ends it.
    struct Claimable {
        uint256 shares;
        uint256 assets;
        bool filled;
    }

    uint256 private constant RAY = 1e27;
    uint256 private constant MAXIMUM_CYCLES = 32;

    /// @dev Takes `shares`, oldest cycle first.
    function takeShares(
        RedemptionState storage state,
        address controller,
        uint256 shares
    ) external returns (uint256 assets) {
        uint256 left = shares;
        (uint256[] memory ids, uint256 count) = _claimableCycles(state, controller);
        for (uint256 i = 0; i < count && left > 0; i++) {
            Request memory r = state.get(controller, ids[i]);
            Claimable memory c = _claimable(state, r, ids[i]);
            uint256 taken = Math.min(left, c.shares);
            uint256 assetsTaken = taken == c.shares ? c.assets : (c.assets * taken) / c.shares;
            _take(state, controller, ids[i], r, c, taken, assetsTaken);
            left -= taken;
            assets += assetsTaken;
        }
        if (left > 0) revert IPoolRedemptions.ExceedsClaimable(shares, shares - left);
        state.dropEnded(controller);
    }

    /// @dev Takes `assets`, oldest cycle first. Shares are rounded up.
    function takeAssets(
        RedemptionState storage state,
        address controller,
        uint256 assets
    ) external returns (uint256 shares) {
        uint256 left = assets;
        (uint256[] memory ids, uint256 count) = _claimableCycles(state, controller);
        for (uint256 i = 0; i < count && left > 0; i++) {
            Request memory r = state.get(controller, ids[i]);
            Claimable memory c = _claimable(state, r, ids[i]);
            uint256 taken = Math.min(left, c.assets);
            uint256 sharesTaken = taken == c.assets ? c.shares : Math.ceilDiv(c.shares * taken, c.assets);
            _take(state, controller, ids[i], r, c, sharesTaken, taken);
            left -= taken;
            shares += sharesTaken;
        }
        if (left > 0) revert IPoolRedemptions.ExceedsClaimable(assets, assets - left);
        state.dropEnded(controller);
    }

    /// @dev Takes all that is filled in the named cycles.
    function takeCycles(
        RedemptionState storage state,
        address controller,
        uint256[] calldata cycleIds
    ) external returns (uint256 shares, uint256 assets) {
        for (uint256 i = 0; i < cycleIds.length; i++) {
            Request memory r = state.get(controller, cycleIds[i]);
            Claimable memory c = _claimable(state, r, cycleIds[i]);
            if (c.shares == 0 && c.assets == 0) continue;
            _take(state, controller, cycleIds[i], r, c, c.shares, c.assets);
            shares += c.shares;
            assets += c.assets;
        }
        state.dropEnded(controller);
    }

    function maximum(
        RedemptionState storage state,
        address controller
    ) external view returns (uint256 shares, uint256 assets) {
        (uint256[] memory ids, uint256 count) = _claimableCycles(state, controller);
        for (uint256 i = 0; i < count; i++) {
            Claimable memory c = _claimable(state, state.get(controller, ids[i]), ids[i]);
            shares += c.shares;
            assets += c.assets;
        }
    }

    function claimable(
        RedemptionState storage state,
        uint256 cycleId,
        address controller
    ) external view returns (uint256 shares, uint256 assets) {
        Claimable memory c = _claimable(state, state.get(controller, cycleId), cycleId);
        return (c.shares, c.assets);
    }

    /// @dev Shares that are not filled, rounded up.
    function pendingUp(
        RedemptionState storage state,
        uint256 cycleId,
        address controller
    ) external view returns (uint256) {
        Request memory r = state.get(controller, cycleId);
        return r.shares - _filledSharesDown(r, state.cycles[cycleId]);
    }

    /// @dev Shares that are not filled, rounded down, so that all requests of a cycle together have no more than its
    /// escrow.
    function pendingDown(
        RedemptionState storage state,
        uint256 cycleId,
        address controller
    ) external view returns (uint256) {
        Request memory r = state.get(controller, cycleId);
        CycleRecord memory cycle = state.cycles[cycleId];
        return r.shares == 0 ? 0 : (r.shares * (cycle.shares - cycle.filledShares)) / cycle.shares;
    }

    function _take(
        RedemptionState storage state,
        address controller,
        uint256 cycleId,
        Request memory r,
        Claimable memory c,
        uint256 shares,
        uint256 assets
    ) private {
        r.claimedShares += shares;
        r.paidWei += assets;
        state.set(controller, cycleId, r, c.filled && shares == c.shares && assets == c.assets);
    }

    /// @dev The first cycles of the controller of which something can be claimed, oldest first. Ends at the first
    /// that waits: cycles are filled in order, so no later one has anything.
    function _claimableCycles(
        RedemptionState storage state,
        address controller
    ) private view returns (uint256[] memory ids, uint256 count) {
        uint256 cycleId = state.olderCycles[controller].first;
        ids = new uint256[](cycleId == 0 ? 1 : MAXIMUM_CYCLES);
        while (cycleId != 0 && count < MAXIMUM_CYCLES) {
            Request memory r = state.older[controller][cycleId].unpack();
            if (r.shares != 0) {
                if (!_hasClaim(state, r, cycleId)) return (ids, count);
                ids[count++] = cycleId;
            }
            cycleId = r.link;
        }
        Request memory latest = state.latest[controller].unpack();
        if (count < MAXIMUM_CYCLES && _hasClaim(state, latest, latest.link)) ids[count++] = latest.link;
    }

    function _hasClaim(RedemptionState storage state, Request memory r, uint256 cycleId) private view returns (bool) {
        Claimable memory c = _claimable(state, r, cycleId);
        return c.shares > 0 || c.assets > 0;
    }

    function _claimable(
        RedemptionState storage state,
        Request memory r,
        uint256 cycleId
    ) private view returns (Claimable memory) {
        if (r.shares == 0) return Claimable(0, 0, false);
        CycleRecord memory cycle = state.cycles[cycleId];
        return
            Claimable({
                shares: _filledSharesDown(r, cycle) - r.claimedShares,
                assets: (r.shares * cycle.paidPerShare) / RAY - r.paidWei,
                filled: cycle.filledShares == cycle.shares
            });
    }

    /// @dev Shares of the request that fills burnt; exactly all once the cycle is filled.
    function _filledSharesDown(Request memory r, CycleRecord memory cycle) private pure returns (uint256) {
        return r.shares == 0 ? 0 : (r.shares * cycle.filledShares) / cycle.shares;
    }
}
