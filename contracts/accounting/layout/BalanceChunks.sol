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
            for (next = first; next < end; next++) list[written++] = next;
        }
        if (written != chunkCount) revert IBeaconVerifier.WrongValueCount(chunkCount, written);
    }

    /// @dev The balances in `chunks`, less those that would lie past the list's end: only its last chunk has such places,
    /// and it can only be the last of `chunks`.
    function decode(
        bytes32[] calldata chunks,
        uint256 lastPosition,
        uint256 listLength
    ) internal pure returns (Gwei[] memory balances) {
        uint256 end = (lastPosition + 1) * PER_CHUNK;
        balances = new Gwei[](chunks.length * PER_CHUNK);
        for (uint256 i = 0; i < chunks.length; i++) {
            uint256 lanes = _reverseBytesOfLanes(uint256(chunks[i]));
            assembly ("memory-safe") {
                let at := add(balances, add(0x20, shl(7, i)))
                mstore(at, shr(192, lanes))
                mstore(add(at, 0x20), and(shr(128, lanes), 0xffffffffffffffff))
                mstore(add(at, 0x40), and(shr(64, lanes), 0xffffffffffffffff))
                mstore(add(at, 0x60), and(lanes, 0xffffffffffffffff))
            }
        }
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

    /// @dev Turns each 8-byte integer of a word from little- to big-endian.
    function _reverseBytesOfLanes(uint256 word) private pure returns (uint256) {
        uint256 bytesMask = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        uint256 pairsMask = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        uint256 halvesMask = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        word = ((word >> 8) & bytesMask) | ((word & bytesMask) << 8);
        word = ((word >> 16) & pairsMask) | ((word & pairsMask) << 16);
        return ((word >> 32) & halvesMask) | ((word & halvesMask) << 32);
    }
}
