// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SeatWords
/// @dev Seven numbers of 32 bits in one word, that of seat 1 lowest.
library SeatWords {
    uint256 private constant SEATS = 7;
    uint256 private constant BITS = 32;

    error NumberTooLarge(uint256 number);

    function pack(uint256[7] memory numbers) internal pure returns (uint256 word) {
        for (uint256 i = SEATS; i > 0; i--) {
            uint256 number = numbers[i - 1];
            if (number > type(uint32).max) revert NumberTooLarge(number);
            word = (word << BITS) | number;
        }
    }

    function unpack(uint256 word) internal pure returns (uint256[7] memory numbers) {
        for (uint256 i = 0; i < SEATS; i++) {
            numbers[i] = numberAt(word, i);
        }
    }

    /// @param index Seat less one.
    function numberAt(uint256 word, uint256 index) internal pure returns (uint256) {
        return uint32(word >> (index * BITS));
    }

    /// @dev The word with another number for that seat.
    function replaced(uint256 word, uint256 index, uint32 number) internal pure returns (uint256) {
        uint256 shift = index * BITS;
        return (word & ~(uint256(type(uint32).max) << shift)) | (uint256(number) << shift);
    }
}
