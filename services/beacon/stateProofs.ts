import { getNode } from "@chainsafe/persistent-merkle-tree";
import { ListBasicType, ListCompositeType } from "@chainsafe/ssz";
import { type phase0, ssz } from "@lodestar/types";
import { hexlify } from "ethers";
import { BeaconProofError } from "./errors.ts";
import { fieldSiblings, type HashingWork, hashingWork, type ListTree, listSiblings } from "./siblings.ts";
import type {
  Anchor,
  BalancesProof,
  BeaconBlockHeader,
  BeaconValidator,
  EarliestExitEpochProof,
  PayloadProof,
  PendingDepositProof,
  ValidatorProof,
  ValidatorsProof,
} from "./types.ts";

export interface StateInput {
  /** Fork of the state; the contract knows the layouts of these three. */
  fork: string;
  /** SSZ of the block's post-state. */
  state: Uint8Array;
  /** Header of the block, with the root of that state. */
  header: phase0.BeaconBlockHeader;
}

/** Proves values of one beacon state, in the form that BeaconVerifier takes. Every method throws BeaconProofError. */
export interface StateProofs {
  readonly fork: string;
  readonly slot: number;
  readonly validatorCount: number;
  readonly pendingDepositCount: number;
  /** @param timestamp Unix seconds of the next block */
  anchor(timestamp: bigint): Anchor;
  validator(index: number): ValidatorProof;
  /** @param indices in any order, each once */
  validators(indices: number[]): ValidatorsProof;
  /** Balances of all these validators and of those that share a chunk with one. */
  balances(validatorIndices: number[]): BalancesProof;
  /** What the contract will hash for `balances` of these. */
  balancesWork(validatorIndices: number[]): HashingWork;
  pendingDeposit(index: number): PendingDepositProof;
  /** Place of the first entry of `pending_deposits` for the key (48 bytes, hex) with that amount. */
  findPendingDeposit(pubkey: string, amountGwei: bigint): number | undefined;
  earliestExitEpoch(): EarliestExitEpochProof;
  /** That the block of a Gloas state promises this payload: for `showPayload`. */
  payload(): PayloadProof;
}

const BALANCES_PER_CHUNK = 4;
const RUN_COUNT_SHIFT = 40n;
const FAR_FUTURE_EPOCH = 2n ** 64n - 1n;

/** @throws BeaconProofError UNSUPPORTED_FORK, INVALID_STATE, STATE_ROOT_MISMATCH */
export function openState({ fork, state: bytes, header }: StateInput): StateProofs {
  const type = stateTypeOf(fork);
  const state = parseState(type, bytes);
  requireSameRoot(header.stateRoot, state.hashTreeRoot());
  const root = state.node;

  const treeOf = (field: "validators" | "balances" | "pendingDeposits", filled: number): ListTree => {
    const fieldType: unknown = type.fields[field];
    const limited = fieldType instanceof ListCompositeType || fieldType instanceof ListBasicType;
    const { gindex } = type.getPathInfo([field]);
    return { root, gindex, depth: limited ? fieldType.chunkDepth : undefined, filled };
  };
  const requireElements = (indices: number[], length: number) => {
    for (const index of indices) {
      if (!Number.isSafeInteger(index) || index < 0 || index >= length) {
        throw new BeaconProofError({ code: "INDEX_NOT_IN_STATE", index: String(index), length });
      }
    }
  };
  const validatorAt = (index: number) => validatorFields(state.validators.getReadonly(index).toValue());
  const validatorTree = () => treeOf("validators", state.validators.length);
  const balanceTree = () => treeOf("balances", Math.ceil(state.balances.length / BALANCES_PER_CHUNK));

  return {
    fork,
    slot: header.slot,
    validatorCount: state.validators.length,
    pendingDepositCount: state.pendingDeposits.length,
    anchor: (timestamp) => ({ timestamp, header: headerFields(header) }),
    validator(index) {
      requireElements([index], state.validators.length);
      return {
        validatorIndex: BigInt(index),
        listLength: BigInt(state.validators.length),
        validator: validatorAt(index),
        siblings: listSiblings(validatorTree(), [index]),
      };
    },
    validators(indices) {
      requireElements(indices, state.validators.length);
      const rising = sortedUnique(indices);
      return {
        listLength: BigInt(state.validators.length),
        validatorIndices: rising.map(BigInt),
        validators: rising.map(validatorAt),
        siblings: listSiblings(validatorTree(), rising),
      };
    },
    balances(validatorIndices) {
      requireElements(validatorIndices, state.balances.length);
      const positions = chunksOf(validatorIndices);
      const tree = balanceTree();
      const chunkGindex = (position: number) => type.getPathInfo(["balances", position * BALANCES_PER_CHUNK]).gindex;
      return {
        listLength: BigInt(state.balances.length),
        runs: runsOf(positions),
        chunks: positions.map((position) => hexlify(getNode(root, chunkGindex(position)).root)),
        siblings: listSiblings(tree, positions),
      };
    },
    balancesWork(validatorIndices) {
      requireElements(validatorIndices, state.balances.length);
      return hashingWork(balanceTree(), chunksOf(validatorIndices));
    },
    pendingDeposit(index) {
      requireElements([index], state.pendingDeposits.length);
      const { pubkey, withdrawalCredentials, amount, signature, slot } = state.pendingDeposits
        .getReadonly(index)
        .toValue();
      return {
        depositIndex: BigInt(index),
        listLength: BigInt(state.pendingDeposits.length),
        deposit: {
          pubkeyRoot: hexlify(ssz.BLSPubkey.hashTreeRoot(pubkey)),
          withdrawalCredentials: hexlify(withdrawalCredentials),
          amountGwei: BigInt(amount),
          signatureRoot: hexlify(ssz.BLSSignature.hashTreeRoot(signature)),
          slot: BigInt(slot),
        },
        siblings: listSiblings(treeOf("pendingDeposits", state.pendingDeposits.length), [index]),
      };
    },
    findPendingDeposit(pubkey, amountGwei) {
      for (let index = 0; index < state.pendingDeposits.length; index++) {
        const entry = state.pendingDeposits.getReadonly(index);
        if (BigInt(entry.amount) === amountGwei && hexlify(entry.pubkey) === pubkey) return index;
      }
      return undefined;
    },
    earliestExitEpoch() {
      const { gindex } = type.getPathInfo(["earliestExitEpoch"]);
      return { earliestExitEpoch: BigInt(state.earliestExitEpoch), siblings: fieldSiblings(root, gindex) };
    },
    payload() {
      if (fork !== "gloas") throw new BeaconProofError({ code: "UNSUPPORTED_FORK", fork });
      const [hash, parent] = ["blockHash", "parentBlockHash"].map(
        (field) => ssz.gloas.BeaconState.getPathInfo(["latestExecutionPayloadBid", field]).gindex,
      ) as [bigint, bigint];
      return {
        parentHash: hexlify(getNode(root, parent).root),
        blockHash: hexlify(getNode(root, hash).root),
        parentSiblings: fieldSiblings(root, parent),
        siblings: fieldSiblings(root, hash),
      };
    },
  };
}

type ElectraState = typeof ssz.electra.BeaconState;

const STATE_TYPES = new Map<string, unknown>([
  ["electra", ssz.electra.BeaconState],
  ["fulu", ssz.fulu.BeaconState],
  ["gloas", ssz.gloas.BeaconState],
]);

function stateTypeOf(fork: string): ElectraState {
  const type = STATE_TYPES.get(fork);
  if (type === undefined) throw new BeaconProofError({ code: "UNSUPPORTED_FORK", fork });
  // All that is read here has the same names and element types in all three; where it lies is asked of the type.
  return type as ElectraState;
}

function parseState(type: ElectraState, bytes: Uint8Array) {
  try {
    return type.deserializeToViewDU(bytes);
  } catch (cause) {
    throw new BeaconProofError({ code: "INVALID_STATE", reason: "not SSZ of that fork" }, { cause });
  }
}

function requireSameRoot(expected: Uint8Array, actual: Uint8Array): void {
  if (Buffer.compare(expected, actual) === 0) return;
  throw new BeaconProofError({ code: "STATE_ROOT_MISMATCH", expected: hexlify(expected), actual: hexlify(actual) });
}

/** Chunks of the balances of these validators. */
function chunksOf(validatorIndices: number[]): number[] {
  return sortedUnique(validatorIndices.map((index) => Math.floor(index / BALANCES_PER_CHUNK)));
}

function sortedUnique(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function runsOf(positions: number[]): bigint[] {
  const runs: { first: number; count: number }[] = [];
  for (const position of positions) {
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.count === position) last.count++;
    else runs.push({ first: position, count: 1 });
  }
  return runs.map(({ first, count }) => BigInt(first) | (BigInt(count) << RUN_COUNT_SHIFT));
}

function headerFields(header: phase0.BeaconBlockHeader): BeaconBlockHeader {
  return {
    slot: BigInt(header.slot),
    proposerIndex: BigInt(header.proposerIndex),
    parentRoot: hexlify(header.parentRoot),
    stateRoot: hexlify(header.stateRoot),
    bodyRoot: hexlify(header.bodyRoot),
  };
}

function validatorFields(validator: phase0.Validator): BeaconValidator {
  return {
    pubkeyRoot: hexlify(ssz.BLSPubkey.hashTreeRoot(validator.pubkey)),
    withdrawalCredentials: hexlify(validator.withdrawalCredentials),
    effectiveBalanceGwei: BigInt(validator.effectiveBalance),
    slashed: validator.slashed,
    activationEligibilityEpoch: epoch(validator.activationEligibilityEpoch),
    activationEpoch: epoch(validator.activationEpoch),
    exitEpoch: epoch(validator.exitEpoch),
    withdrawableEpoch: epoch(validator.withdrawableEpoch),
  };
}

/** Lodestar reads FAR_FUTURE_EPOCH as Infinity. */
function epoch(value: number): bigint {
  return value === Number.POSITIVE_INFINITY ? FAR_FUTURE_EPOCH : BigInt(value);
}
