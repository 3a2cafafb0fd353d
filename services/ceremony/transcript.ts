import { AbiCoder, getBytes, hexlify, keccak256 } from "ethers";
import { g1ToEip2537 } from "../crypto/points.ts";
import { type CeremonyContext, hashContext } from "./context.ts";
import type { GroupKeys } from "./groupKeys.ts";
import { hashPayload, type MessageOf } from "./messages.ts";

/** Hash of the seven opens in seat order, which every deal of the attempt names. Hex. */
export function hashOpens(opens: readonly MessageOf<"open">[]): string {
  return hexlify(keccak(opens.map(hashPayload)));
}

/** Hash of the context, the attempt, and all opens and deals in seat order. Hex. */
export function hashTranscript(
  context: CeremonyContext,
  attempt: number,
  opens: readonly MessageOf<"open">[],
  deals: readonly MessageOf<"deal">[],
): string {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["string", "bytes32", "uint256", "bytes32[]", "bytes32[]"],
    ["septet/transcript/v1", hashContext(context), attempt, opens.map(hashPayload), deals.map(hashPayload)],
  );
  return keccak256(encoded);
}

/** The points of a key as the contract reads them, 1024 bytes: group key, then share keys of seats 1..7, EIP-2537. */
export function encodePoints({ groupKey, shareKeys }: GroupKeys): Uint8Array {
  return Buffer.concat([groupKey, ...shareKeys].map(g1ToEip2537));
}

/** keccak256 over the keccak256 of each key's points. Hex. */
export function hashKeys(keys: readonly GroupKeys[]): string {
  return hexlify(keccak(keys.map((key) => getBytes(keccak256(encodePoints(key))))));
}

/** For each key the encrypted shares of seats 1..7, 336 bytes. */
export function encodeEncryptedShares(results: readonly MessageOf<"result">[], keyCount: number): Uint8Array[] {
  return Array.from({ length: keyCount }, (_, key) =>
    Buffer.concat(results.map(({ payload }) => getBytes(payload.encryptedShares[key] ?? "0x"))),
  );
}

/** keccak256 over the keccak256 of each key's encrypted shares. Hex. */
export function hashEncryptedShares(results: readonly MessageOf<"result">[], keyCount: number): string {
  const fields = encodeEncryptedShares(results, keyCount);
  return hexlify(keccak(fields.map((field) => getBytes(keccak256(field)))));
}

const keccak = (hashes: readonly Uint8Array[]): Uint8Array => getBytes(keccak256(Buffer.concat(hashes)));
