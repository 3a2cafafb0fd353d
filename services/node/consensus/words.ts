import { getBytes } from "ethers";

/**
 * `abi.encode` of static values: each an unsigned integer or 32 bytes in hex. For them the ABI is plain concatenation,
 * and this is many times faster than a general encoder.
 */
export function encodeWords(values: readonly (number | string)[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 32);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (typeof value === "number") view.setBigUint64(i * 32 + 24, BigInt(value));
    else bytes.set(getBytes(value), i * 32);
  });
  return bytes;
}
