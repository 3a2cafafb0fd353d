import { getNode, type Node } from "@chainsafe/persistent-merkle-tree";
import { hexlify } from "ethers";

/** A list's tree of chunks inside a state. */
export interface ListTree {
  /** Root of the state. */
  root: Node;
  /** Of the list, whose left child is the tree of chunks and whose right child the length. */
  gindex: bigint;
  /** Levels of the tree of chunks; nothing for a progressive list (EIP-7916). */
  depth: number | undefined;
  /** Chunks that hold elements. */
  filled: number;
}

/** What the verifier hashes for a proof: it makes up for most of the gas. */
export interface HashingWork {
  /** On levels with several nodes. */
  foldedHashes: number;
  /** On the way of one node, zeros and other trees to both sides. */
  climbedHashes: number;
  wideLevels: number;
}

/** Counted as the contract goes; a tree per list, or per part of a progressive one. */
export function hashingWork(tree: ListTree, positions: number[]): HashingWork {
  const lengthAndField = tree.gindex.toString(2).length;
  const work = { foldedHashes: 0, climbedHashes: lengthAndField, wideLevels: 0 };
  if (tree.depth !== undefined) {
    addWork(work, positions, tree.depth);
    return work;
  }
  const last = positions.at(-1) ?? 0;
  for (let start = 0, size = 1; start <= last; start += size, size *= 4) {
    const inside = positions.filter((position) => position >= start && position < start + size);
    work.climbedHashes++;
    addWork(work, inside, Math.log2(size));
  }
  return work;
}

function addWork(work: HashingWork, leaves: number[], depth: number): void {
  let positions = leaves;
  for (let level = 0; level < depth && positions.length > 0; level++) {
    const isWide = positions.length > 1;
    positions = [...new Set(positions.map((position) => Math.floor(position / 2)))];
    if (isWide) work.wideLevels++;
    if (isWide) work.foldedHashes += positions.length;
    else work.climbedHashes++;
  }
}

/**
 * What BeaconVerifier needs beside the chunks at `positions` (strictly rising, all filled) to reach the state root, in the
 * order it takes them: within a tree lowest level first and left to right; trees of zeros left out; the way from the list
 * to the state root last.
 */
export function listSiblings(tree: ListTree, positions: number[]): string[] {
  const contents = 2n * tree.gindex;
  const inList =
    tree.depth === undefined
      ? progressiveSiblings(tree, contents, positions)
      : treeSiblings(tree.root, contents, positions, tree.depth, tree.filled);
  return [...inList, ...fieldSiblings(tree.root, tree.gindex)];
}

/** Siblings from a node up to the root. */
export function fieldSiblings(root: Node, gindex: bigint): string[] {
  const siblings: string[] = [];
  for (let at = gindex; at > 1n; at >>= 1n) siblings.push(rootAt(root, at ^ 1n));
  return siblings;
}

function treeSiblings(root: Node, treeGindex: bigint, leaves: number[], depth: number, leafCount: number): string[] {
  const siblings: string[] = [];
  let positions = leaves;
  let filled = leafCount;
  for (let level = 0; level < depth; level++) {
    const first = treeGindex << BigInt(depth - level);
    const present = new Set(positions);
    for (const position of positions) {
      const sibling = position % 2 === 0 ? position + 1 : position - 1;
      if (!present.has(sibling) && sibling < filled) siblings.push(rootAt(root, first + BigInt(sibling)));
    }
    positions = [...new Set(positions.map((position) => Math.floor(position / 2)))];
    filled = Math.ceil(filled / 2);
  }
  return siblings;
}

/** Trees of 1, 4, 16, … leaves, from the last that is touched to the first. */
function progressiveSiblings({ root, filled }: ListTree, contents: bigint, positions: number[]): string[] {
  const last = positions.at(-1) ?? 0;
  const trees: { start: number; size: number; spine: bigint }[] = [];
  for (let start = 0, size = 1, spine = contents; start <= last; start += size, size *= 4, spine = 2n * spine + 1n) {
    trees.push({ start, size, spine });
  }
  const siblings: string[] = [];
  for (const [reversed, { start, size, spine }] of trees.reverse().entries()) {
    if (reversed === 0 && filled > start + size) siblings.push(rootAt(root, 2n * spine + 1n));
    const inside = positions.filter((position) => position >= start && position < start + size);
    if (inside.length === 0) {
      siblings.push(rootAt(root, 2n * spine));
      continue;
    }
    const relative = inside.map((position) => position - start);
    siblings.push(...treeSiblings(root, 2n * spine, relative, Math.log2(size), Math.min(filled - start, size)));
  }
  return siblings;
}

function rootAt(root: Node, gindex: bigint): string {
  return hexlify(getNode(root, gindex).root);
}
