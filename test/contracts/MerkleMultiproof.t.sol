// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleMultiproof, Siblings} from "../../contracts/libraries/MerkleMultiproof.sol";
import {Test} from "./support/Test.sol";

/// @dev Against a whole tree of sixteen leaves, hashed by the book.
contract MerkleMultiproofTest is Test {
    using MerkleMultiproof for Siblings;

    uint256 private constant DEPTH = 4;
    uint256 private constant WIDTH = 1 << DEPTH;

    struct Proof {
        uint256[] positions;
        bytes32[] nodes;
        bytes32[] siblings;
    }

    function testFuzz_anySubsetLeadsToTheRoot(bytes32 seed, uint16 chosen, uint8 filling) external view {
        (bytes32[] memory tree, uint256 filled) = _tree(seed, filling);
        Proof memory proof = _proof(tree, filled, chosen);
        check(this.rootOf(proof.positions, proof.nodes, proof.siblings, filled) == tree[1], "root of the whole tree");
    }

    function testFuzz_anySingleBitFlippedLeadsElsewhere(
        bytes32 seed,
        uint16 chosen,
        uint8 filling,
        uint16 flipped
    ) external view {
        (bytes32[] memory tree, uint256 filled) = _tree(seed, filling);
        Proof memory proof = _proof(tree, filled, chosen);
        bytes32 mask = bytes32(uint256(1) << (flipped % 256));
        uint256 place = (flipped >> 8) % (proof.nodes.length + proof.siblings.length);
        if (place < proof.nodes.length) proof.nodes[place] ^= mask;
        else proof.siblings[place - proof.nodes.length] ^= mask;
        check(this.rootOf(proof.positions, proof.nodes, proof.siblings, filled) != tree[1], "another root");
    }

    function testFuzz_oneSiblingMoreOrLessIsRefused(bytes32 seed, uint16 chosen, uint8 filling, bool more) external {
        (bytes32[] memory tree, uint256 filled) = _tree(seed, filling);
        Proof memory proof = _proof(tree, filled, chosen);
        uint256 needed = proof.siblings.length;
        vm.assume(more || needed > 0);
        bytes32[] memory siblings = new bytes32[](more ? needed + 1 : needed - 1);
        for (uint256 i = 0; i < siblings.length && i < needed; i++) siblings[i] = proof.siblings[i];
        vm.expectPartialRevert(MerkleMultiproof.WrongSiblingCount.selector);
        this.rootOf(proof.positions, proof.nodes, siblings, filled);
    }

    function testFuzz_aNodeClimbsToTheRootByItsGeneralizedIndex(bytes32 seed, uint8 place) external view {
        (bytes32[] memory tree, ) = _tree(seed, 255);
        uint256 gindex = bound(place, 1, 2 * WIDTH - 1);
        uint256 depth = 0;
        while (gindex >> (depth + 1) > 0) depth++;
        bytes32[] memory siblings = new bytes32[](depth);
        for (uint256 i = 0; i < depth; i++) siblings[i] = tree[(gindex >> i) ^ 1];
        check(this.climb(tree[gindex], gindex, siblings) == tree[1], "root of the whole tree");
    }

    function rootOf(
        uint256[] memory positions,
        bytes32[] memory nodes,
        bytes32[] calldata siblings,
        uint256 filled
    ) external view returns (bytes32 root) {
        Siblings memory opened = MerkleMultiproof.open(siblings, _zeroHashes());
        root = opened.treeRoot(positions, nodes, 0, nodes.length, DEPTH, filled);
        opened.requireAllUsed();
    }

    function climb(bytes32 node, uint256 gindex, bytes32[] calldata siblings) external view returns (bytes32 root) {
        Siblings memory opened = MerkleMultiproof.open(siblings, "");
        root = opened.climb(node, gindex);
        opened.requireAllUsed();
    }

    /// @dev Nodes by generalized index; the first `filled` leaves are not zero.
    function _tree(bytes32 seed, uint8 filling) private pure returns (bytes32[] memory tree, uint256 filled) {
        filled = bound(filling, 1, WIDTH);
        tree = new bytes32[](2 * WIDTH);
        for (uint256 i = 0; i < filled; i++) tree[WIDTH + i] = keccak256(abi.encode(seed, i));
        for (uint256 i = WIDTH - 1; i > 0; i--) tree[i] = sha256(abi.encode(tree[2 * i], tree[2 * i + 1]));
    }

    /// @dev Of the filled leaves whose bit is set in `chosen`, or of the last when none is.
    function _proof(bytes32[] memory tree, uint256 filled, uint16 chosen) private pure returns (Proof memory proof) {
        uint256 count = 0;
        bool[] memory known = new bool[](2 * WIDTH);
        if (chosen & ((uint256(1) << filled) - 1) == 0) chosen = uint16(1 << (filled - 1));
        for (uint256 i = 0; i < filled; i++) {
            if ((chosen >> i) & 1 == 0) continue;
            known[WIDTH + i] = true;
            count++;
        }
        proof.positions = new uint256[](count);
        proof.nodes = new bytes32[](count);
        uint256 written = 0;
        for (uint256 i = 0; i < filled; i++) {
            if (!known[WIDTH + i]) continue;
            proof.positions[written] = i;
            proof.nodes[written++] = tree[WIDTH + i];
        }
        proof.siblings = _siblings(tree, known, filled);
    }

    function _siblings(
        bytes32[] memory tree,
        bool[] memory known,
        uint256 filled
    ) private pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](2 * WIDTH);
        uint256 count = 0;
        for (uint256 level = 0; level < DEPTH; level++) {
            uint256 first = WIDTH >> level;
            for (uint256 gindex = first; gindex < 2 * first; gindex++) {
                if (!known[gindex]) continue;
                known[gindex >> 1] = true;
                uint256 firstLeaf = ((gindex ^ 1) - first) << level;
                if (!known[gindex ^ 1] && firstLeaf < filled) siblings[count++] = tree[gindex ^ 1];
            }
        }
        assembly ("memory-safe") {
            mstore(siblings, count)
        }
    }

    function _zeroHashes() private pure returns (bytes memory hashes) {
        bytes32 zero = 0;
        for (uint256 depth = 0; depth < DEPTH; depth++) {
            hashes = bytes.concat(hashes, zero);
            zero = sha256(abi.encode(zero, zero));
        }
    }
}
