// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Walk} from "../support/Walk.sol";
import {ReportHandler} from "./world/ReportHandler.sol";

/// @dev I3, I5, I11 and I12 across pool, vault, manager, exits, slashings and report.
contract ReportInvariants is Walk {
    ReportHandler private handler;

    function setUp() external {
        vm.deal(address(this), 1 ether);
        handler = new ReportHandler{value: 1 ether}();
        targetContract(address(handler));
        _moves = [ReportHandler.act.selector];
        _paths = [
            "nextBlock",
            "wait",
            "reward",
            "penalize",
            "deposit",
            "requestRedeem",
            "donate",
            "addKey",
            "predeposit",
            "start",
            "prove",
            "finish"
        ];
        // A report that waits for a missing top-up is rarer still: ValidatorInvariants has it.
        _rarePaths = [
            "fill",
            "proveCredentials",
            "proveCredentials while a report is open",
            "topUp",
            "topUp while a report is open",
            "top-up settled",
            "strangerDeposit",
            "strangerDeposit beside a top-up",
            "exit",
            "exit with a top-up in flight",
            "provePending",
            "recordWithdrawn",
            "forget",
            "replace",
            "finish with several validators",
            "finish exactly"
        ];
        _play(handler, 40);
    }

    /// @dev One function, *because* each gets runs of its own.
    function invariant_noStepFails() public view override {
        super.invariant_noStepFails();
        _requireInvariants();
    }

    function _requireInvariants() internal view override {
        _bookedIsTheCutAndTheFlowsSince();
        _inFlightAndCreditedAreWhatWasSent();
        _eachValidatorIsProvenOnce();
        _claimsAreCovered();
    }

    /// @dev I3: snapshot, signed difference, flows since; what the handler keeps without asking.
    function _bookedIsTheCutAndTheFlowsSince() private view {
        check(handler.POOL().bookedWei() == handler.bookedWei(), "booked");
    }

    /// @dev I11: each top-up is in flight or credited, and credited for good.
    function _inFlightAndCreditedAreWhatWasSent() private view {
        uint256 inFlightWei = 0;
        for (uint256 i = 0; i < handler.keyCount(); i++) {
            ReportHandler.Key memory key = handler.keyAt(i);
            uint256 topUpWei = handler.MANAGER().validator(key.id).topUpGwei.toWei();
            check(topUpWei == key.unsettledWei, "in flight until credited, then never again");
            inFlightWei += key.proven ? topUpWei : key.sentWei;
        }
        check(inFlightWei == handler.MANAGER().inFlightWei(), "sum");
    }

    /// @dev I12.
    function _eachValidatorIsProvenOnce() private view {
        uint256 proven = 0;
        for (uint64 i = 0; i < handler.CHAIN().accountCount(); i++) {
            if (handler.REPORT().isProven(i)) proven++;
        }
        check(proven == handler.REPORT().provenCount(), "proven");
        check(proven <= handler.REPORT().validatorCount(), "of the cut");
    }

    /// @dev I5.
    function _claimsAreCovered() private view {
        check(address(handler.POOL()).balance >= handler.POOL().reservedWei(), "reserved");
    }
}
