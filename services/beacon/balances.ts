import { dataSlice } from "ethers";
import type { AnchoredValidator } from "./fetchValidatorProof.ts";

const BALANCES_PER_CHUNK = 4n;
const BYTES = 8;

/** The balance that the proof shows: a little-endian number of 64 bits in the validator's chunk. */
export function balanceGwei({ proof, balances }: Pick<AnchoredValidator, "proof" | "balances">): bigint {
  const offset = Number(proof.validatorIndex % BALANCES_PER_CHUNK) * BYTES;
  const bytes = Buffer.from(dataSlice(balances.chunks[0] ?? "0x", offset, offset + BYTES).slice(2), "hex");
  return bytes.readBigUInt64LE();
}
