import { keccak256 } from "ethers";

/**
 * Whether a header's 2,048-bit log bloom may hold `value` (an address or topic, hex). Never false for a value that is
 * in it. Yellow paper §4.3.1: three bits, each the low 11 bits of one of the first three byte pairs of the hash.
 */
export function bloomMayContain(logsBloom: string, value: string): boolean {
  const hash = keccak256(value);
  return [2, 6, 10].every((offset) => {
    const bit = Number.parseInt(hash.slice(offset, offset + 4), 16) & 0x7ff;
    const nibble = Number.parseInt(logsBloom.charAt(logsBloom.length - 1 - (bit >> 2)), 16);
    return ((nibble >> (bit & 3)) & 1) === 1;
  });
}
