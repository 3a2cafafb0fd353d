// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";

/// @title RecentBlocks
/// @dev Ties a signature to this chain and to the last day. EIP-2935 keeps the last 8,191 hashes, 27 hours of blocks;
/// that the signer's block was final is the signer's own care, *because* no contract can see it.
library RecentBlocks {
    /// @notice The block is not of this chain, or too old.
    error NotARecentBlock(uint256 number, bytes32 hash);

    function requireRecent(uint256 number, bytes32 hash) internal view {
        if (hash == 0 || Blockhash.blockHash(number) != hash) revert NotARecentBlock(number, hash);
    }
}
