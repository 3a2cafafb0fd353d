// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Obligations
/// @dev The few sets that an operator's bond answers for, in one word: eight entries of 24 bits of set number and 8 bits of
/// flags. Bounded, *because* whatever asks for an operator's requirement sums over them.
library Obligations {
    uint256 internal constant MAXIMUM = 8;

    /// @dev Holds a seat.
    uint8 internal constant MEMBER = 1;

    /// @dev Named for a pending generation.
    uint8 internal constant INCOMING = 2;

    /// @dev A fault emptied the seat: its requirement was charged already.
    uint8 internal constant CONVICTED = 4;

    /// @dev Its shares of the set's keys outlive its seat.
    uint8 internal constant LEAVER = 8;

    uint256 private constant ENTRY_BITS = 32;
    uint256 private constant FLAG_BITS = 8;
    uint256 private constant MAXIMUM_SET_ID = type(uint24).max;

    /// @notice The operator's bond answers for as many sets as it may.
    error TooManySets(uint256 maximum);
    error SetIdTooLarge(uint256 setId);

    /// @dev Flags of the operator in that set; 0 for none.
    function flagsIn(uint256 word, uint256 setId) internal pure returns (uint8) {
        for (; word != 0; word >>= ENTRY_BITS) {
            if (setOf(word) == setId) return flagsOf(word);
        }
        return 0;
    }

    /// @dev The word with other flags for that set; none remove it.
    function withFlags(uint256 word, uint256 setId, uint8 flags) internal pure returns (uint256) {
        if (setId > MAXIMUM_SET_ID) revert SetIdTooLarge(setId);
        uint256 room = MAXIMUM;
        for (uint256 i = 0; i < MAXIMUM; i++) {
            uint256 present = uint32(word >> (i * ENTRY_BITS));
            if (present == 0 && room == MAXIMUM) room = i;
            if (present != 0 && setOf(present) == setId) {
                room = i;
                break;
            }
        }
        if (room == MAXIMUM) revert TooManySets(MAXIMUM);
        uint256 entry = flags == 0 ? 0 : (setId << FLAG_BITS) | flags;
        uint256 mask = uint256(type(uint32).max) << (room * ENTRY_BITS);
        return (word & ~mask) | (entry << (room * ENTRY_BITS));
    }

    /// @dev Set of the first entry of the word.
    function setOf(uint256 word) internal pure returns (uint256) {
        return uint32(word) >> FLAG_BITS;
    }

    /// @dev Flags of the first entry of the word.
    function flagsOf(uint256 word) internal pure returns (uint8) {
        return uint8(word);
    }
}
