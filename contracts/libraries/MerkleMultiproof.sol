// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The siblings of a proof and how far they were used.
/// @param next Calldata offset of the next one.
/// @param start Calldata offset of the first. @param count How many there are.
/// @param zeroHashes Root of a tree of zeros by its depth, 32 bytes each.
struct Siblings {
    uint256 next;
    uint256 start;
    uint256 count;
    bytes zeroHashes;
}

/// @title Roots of binary SHA-256 trees from some of their leaves
/// @notice A tree of depth d whose first `filled` leaves hold elements of a list, the others zeros:
///
///          root                level 2
///        /      \
///       a        b             level 1     filled = 3, leaf 2 is proven: leaf 3 is zero, only `a` is given.
///      / \      / \
///     0   1    2   3           level 0
///
/// @dev Works in place, level by level: a level has at most as many nodes as the one below, so writing never overtakes
/// reading. Siblings beyond the last given one are read as what follows in calldata; `requireAllUsed` must be called
/// at the end. The SHA-256 precompile can fail for want of gas alone: each function looks once, at its end, whether
/// it ever did.
library MerkleMultiproof {
    error WrongSiblingCount(uint256 count, uint256 expected);

    function open(bytes32[] calldata siblings, bytes memory zeroHashes) internal pure returns (Siblings memory opened) {
        uint256 start;
        assembly ("memory-safe") {
            start := siblings.offset
        }
        return Siblings({next: start, start: start, count: siblings.length, zeroHashes: zeroHashes});
    }

    /// @dev One sibling too many or too few would mean that another tree was proven than the caller thinks.
    function requireAllUsed(Siblings memory siblings) internal pure {
        uint256 used = (siblings.next - siblings.start) / 32;
        if (used != siblings.count) revert WrongSiblingCount(siblings.count, used);
    }

    /// @dev The next sibling as it is.
    function take(Siblings memory siblings) internal pure returns (bytes32 sibling) {
        assembly ("memory-safe") {
            let next := mload(siblings)
            sibling := calldataload(next)
            mstore(siblings, add(next, 0x20))
        }
    }

    /// @dev Root of the tree over `nodes[from .. from + count)`, which lie at `positions`, strictly rising and below
    /// `filled`. Both arrays are overwritten.
    function treeRoot(
        Siblings memory siblings,
        uint256[] memory positions,
        bytes32[] memory nodes,
        uint256 from,
        uint256 count,
        uint256 depth,
        uint256 filled
    ) internal view returns (bytes32) {
        uint256 level = 0;
        while (count > 1) {
            count = _foldLevel(siblings, positions, nodes, from, count, level, filled);
            filled = (filled + 1) >> 1;
            level++;
        }
        return _climbList(siblings, nodes[from], positions[from], level, depth, filled);
    }

    /// @dev Goes from the node with this generalized index to the root; every sibling is given.
    function climb(Siblings memory siblings, bytes32 node, uint256 gindex) internal view returns (bytes32 root) {
        assembly ("memory-safe") {
            let next := mload(siblings)
            let side := shl(5, and(gindex, 1))
            let success := 1
            mstore(side, node)
            for {} gt(gindex, 1) {} {
                mstore(xor(side, 0x20), calldataload(next))
                next := add(next, 0x20)
                gindex := shr(1, gindex)
                side := shl(5, and(gindex, 1))
                success := and(success, staticcall(gas(), 0x02, 0x00, 0x40, side, 0x20))
            }
            if iszero(success) {
                revert(0, 0)
            }
            root := mload(side)
            mstore(siblings, next)
        }
    }

    /// @dev Goes from one node at `position` of `level` up to `depth`. `filled` counts the nodes of that level that
    /// cover an element: what lies beyond them is zeros.
    function _climbList(
        Siblings memory siblings,
        bytes32 node,
        uint256 position,
        uint256 level,
        uint256 depth,
        uint256 filled
    ) private view returns (bytes32 root) {
        assembly ("memory-safe") {
            let next := mload(siblings)
            let zeroHashes := add(mload(add(siblings, 0x60)), 0x20)
            let zeroHash := add(zeroHashes, shl(5, level))
            let end := add(zeroHashes, shl(5, depth))
            let side := shl(5, and(position, 1))
            let success := 1
            mstore(side, node)
            // Until one node covers the whole list.
            for {} and(gt(filled, 1), lt(zeroHash, end)) {} {
                // A right child's sibling comes before it, so it always covers an element.
                switch or(side, lt(add(position, 1), filled))
                case 0 {
                    mstore(0x20, mload(zeroHash))
                }
                default {
                    mstore(xor(side, 0x20), calldataload(next))
                    next := add(next, 0x20)
                }
                position := shr(1, position)
                filled := shr(1, add(filled, 1))
                side := shl(5, and(position, 1))
                zeroHash := add(zeroHash, 0x20)
                success := and(success, staticcall(gas(), 0x02, 0x00, 0x40, side, 0x20))
            }
            for {} lt(zeroHash, end) {
                zeroHash := add(zeroHash, 0x20)
            } {
                mstore(0x20, mload(zeroHash))
                success := and(success, staticcall(gas(), 0x02, 0x00, 0x40, 0x00, 0x20))
            }
            if iszero(success) {
                revert(0, 0)
            }
            root := mload(side)
            mstore(siblings, next)
        }
    }

    /// @dev Replaces the nodes of one level by their parents; returns how many these are.
    function _foldLevel(
        Siblings memory siblings,
        uint256[] memory positions,
        bytes32[] memory nodes,
        uint256 from,
        uint256 count,
        uint256 level,
        uint256 filled
    ) private view returns (uint256 parents) {
        assembly ("memory-safe") {
            let next := mload(siblings)
            let zeroHash := mload(add(add(mload(add(siblings, 0x60)), 0x20), shl(5, level)))
            let read := add(positions, shl(5, add(from, 1)))
            let end := add(read, shl(5, count))
            let write := read
            let success := 1
            // From a position to its node.
            let toNode := sub(nodes, positions)
            for {} lt(read, end) {} {
                let position := mload(read)
                let right := add(read, 0x20)
                let input := 0x00
                switch and(and(not(position), 1), and(lt(right, end), eq(mload(right), add(position, 1))))
                case 1 {
                    // Neighbours lie side by side in the array as well.
                    input := add(read, toNode)
                    read := right
                }
                default {
                    let side := shl(5, and(position, 1))
                    mstore(side, mload(add(read, toNode)))
                    switch or(side, lt(add(position, 1), filled))
                    case 0 {
                        mstore(0x20, zeroHash)
                    }
                    default {
                        mstore(xor(side, 0x20), calldataload(next))
                        next := add(next, 0x20)
                    }
                }
                success := and(success, staticcall(gas(), 0x02, input, 0x40, add(write, toNode), 0x20))
                mstore(write, shr(1, position))
                write := add(write, 0x20)
                read := add(read, 0x20)
            }
            if iszero(success) {
                revert(0, 0)
            }
            mstore(siblings, next)
            parents := sub(shr(5, sub(write, positions)), add(from, 1))
        }
    }
}
