// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {PackedRequest, Request, RequestPacking} from "./PackedRequest.sol";
import {OlderCycles, RedemptionState} from "./RedemptionState.sol";

/// @title RequestList
/// @dev A controller's latest request is one slot. Only if he asks in another cycle before he claimed it is it moved
/// to a list of his older ones, oldest first.
library RequestList {
    using RequestPacking for PackedRequest;
    using RequestPacking for Request;

    function add(RedemptionState storage state, address controller, uint256 cycleId, uint256 shares) internal {
        Request memory r = state.latest[controller].unpack();
        if (r.link != cycleId) {
            if (r.shares != 0) _moveToOlder(state, controller, r);
            r = Request({link: cycleId, shares: 0, claimedShares: 0, paidWei: 0});
        }
        r.shares += shares;
        if (r.shares > RequestPacking.MAXIMUM_SHARES) {
            revert IPoolRedemptions.RequestTooLarge(r.shares, RequestPacking.MAXIMUM_SHARES);
        }
        state.latest[controller] = r.pack();
    }

    /// @dev The request of `controller` in `cycleId`, all zero if there is none.
    function get(
        RedemptionState storage state,
        address controller,
        uint256 cycleId
    ) internal view returns (Request memory r) {
        r = state.latest[controller].unpack();
        if (r.link != cycleId || r.shares == 0) r = state.older[controller][cycleId].unpack();
    }

    /// @dev `ended`: all was claimed. A latest request is forgotten, an older one keeps its link until the list moves
    /// past it.
    function set(
        RedemptionState storage state,
        address controller,
        uint256 cycleId,
        Request memory r,
        bool ended
    ) internal {
        bool isLatest = state.latest[controller].unpack().link == cycleId;
        if (ended) r = Request({link: isLatest ? 0 : r.link, shares: 0, claimedShares: 0, paidWei: 0});
        if (isLatest) state.latest[controller] = r.pack();
        else state.older[controller][cycleId] = r.pack();
    }

    /// @dev Drops ended requests from the front of the list.
    function dropEnded(RedemptionState storage state, address controller) internal {
        uint256 first = state.olderCycles[controller].first;
        if (first == 0) return;
        OlderCycles memory list = state.olderCycles[controller];
        while (first != 0) {
            Request memory r = state.older[controller][first].unpack();
            if (r.shares != 0) break;
            state.older[controller][first] = PackedRequest.wrap(0);
            first = r.link;
        }
        if (first == list.first) return;
        list.first = uint24(first);
        if (first == 0) list.last = 0;
        state.olderCycles[controller] = list;
    }

    function _moveToOlder(RedemptionState storage state, address controller, Request memory r) private {
        uint256 cycleId = r.link;
        OlderCycles memory list = state.olderCycles[controller];
        if (list.first == 0) {
            list.first = uint24(cycleId);
        } else {
            Request memory last = state.older[controller][list.last].unpack();
            last.link = cycleId;
            state.older[controller][list.last] = last.pack();
        }
        list.last = uint24(cycleId);
        state.olderCycles[controller] = list;
        r.link = 0;
        state.older[controller][cycleId] = r.pack();
    }
}
