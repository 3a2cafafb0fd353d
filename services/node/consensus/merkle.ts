import { concat, getBytes, keccak256, ZeroHash } from "ethers";
import type { Pubkey, Root } from "./types.ts";

/**
 * Merkle root over public-key hashes, in the given order, such that OpenZeppelin's `MerkleProof.verify` accepts its
 * proofs: a leaf is keccak256(48-byte key), an inner node keccak256 of its sorted children, an odd node moves up. Leaves
 * hash 48 bytes and inner nodes 64, so neither passes for the other. No keys: the zero root.
 */
export function pubkeysRoot(pubkeys: readonly Pubkey[]): Root {
  let level: Root[] = pubkeys.map((pubkey) => keccak256(pubkey));
  while (level.length > 1) level = parents(level);
  return level[0] ?? ZeroHash;
}

/** Sibling path of the key at `index`, from the leaf up. */
export function pubkeyProof(pubkeys: readonly Pubkey[], index: number): Root[] {
  const proof: Root[] = [];
  let level: Root[] = pubkeys.map((pubkey) => keccak256(pubkey));
  for (let at = index; level.length > 1; at >>= 1, level = parents(level)) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) proof.push(sibling);
  }
  return proof;
}

function parents(level: readonly Root[]): Root[] {
  const result: Root[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Root;
    const right = level[i + 1];
    if (right === undefined) result.push(left);
    else result.push(keccak256(getBytes(left < right ? concat([left, right]) : concat([right, left]))));
  }
  return result;
}
