// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Walk} from "../support/Walk.sol";
import {ValidatorHandler} from "./ValidatorHandler.sol";

/// @dev I11 and I13 on the real manager, exits, slashings, report and pool, over lives of six kinds. The handler compares
/// after each act.
contract ValidatorInvariants is Walk {
    function setUp() external {
        vm.deal(address(this), 1 ether);
        ValidatorHandler handler = new ValidatorHandler{value: 1 ether}();
        targetContract(address(handler));
        _moves = [ValidatorHandler.act.selector];
        _paths = [
            "Predeposited",
            "Proven",
            "Active",
            "Exiting",
            "Withdrawn",
            "Foreign",
            "Slashed",
            "Expired",
            "left before it was proven",
            "proven while a report is open",
            "exit requested with a top-up in flight",
            "leaving with a top-up in flight",
            "slashed with a top-up in flight",
            "deposit refused while a top-up leaves",
            "credited",
            "shown in the queue",
            "kept because it was shown",
            "undecided until the grace is over",
            "given up",
            "withdrawn after its top-up was given up"
        ];
        _play(handler, 40);
    }

    function _requireInvariants() internal view override {
        invariant_noStepFails();
    }
}
