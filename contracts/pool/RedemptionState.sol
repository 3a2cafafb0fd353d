// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PackedRequest} from "./PackedRequest.sol";

/// @dev Amounts per share are in wei per 10²⁷ shares.
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

/// @dev Ends of a controller's list of older requests; each entry links to the next.
struct OlderCycles {
    uint24 first;
    uint24 last;
}

/// @dev Everything about redemptions, passed by reference to the libraries that work on it. They are linked,
/// *because* with them the pool would be too large for one contract.
struct RedemptionState {
    Queue queue;
    mapping(uint256 cycleId => CycleRecord) cycles;
    mapping(address controller => PackedRequest) latest;
    mapping(address controller => mapping(uint256 cycleId => PackedRequest)) older;
    mapping(address controller => OlderCycles) olderCycles;
}
