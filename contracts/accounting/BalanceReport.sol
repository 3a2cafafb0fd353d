// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wiring} from "../interfaces/Wiring.sol";

/// @title BalanceReport
contract BalanceReport {
    uint64 public immutable DAY;

    constructor(Wiring memory w) {
        DAY = w.day;
    }
}
