// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title FairSplit
/// @notice Divides an amount equally among parties of which each can bear only so much: all pay the same, and whoever
/// can't pays all it can, so that the others share the rest. The result does not depend on the order of the parties.
library FairSplit {
    /// @return parts Σ parts = min(amount, Σ caps); of two parties the one that pays less pays its cap, one unit aside.
    function split(uint256 amount, uint256[] memory caps) internal pure returns (uint256[] memory parts) {
        uint256 count = caps.length;
        parts = new uint256[](count);
        bool[] memory done = new bool[](count);
        for (uint256 left = count; left > 0; left--) {
            uint256 poorest = _poorest(caps, done);
            uint256 part = Math.min(amount / left, caps[poorest]);
            parts[poorest] = part;
            done[poorest] = true;
            amount -= part;
        }
    }

    function _poorest(uint256[] memory caps, bool[] memory done) private pure returns (uint256 poorest) {
        uint256 least = type(uint256).max;
        for (uint256 i = 0; i < caps.length; i++) {
            if (done[i] || caps[i] > least) continue;
            least = caps[i];
            poorest = i;
        }
    }
}
