import { getBytes } from "ethers";
import type { HashingWork } from "./siblings.ts";
import type { StateProofs } from "./stateProofs.ts";
import type { BalancesProof } from "./types.ts";

/** Gas of BeaconVerifier.verifyBalances as a linear function of what it does. */
interface GasModel {
  base: number;
  perFoldedHash: number;
  perClimbedHash: number;
  perWideLevel: number;
  perChunk: number;
  perRun: number;
}

/** Fitted to measured calls (within 4 and 10 percent); test/contracts/proofs/plan.test.ts compares whole transactions. */
const FLAT_LISTS: GasModel = {
  ...{ base: 5_900, perFoldedHash: 529, perClimbedHash: 330, perWideLevel: 337, perChunk: 272, perRun: 968 },
};
const PROGRESSIVE_LISTS: GasModel = {
  ...{ base: 2_943, perFoldedHash: 508, perClimbedHash: 772, perWideLevel: 513, perChunk: 711, perRun: 1_028 },
};

export interface PlanOptions {
  /** Most gas of one transaction. */
  gasLimit: number;
  /** Most bytes of calldata; nodes pass on 128 KiB. */
  maxCalldataBytes?: number;
  /** Calldata of the transaction that carries a proof. */
  encode(proof: BalancesProof): string;
  /** What the called contract does beside asking the verifier; nothing by default. */
  callerGas?(proof: BalancesProof, validatorIndices: number[]): number;
}

export interface BalanceBatch {
  /** Those asked for, rising. */
  validatorIndices: number[];
  proof: BalancesProof;
  data: string;
  /** Of the whole transaction. */
  predictedGas: number;
}

/** A validator's proof alone exceeds the limits. */
export class PlanError extends Error {
  constructor(validatorIndex: number, predictedGas: number) {
    super(`plan balance proofs: validator ${validatorIndex} alone takes ${predictedGas} gas`);
    this.name = "PlanError";
  }
}

const TRANSACTION_GAS = 21_000;
const ZERO_BYTE_GAS = 4;
const OTHER_BYTE_GAS = 16;
/** EIP-7623: what calldata costs at least. */
const ZERO_BYTE_FLOOR = 10;
const OTHER_BYTE_FLOOR = 40;
const MAX_CALLDATA_BYTES = 120_000;

/**
 * Splits the proof of many balances into transactions, each as large as the limits allow, in the order of the indices:
 * neighbours share most of their siblings.
 *
 * @throws PlanError
 */
export function planBalances(proofs: StateProofs, validatorIndices: number[], options: PlanOptions): BalanceBatch[] {
  const rising = [...new Set(validatorIndices)].sort((a, b) => a - b);
  const batches: BalanceBatch[] = [];
  for (let from = 0; from < rising.length; ) {
    const batch = largestBatch(proofs, rising.slice(from), options);
    batches.push(batch);
    from += batch.validatorIndices.length;
  }
  return batches;
}

/** Gas of a transaction with this calldata, of which the call itself takes `executionGas`. */
export function transactionGas(data: string, executionGas: number): number {
  const bytes = getBytes(data);
  const zeros = bytes.filter((byte) => byte === 0).length;
  const others = bytes.length - zeros;
  const standard = ZERO_BYTE_GAS * zeros + OTHER_BYTE_GAS * others + executionGas;
  return TRANSACTION_GAS + Math.max(standard, ZERO_BYTE_FLOOR * zeros + OTHER_BYTE_FLOOR * others);
}

/** Doubles the batch until it is too large, then halves the step: a proof is built for a few sizes only. */
function largestBatch(proofs: StateProofs, rising: number[], options: PlanOptions): BalanceBatch {
  const { gasLimit, maxCalldataBytes = MAX_CALLDATA_BYTES } = options;
  const tryFirst = (count: number) => batchOf(proofs, rising.slice(0, count), options);
  const fits = ({ predictedGas, data }: BalanceBatch) =>
    predictedGas <= gasLimit && (data.length - 2) / 2 <= maxCalldataBytes;
  let best = tryFirst(1);
  if (!fits(best)) throw new PlanError(rising[0] ?? 0, best.predictedGas);
  let step = 1;
  for (let grows = true; step >= 1; step = grows ? step * 2 : Math.floor(step / 2)) {
    const count = Math.min(best.validatorIndices.length + step, rising.length);
    if (count === best.validatorIndices.length) return best;
    const larger = tryFirst(count);
    if (fits(larger)) best = larger;
    else grows = false;
  }
  return best;
}

function batchOf(proofs: StateProofs, validatorIndices: number[], options: PlanOptions): BalanceBatch {
  const proof = proofs.balances(validatorIndices);
  const data = options.encode(proof);
  const work = proofs.balancesWork(validatorIndices);
  const model = proofs.fork === "gloas" ? PROGRESSIVE_LISTS : FLAT_LISTS;
  const execution = verifierGas(model, work, proof) + (options.callerGas?.(proof, validatorIndices) ?? 0);
  return { validatorIndices, proof, data, predictedGas: transactionGas(data, execution) };
}

function verifierGas(model: GasModel, work: HashingWork, { chunks, runs }: BalancesProof): number {
  return (
    model.base +
    model.perFoldedHash * work.foldedHashes +
    model.perClimbedHash * work.climbedHashes +
    model.perWideLevel * work.wideLevels +
    model.perChunk * chunks.length +
    model.perRun * runs.length
  );
}
