// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Neighbouring chunks of a list, in one word: number of the first in the lower 40 bits, how many above them.
/// @dev Because 100 validators made together lie in 25 neighbouring chunks: one word instead of 25.
type ChunkRun is uint64;

using {firstChunk, chunkCount} for ChunkRun global;

function firstChunk(ChunkRun run) pure returns (uint256) {
    return uint40(ChunkRun.unwrap(run));
}

function chunkCount(ChunkRun run) pure returns (uint256) {
    return ChunkRun.unwrap(run) >> 40;
}
