// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../interfaces/IBeaconVerifier.sol";
import {ChunkRun} from "../../libraries/ChunkRun.sol";
import {Gwei} from "../../libraries/Units.sol";

/// @title Chunks of the list of balances
/// @notice A chunk is 32 bytes: four balances of 8 bytes, little-endian.
library BalanceChunks {
    uint256 internal constant PER_CHUNK = 4;

    /// @dev Positions of the chunks of all runs. Reverts unless they rise, end before the list does, and are as many as
    /// `chunkCount`.
    function positions(
        ChunkRun[] calldata runs,
        uint256 chunkCount,
        uint256 listLength
    ) internal pure returns (uint256[] memory list) {
        list = new uint256[](chunkCount);
        uint256 filled = countFor(listLength);
        uint256 written = 0;
        uint256 next = 0;
        for (uint256 i = 0; i < runs.length; i++) {
            uint256 first = runs[i].firstChunk();
            uint256 end = first + runs[i].chunkCount();
            if (end == first) revert IBeaconVerifier.EmptyRun(first);
            if (first < next) revert IBeaconVerifier.IndicesNotRising(next - 1, first);
            if (end > filled) revert IBeaconVerifier.IndexBeyondList((end - 1) * PER_CHUNK, listLength);
            uint256 total = written + end - first;
            if (total > chunkCount) revert IBeaconVerifier.WrongValueCount(chunkCount, total);
            _writeRange(list, written, first, end);
            written = total;
            next = end;
        }
        if (written != chunkCount) revert IBeaconVerifier.WrongValueCount(chunkCount, written);
    }

    /// @dev The balances in `chunks`, less those that would lie past the list's end: only its last chunk has such places,
    /// and it can only be the last of `chunks`.
    function decode(
        bytes32[] memory chunks,
        uint256 lastPosition,
        uint256 listLength
    ) internal pure returns (Gwei[] memory balances) {
        balances = new Gwei[](chunks.length * PER_CHUNK);
        assembly ("memory-safe") {
            let write := add(balances, 0x20)
            let read := add(chunks, 0x20)
            let end := add(read, shl(5, mload(chunks)))
            let bytesMask := 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff
            let pairsMask := 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff
            let halvesMask := 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
            let laneMask := 0xffffffffffffffff
            for {} lt(read, end) {
                read := add(read, 0x20)
            } {
                // From little- to big-endian, all four at once.
                let lanes := mload(read)
                lanes := or(and(shr(8, lanes), bytesMask), shl(8, and(lanes, bytesMask)))
                lanes := or(and(shr(16, lanes), pairsMask), shl(16, and(lanes, pairsMask)))
                lanes := or(and(shr(32, lanes), halvesMask), shl(32, and(lanes, halvesMask)))
                mstore(write, shr(192, lanes))
                mstore(add(write, 0x20), and(shr(128, lanes), laneMask))
                mstore(add(write, 0x40), and(shr(64, lanes), laneMask))
                mstore(add(write, 0x60), and(lanes, laneMask))
                write := add(write, 0x80)
            }
        }
        uint256 end = (lastPosition + 1) * PER_CHUNK;
        if (end > listLength) {
            uint256 length = balances.length + listLength - end;
            assembly ("memory-safe") {
                mstore(balances, length)
            }
        }
    }

    function countFor(uint256 listLength) internal pure returns (uint256) {
        return (listLength + PER_CHUNK - 1) / PER_CHUNK;
    }

    /// @dev Writes first … end − 1 to list[position …]. The caller has checked that they fit.
    function _writeRange(uint256[] memory list, uint256 position, uint256 first, uint256 end) private pure {
        assembly ("memory-safe") {
            let write := add(list, shl(5, add(position, 1)))
            for {} lt(first, end) {
                first := add(first, 1)
            } {
                mstore(write, first)
                write := add(write, 0x20)
            }
        }
    }
}
