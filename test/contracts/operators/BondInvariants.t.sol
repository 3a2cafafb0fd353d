// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BondHandler} from "./BondHandler.sol";
import {OperatorsTest} from "./OperatorsTest.sol";

/// @title I14 and the registry's part of I18
contract BondInvariants is OperatorsTest {
    BondHandler private handler;

    function setUp() external {
        handler = new BondHandler();
        targetContract(address(handler));
    }

    function invariant_noFourFreeHoldersOfAShare() external view {
        handler.checkNoFourFreeHoldersOfAShare();
    }

    function invariant_sharesAddUp() external view {
        handler.checkSharesAddUp();
    }

    function invariant_requirementsAreSums() external view {
        handler.checkRequirementsAreSums();
    }

    /// @dev The same handler over a long random story, in which every path but one must have been taken: bonds that a
    /// deadline frees while keys live need more luck, LeaversTest has them.
    function test_longStoryReachesNearlyEveryPath() external {
        for (uint256 i = 0; i < 1_500; i++) {
            _act(uint256(keccak256(abi.encode("story", i))));
            if (i % 10 == 0) handler.checkNoFourFreeHoldersOfAShare();
        }
        handler.checkSharesAddUp();
        handler.checkRequirementsAreSums();
        string[20] memory paths = [
            "topUp",
            "request",
            "withdraw",
            "withdraw beside a lock",
            "take keys",
            "exit",
            "retire",
            "name",
            "include",
            "abort",
            "release",
            "fourth leaver refused",
            "notice",
            "leave in place",
            "charge",
            "convict",
            "reserve",
            "lost predeposit",
            "proven predeposit",
            "rate"
        ];
        for (uint256 i = 0; i < paths.length; i++) {
            check(handler.calls(paths[i]) > 0, string.concat("never reached: ", paths[i]));
        }
    }

    function _act(uint256 random) private {
        (uint256 action, uint256 a, uint256 b) = (random % 64, random >> 8, random >> 64);
        if (action < 8) handler.topUp(a);
        else if (action < 13) handler.requestUnbond(a, b);
        else if (action < 18) handler.withdraw(a);
        else if (action < 25) handler.pass(uint16(a));
        else if (action < 29) handler.takeKeys(a);
        else if (action < 31) handler.retireKey(a);
        else if (action < 36) handler.name(a, b, random >> 128);
        else if (action < 41) handler.include();
        else if (action < 42) handler.abort();
        else if (action < 53) handler.release(a);
        else if (action < 54) handler.giveNotice(a % 20);
        else if (action < 56) handler.startLeaving(a);
        else if (action < 57) handler.charge(a, b, random >> 128);
        else if (action < 58) handler.convict(a);
        else if (action < 61) handler.reserve(a);
        else if (action < 63) handler.endReserve(a % 4 == 0);
        else if (a % 2 == 0) handler.changeRate(a);
        else if (a % 4 == 1) handler.exitKey(a);
        else handler.passDeadline();
    }
}
