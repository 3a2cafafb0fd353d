// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Walk} from "../support/Walk.sol";
import {BondHandler} from "./BondHandler.sol";

/// @title I14 and the registry's part of I18
contract BondInvariants is Walk {
    BondHandler private handler;

    function setUp() external {
        handler = new BondHandler();
        targetContract(address(handler));
        _add(BondHandler.topUp.selector, 8);
        _add(BondHandler.requestUnbond.selector, 5);
        _add(BondHandler.withdraw.selector, 5);
        _add(BondHandler.wait.selector, 7);
        _add(BondHandler.takeKeys.selector, 4);
        _add(BondHandler.retireKey.selector, 2);
        _add(BondHandler.name.selector, 5);
        _add(BondHandler.include.selector, 5);
        _add(BondHandler.abort.selector, 1);
        _add(BondHandler.release.selector, 11);
        _add(BondHandler.giveNotice.selector, 1);
        _add(BondHandler.startLeaving.selector, 2);
        _add(BondHandler.charge.selector, 1);
        _add(BondHandler.convict.selector, 1);
        _add(BondHandler.reserve.selector, 3);
        _add(BondHandler.endReserve.selector, 2);
        _add(BondHandler.changeRate.selector, 1);
        _add(BondHandler.exitKey.selector, 1);
        _add(BondHandler.passDeadline.selector, 1);
        _paths = ["topUp", "request", "name", "include", "take keys", "charge", "reserve", "proven predeposit", "rate"];
        // Bonds that a deadline frees while keys live need more luck still: LeaversTest has them.
        _rarePaths = [
            "withdraw",
            "withdraw beside a lock",
            "exit",
            "retire",
            "abort",
            "release",
            "fourth leaver refused",
            "notice",
            "leave in place",
            "convict",
            "lost predeposit"
        ];
        _play(handler, 1_500);
    }

    function invariant_noFourFreeHoldersOfAShare() public view {
        handler.checkNoFourFreeHoldersOfAShare();
    }

    function invariant_sharesAddUp() public view {
        handler.checkSharesAddUp();
    }

    function invariant_requirementsAreSums() public view {
        handler.checkRequirementsAreSums();
    }

    function _requireInvariants() internal view override {
        invariant_noFourFreeHoldersOfAShare();
        invariant_sharesAddUp();
        invariant_requirementsAreSums();
    }

    /// @dev The ends of stories are rare, so that there is a story.
    function _add(bytes4 move, uint256 times) private {
        for (uint256 i = 0; i < times; i++) _moves.push(move);
    }
}
