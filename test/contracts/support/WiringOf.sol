// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Wiring} from "../../../contracts/interfaces/Wiring.sol";

/// @dev A test that plays every neighbour of one contract itself.
function wiringOf(address everyone, uint64 day) pure returns (Wiring memory w) {
    w.parameters = w.verifiers = w.vault = w.pool = w.registry = w.sets = w.changes = w.fees = everyone;
    w.manager = w.exits = w.report = w.slashings = w.court = w.guardian = w.governance = everyone;
    w.day = day;
}
