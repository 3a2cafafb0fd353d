// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FairSplit} from "../../../contracts/libraries/FairSplit.sol";
import {Test} from "../support/Test.sol";

contract FairSplitTest is Test {
    function testFuzz_allIsPaidAsFarAsItReachesAndNobodyPaysMoreThanItsCap(
        uint256 amount,
        uint96[7] calldata given
    ) external pure {
        amount = bound(amount, 0, 7 * uint256(type(uint96).max));
        (uint256[] memory caps, uint256 most) = _caps(given);
        uint256[] memory parts = FairSplit.split(amount, caps);
        uint256 sum = 0;
        for (uint256 i = 0; i < 7; i++) {
            check(parts[i] <= caps[i], "above the cap");
            sum += parts[i];
        }
        check(sum == Math.min(amount, most), "sum");
    }

    function testFuzz_whoPaysLessThanAnotherPaysAllItCan(uint256 amount, uint96[7] calldata given) external pure {
        amount = bound(amount, 0, 7 * uint256(type(uint96).max));
        (uint256[] memory caps, ) = _caps(given);
        uint256[] memory parts = FairSplit.split(amount, caps);
        for (uint256 i = 0; i < 7; i++) {
            for (uint256 j = 0; j < 7; j++) {
                // A unit aside, for the rest of the division.
                check(parts[i] + 1 >= parts[j] || parts[i] == caps[i], "unequal without need");
            }
        }
    }

    function test_equalBondsPayEqualParts() external pure {
        uint256[] memory caps = new uint256[](7);
        for (uint256 i = 0; i < 7; i++) {
            caps[i] = 2 ether;
        }
        uint256[] memory parts = FairSplit.split(7 ether, caps);
        for (uint256 i = 0; i < 7; i++) {
            check(parts[i] == 1 ether, "one seventh");
        }
    }

    function test_nobodyToPay() external pure {
        check(FairSplit.split(1 ether, new uint256[](0)).length == 0, "empty");
    }

    function _caps(uint96[7] calldata given) private pure returns (uint256[] memory caps, uint256 most) {
        caps = new uint256[](7);
        for (uint256 i = 0; i < 7; i++) {
            caps[i] = given[i];
            most += given[i];
        }
    }
}
