// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleMultiproof, Siblings} from "../../libraries/MerkleMultiproof.sol";
import {SSZ} from "../../libraries/SSZ.sol";
import {ListPlace} from "./Layout.sol";

/// @notice Some nodes of a list's tree.
/// @param positions Strictly rising, below `filled`. @param nodes What lies there. Both are overwritten.
/// @param filled Nodes that hold elements. @param length Elements of the list.
struct ListNodes {
    uint256[] positions;
    bytes32[] nodes;
    uint256 filled;
    uint64 length;
}

/// @title Root of a beacon state from some elements of one of its lists
library StateTree {
    using MerkleMultiproof for Siblings;

    /// @dev State root that a list's nodes lead to. The list's length is the right half of its root: whoever gives another
    /// one, and with it another idea of which siblings are zeros, gets another root.
    function rootOfList(
        ListNodes memory list,
        ListPlace memory place,
        Siblings memory siblings
    ) internal view returns (bytes32) {
        bytes32 contents =
            place.progressive
                ? _progressiveRoot(list, siblings)
                : siblings.treeRoot(list.positions, list.nodes, 0, list.nodes.length, place.depth, list.filled);
        return rootOfField(SSZ.hash(contents, SSZ.toChunk(list.length)), place.gindex, siblings);
    }

    /// @dev State root that a field's root leads to; all siblings on that way are given.
    function rootOfField(
        bytes32 field,
        uint256 gindex,
        Siblings memory siblings
    ) internal view returns (bytes32 stateRoot) {
        stateRoot = siblings.climb(field, gindex);
        siblings.requireAllUsed();
    }

    /// @dev EIP-7916: trees of 1, 4, 16, … leaves, chained from the first to the last:
    ///
    ///     root = hash(tree 0, hash(tree 1, hash(tree 2, … hash(tree k, 0))))
    ///
    /// Walks from the last tree with a proven node to the first. What comes after it is one sibling, or zero.
    function _progressiveRoot(ListNodes memory list, Siblings memory siblings) private view returns (bytes32 root) {
        uint256 end = list.nodes.length;
        uint256 start = 0;
        uint256 tree = 0;
        while (start + (1 << (2 * tree)) <= list.positions[end - 1]) {
            start += 1 << (2 * tree);
            tree++;
        }
        if (list.filled > start + (1 << (2 * tree))) root = siblings.take();
        while (true) {
            (bytes32 treeRoot, uint256 from) = _subtreeRoot(list, siblings, start, tree, end);
            root = SSZ.hash(treeRoot, root);
            if (tree == 0) return root;
            end = from;
            tree--;
            start -= 1 << (2 * tree);
        }
    }

    /// @dev Root of the tree that starts at list position `start`, with the proven nodes before `end` that lie in it.
    function _subtreeRoot(
        ListNodes memory list,
        Siblings memory siblings,
        uint256 start,
        uint256 tree,
        uint256 end
    ) private view returns (bytes32 root, uint256 from) {
        from = end;
        while (from > 0 && list.positions[from - 1] >= start) {
            from--;
            list.positions[from] -= start;
        }
        if (from == end) return (siblings.take(), from);
        uint256 filled = list.filled - start;
        root = siblings.treeRoot(list.positions, list.nodes, from, end - from, 2 * tree, filled);
    }
}
