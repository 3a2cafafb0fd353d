// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Generations
/// @dev Who holds shares of which sharing, by seat, in one word of fourteen lanes. `joined`: first generation of which the
/// holder has a share. `renewed`: first generation that the seat's former holders have no share of. They differ when an
/// aborted attempt gave shares to a newcomer and the old holder stayed: for the sharings before, the seat counts as left
/// already, on the safe side.
library Generations {
    uint256 private constant SEATS = 7;
    uint256 private constant BITS = 16;

    /// @dev Ex-members of a sharing that sign nothing together.
    uint256 private constant HARMLESS = 3;

    error GenerationTooLarge(uint256 generation);

    /// @param index Seat less one, as in the other functions.
    function joinedAt(uint256 word, uint256 index) internal pure returns (uint256) {
        return _lane(word, index);
    }

    function withJoined(uint256 word, uint256 index, uint256 generation) internal pure returns (uint256) {
        return _withLane(word, index, generation);
    }

    function withRenewed(uint256 word, uint256 index, uint256 generation) internal pure returns (uint256) {
        return _withLane(word, SEATS + index, generation);
    }

    /// @dev The generation before which four seats or more have been left: with the holder that leaves now, every sharing
    /// before it has four former members. A leaver who joined earlier stays locked until its keys are gone.
    ///
    /// No sharing ever has more than three former members who are free: each has one holder per seat, and all but the
    /// first three of its seats to be left find themselves here.
    function fourthNewest(uint256 word) internal pure returns (uint256) {
        uint256[7] memory sorted;
        for (uint256 i = 0; i < SEATS; i++) {
            sorted[i] = _lane(word, SEATS + i);
        }
        for (uint256 i = 0; i <= HARMLESS; i++) {
            for (uint256 j = i + 1; j < SEATS; j++) {
                if (sorted[j] > sorted[i]) (sorted[i], sorted[j]) = (sorted[j], sorted[i]);
            }
        }
        return sorted[HARMLESS];
    }

    function _lane(uint256 word, uint256 lane) private pure returns (uint256) {
        return uint16(word >> (lane * BITS));
    }

    function _withLane(uint256 word, uint256 lane, uint256 generation) private pure returns (uint256) {
        if (generation > type(uint16).max) revert GenerationTooLarge(generation);
        uint256 shift = lane * BITS;
        return (word & ~(uint256(type(uint16).max) << shift)) | (generation << shift);
    }
}
