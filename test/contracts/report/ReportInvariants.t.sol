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
    }

    /// @dev One function, *because* each gets runs of its own.
    function invariant_reportsBookWhatIsThere() external view {
        _noStepFails();
        _bookedIsTheCutAndTheFlowsSince();
        _inFlightAndCreditedAreWhatWasSent();
        _eachValidatorIsProvenOnce();
        _claimsAreCovered();
    }

    /// @dev Always the same. The rarest paths (each moment of a report) are walked one by one in ReportAttacks.
    function test_everyPathIsReached() external {
        for (uint256 i = 0; i < 40; i++) {
            handler.act(uint256(keccak256(abi.encode(i))));
        }
        _noStepFails();
        (string[] memory names, uint256[] memory counts) = _reached();
        _requireAll(names, counts);
    }

    function afterInvariant() external view {
        (string[] memory names, uint256[] memory counts) = _reached();
        _requireHalf(names, counts);
    }

    function _reached() private view returns (string[] memory names, uint256[] memory counts) {
        names = new string[](9);
        counts = new uint256[](9);
        string[9] memory paths = [
            "nextBlock",
            "wait",
            "deposit",
            "requestRedeem",
            "donate",
            "addKey",
            "predeposit",
            "start",
            "finish"
        ];
        for (uint256 i = 0; i < 9; i++) {
            names[i] = paths[i];
            counts[i] = handler.calls(paths[i]);
        }
    }

    /// @dev What the handler checks at each finish among it: never more than there is, and all of it.
    function _noStepFails() private view {
        if (handler.failures() == 0) return;
        bytes memory reason = handler.violation();
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
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
