// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title PayloadEvidence
/// @notice From Gloas on a beacon block may stay without its execution payload. Its state has taken withdrawals from
/// balances that no block has paid: a report on it would book a loss that is none. So `verifyHeaderRoot`, by which a report
/// binds its block, wants to know of such a block that its payload came. Part of BeaconVerifier.
interface IPayloadEvidence {
    /// @notice Two fields of `latest_execution_payload_bid` in the header's state.
    /// @param parentHash `parent_block_hash`; the beacon chain checks that it is the latest execution block.
    /// @param blockHash `block_hash`, which the proposer states as he likes.
    struct PayloadProof {
        bytes32 parentHash;
        bytes32 blockHash;
        bytes32[] parentSiblings;
        bytes32[] siblings;
    }

    event PayloadShown(bytes32 indexed blockRoot, bytes32 blockHash);

    /// @notice Nobody has shown yet that the payload of this block is part of the execution chain. If it never came, nobody
    /// can: the report waits to be replaced by one on another block.
    error PayloadNotShown(bytes32 blockRoot);

    /// @notice Shows that the payload promised in a block became an execution block. Anyone may, before a report on that
    /// block is proven. Reverts with NotARecentBlock (of RecentBlocks) for a hash that this chain does not have at that
    /// number, and with InvalidProof or WrongSiblingCount for one that the state does not have there. The parent's hash
    /// counts too, *because* a proposer could promise a block that exists already and keep the payload back.
    /// @param header Of the block; it is not compared with the chain here, *because* who binds it compares.
    /// @param executionBlockNumber Of the payload: one of the last 8,191.
    function showPayload(
        IBeaconVerifier.BeaconBlockHeader calldata header,
        PayloadProof calldata proof,
        uint256 executionBlockNumber
    ) external;

    function isPayloadShown(bytes32 blockRoot) external view returns (bool);
}
