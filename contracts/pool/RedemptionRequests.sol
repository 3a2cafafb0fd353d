// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Stop} from "../interfaces/IPoolBooks.sol";
import {IPoolRedemptions} from "../interfaces/IPoolRedemptions.sol";
import {PackedRequest, Request, RequestPacking} from "./PackedRequest.sol";
import {RedemptionCycles} from "./RedemptionCycles.sol";

/// @title RedemptionRequests
/// @dev A controller's latest request is one slot. Only if he asks in another cycle before he claimed it is it moved to a list
/// of his older ones, oldest first.
abstract contract RedemptionRequests is RedemptionCycles {
    using RequestPacking for PackedRequest;
    using RequestPacking for Request;

    /// @dev Ends of the list; each entry links to the next.
    struct OlderCycles {
        uint24 first;
        uint24 last;
    }

    mapping(address controller => PackedRequest) internal _latest;
    mapping(address controller => mapping(uint256 cycleId => PackedRequest)) internal _older;
    mapping(address controller => OlderCycles) internal _olderCycles;

    /// @inheritdoc IPoolRedemptions
    mapping(address controller => mapping(address operator => bool)) public isOperator;

    /// @inheritdoc IPoolRedemptions
    function requestRedeem(uint256 shares, address controller, address owner) external returns (uint256 cycleId) {
        if (_times.closedAt != 0) revert Stopped(Stop.Closed);
        if (msg.sender != owner && !isOperator[owner][msg.sender]) _spendAllowance(owner, msg.sender, shares);
        uint256 minimum = uint256(_queue.minimumGwei) * 1 gwei;
        if (shares < minimum) revert RequestTooSmall(shares, minimum);
        if (shares == 0) revert ZeroAmount();

        cycleId = _queue.current;
        _addRequest(controller, cycleId, shares);
        // Fits: never more than the supply.
        _cycles[cycleId].shares += uint88(shares);
        _takeIntoEscrow(owner, shares);
        emit RedeemRequest(controller, owner, cycleId, msg.sender, shares);
    }

    /// @inheritdoc IPoolRedemptions
    function setOperator(address operator, bool approved) external returns (bool) {
        isOperator[msg.sender][operator] = approved;
        emit OperatorSet(msg.sender, operator, approved);
        return true;
    }

    function _requireOperator(address controller) internal view {
        if (msg.sender != controller && !isOperator[controller][msg.sender]) revert NotOperator(controller, msg.sender);
    }

    /// @dev The request of `controller` in `cycleId`, all zero if there is none.
    function _request(address controller, uint256 cycleId) internal view returns (Request memory r) {
        r = _latest[controller].unpack();
        if (r.link != cycleId || r.shares == 0) r = _older[controller][cycleId].unpack();
    }

    /// @dev `claimed` ends the request: a latest one is forgotten, an older one keeps its link until the list moves past it.
    function _storeRequest(address controller, uint256 cycleId, Request memory r, bool claimed) internal {
        bool isLatest = _latest[controller].unpack().link == cycleId;
        if (claimed) r = Request({link: isLatest ? 0 : r.link, shares: 0, claimedShares: 0, paidWei: 0});
        if (isLatest) _latest[controller] = r.pack();
        else _older[controller][cycleId] = r.pack();
    }

    /// @dev Drops ended requests from the front of the list.
    function _dropClaimed(address controller) internal {
        OlderCycles memory list = _olderCycles[controller];
        if (list.first == 0) return;
        uint256 first = list.first;
        while (first != 0) {
            Request memory r = _older[controller][first].unpack();
            if (r.shares != 0) break;
            delete _older[controller][first];
            first = r.link;
        }
        if (first == list.first) return;
        if (first == 0) list.last = 0;
        list.first = uint24(first);
        _olderCycles[controller] = list;
    }

    function _addRequest(address controller, uint256 cycleId, uint256 shares) private {
        Request memory r = _latest[controller].unpack();
        if (r.link != cycleId) {
            if (r.shares != 0) _moveToOlder(controller, r);
            r = Request({link: cycleId, shares: 0, claimedShares: 0, paidWei: 0});
        }
        r.shares += shares;
        if (r.shares > RequestPacking.MAXIMUM_SHARES) revert RequestTooLarge(r.shares, RequestPacking.MAXIMUM_SHARES);
        _latest[controller] = r.pack();
    }

    function _moveToOlder(address controller, Request memory r) private {
        uint256 cycleId = r.link;
        OlderCycles memory list = _olderCycles[controller];
        if (list.first == 0) {
            list.first = uint24(cycleId);
        } else {
            Request memory last = _older[controller][list.last].unpack();
            last.link = cycleId;
            _older[controller][list.last] = last.pack();
        }
        list.last = uint24(cycleId);
        _olderCycles[controller] = list;
        r.link = 0;
        _older[controller][cycleId] = r.pack();
    }
}
