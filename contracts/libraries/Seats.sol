// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Bitmaps of seats
/// @dev Seats are numbered 1 to 7; seat i is bit i − 1.
library Seats {
    uint256 internal constant COUNT = 7;
    uint8 internal constant ALL = 0x7f;

    function contains(uint8 seats, uint256 seat) internal pure returns (bool) {
        return (seats >> (seat - 1)) & 1 == 1;
    }

    function with(uint8 seats, uint256 seat) internal pure returns (uint8) {
        return seats | uint8(1 << (seat - 1));
    }

    function except(uint8 seats, uint8 others) internal pure returns (uint8) {
        return seats & ~others;
    }

    /// @dev Bits above seat 7 count as well, so that `count` and `isValid` can't be played against each other.
    function count(uint8 seats) internal pure returns (uint256 total) {
        for (; seats != 0; seats &= seats - 1) {
            total++;
        }
    }

    function isValid(uint8 seats) internal pure returns (bool) {
        return seats <= ALL;
    }
}
