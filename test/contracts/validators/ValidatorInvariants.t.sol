// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../support/Test.sol";
import {ValidatorHandler} from "./ValidatorHandler.sol";

/// @dev I11 and I13 on the real manager, exits, slashings, report and pool, over lives of six kinds.
contract ValidatorInvariants is Test {
    ValidatorHandler private handler;

    function setUp() external {
        vm.deal(address(this), 1 ether);
        handler = new ValidatorHandler{value: 1 ether}();
        targetContract(address(handler));
    }

    /// @dev The handler compares after each step; the first difference is kept.
    function invariant_validatorsMoveForwardAndNoDepositIsLostOrCountedTwice() external view {
        _noStepFails();
    }

    /// @dev A run of the invariant may be too short for the rare ones.
    function test_everyPathIsReached() external {
        for (uint256 i = 0; i < 40; i++) handler.act(i);
        _noStepFails();
        string[20] memory paths = [
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
        for (uint256 i = 0; i < paths.length; i++) {
            check(handler.reached(paths[i]) > 0, string.concat("never reached: ", paths[i]));
        }
    }

    function afterInvariant() external view {
        check(handler.reached("Predeposited") > 0 && handler.reached("Proven") > 0, "nothing happened");
    }

    function _noStepFails() private view {
        if (handler.failures() == 0) return;
        bytes memory reason = handler.violation();
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
