import { PublicKey, Signature } from "@chainsafe/blst";
import { CryptoError } from "./errors.ts";

/** Sizes in bytes: compressed points, field elements, and the padded field elements of EIP-2537. */
export const G1_BYTES = 48;
export const G2_BYTES = 96;
export const EIP2537_G1_BYTES = 128;
export const EIP2537_G2_BYTES = 256;
const FIELD_BYTES = 48;
const PADDED_FIELD_BYTES = 64;
const INFINITY_FLAG = 0x40;

/** Whether a compressed point claims to be the point at infinity. */
export function isIdentity(compressed: Uint8Array): boolean {
  return ((compressed[0] ?? 0) & INFINITY_FLAG) !== 0;
}

/** Parses a compressed G1 point; refuses infinity, points outside the subgroup and non-canonical bytes. */
export function parseG1(compressed: Uint8Array): PublicKey {
  if (compressed.length !== G1_BYTES) throw new CryptoError("invalid_length", "a compressed G1 point has 48 bytes");
  const point = refuse(() => PublicKey.fromBytes(compressed, true));
  requireCanonical(point.toBytes(), compressed);
  return point;
}

/** Parses a compressed G2 point; refuses infinity, points outside the subgroup and non-canonical bytes. */
export function parseG2(compressed: Uint8Array): Signature {
  if (compressed.length !== G2_BYTES) throw new CryptoError("invalid_length", "a compressed G2 point has 96 bytes");
  const point = refuse(() => Signature.fromBytes(compressed, true, true));
  requireCanonical(point.toBytes(), compressed);
  return point;
}

/** EIP-2537 encoding (128 bytes: x, y padded to 64 bytes each) of a compressed G1 point. */
export function g1ToEip2537(compressed: Uint8Array): Uint8Array {
  return pad(parseG1(compressed).toBytes(false), [0, 1]);
}

/** EIP-2537 encoding (256 bytes: x.c0, x.c1, y.c0, y.c1 padded to 64 bytes each) of a compressed G2 point. */
export function g2ToEip2537(compressed: Uint8Array): Uint8Array {
  // The serialization of IETF/ZCash has c1 before c0.
  return pad(parseG2(compressed).toBytes(false), [1, 0, 3, 2]);
}

/** Compressed form of an EIP-2537 G1 point; strict as {@link parseG1}. */
export function g1FromEip2537(encoded: Uint8Array): Uint8Array {
  const serialized = unpad(encoded, EIP2537_G1_BYTES, [0, 1]);
  const compressed = refuse(() => PublicKey.fromBytes(serialized, true)).toBytes();
  requireCanonical(g1ToEip2537(compressed), encoded);
  return compressed;
}

/** Compressed form of an EIP-2537 G2 point; strict as {@link parseG2}. */
export function g2FromEip2537(encoded: Uint8Array): Uint8Array {
  const serialized = unpad(encoded, EIP2537_G2_BYTES, [1, 0, 3, 2]);
  const compressed = refuse(() => Signature.fromBytes(serialized, true, true)).toBytes();
  requireCanonical(g2ToEip2537(compressed), encoded);
  return compressed;
}

function pad(serialized: Uint8Array, order: readonly number[]): Uint8Array {
  const encoded = new Uint8Array(order.length * PADDED_FIELD_BYTES);
  order.forEach((from, to) => {
    const element = serialized.subarray(from * FIELD_BYTES, (from + 1) * FIELD_BYTES);
    encoded.set(element, (to + 1) * PADDED_FIELD_BYTES - FIELD_BYTES);
  });
  return encoded;
}

function unpad(encoded: Uint8Array, length: number, order: readonly number[]): Uint8Array {
  if (encoded.length !== length) throw new CryptoError("invalid_length", `an EIP-2537 point has ${length} bytes here`);
  const serialized = new Uint8Array(order.length * FIELD_BYTES);
  order.forEach((to, from) => {
    const end = (from + 1) * PADDED_FIELD_BYTES;
    serialized.set(encoded.subarray(end - FIELD_BYTES, end), to * FIELD_BYTES);
  });
  return serialized;
}

function requireCanonical(expected: Uint8Array, given: Uint8Array): void {
  if (Buffer.compare(expected, given) !== 0) throw new CryptoError("invalid_point", "point is not encoded canonically");
}

function refuse<T>(parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new CryptoError("invalid_point", "not a point of the subgroup, or the identity");
  }
}
