// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PoolHandler} from "./PoolHandler.sol";

/// @dev What the invariant runner calls: one function, so that no call is wasted.
contract PoolPlayer {
    PoolHandler private immutable HANDLER;

    constructor(PoolHandler handler) {
        HANDLER = handler;
    }

    function play(uint256 seed) external {
        HANDLER.play(seed);
    }
}
