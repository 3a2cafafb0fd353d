import { createProof, type Node, ProofType, type SingleProof } from "@chainsafe/persistent-merkle-tree";
import { type phase0, ssz } from "@lodestar/types";
import { hexlify } from "ethers";
import { BeaconProofError } from "./errors.ts";

/** Argument of BeaconVerifier: a validator in the state of one block, with the 50 siblings up to the block root. */
export interface ValidatorProof {
  /** Unix seconds of the *next* block, whose execution payload made this block's root readable (EIP-4788). */
  timestamp: bigint;
  slot: bigint;
  proposerIndex: bigint;
  validatorIndex: bigint;
  validator: {
    pubkey: string;
    withdrawalCredentials: string;
    effectiveBalanceGwei: bigint;
    slashed: boolean;
    activationEligibilityEpoch: bigint;
    activationEpoch: bigint;
    exitEpoch: bigint;
    withdrawableEpoch: bigint;
  };
  branch: string[];
}

export interface ValidatorProofInput {
  /** Fork of the state; the contract knows the layout of these two. */
  fork: string;
  /** SSZ of the block's post-state. */
  state: Uint8Array;
  /** Header of the block, with the root of that state. */
  header: phase0.BeaconBlockHeader;
  validatorIndex: number;
  timestamp: bigint;
}

const FAR_FUTURE_EPOCH = 2n ** 64n - 1n;

/**
 * Proves a validator from a beacon state, in the form that BeaconVerifier takes.
 *
 * @throws BeaconProofError
 */
export function buildValidatorProof(input: ValidatorProofInput): ValidatorProof {
  const { fork, header, validatorIndex } = input;
  const stateType = stateTypeOf(fork);
  const state = parseState(stateType, input.state);
  requireSameRoot(header.stateRoot, state.hashTreeRoot());
  if (!Number.isSafeInteger(validatorIndex) || validatorIndex < 0 || validatorIndex >= state.validators.length) {
    throw new BeaconProofError({ code: "UNKNOWN_VALIDATOR", validator: String(validatorIndex) });
  }

  const validatorGindex = stateType.getPathInfo(["validators", validatorIndex]).gindex;
  const headerView = ssz.phase0.BeaconBlockHeader.toView(header);
  const stateRootGindex = ssz.phase0.BeaconBlockHeader.getPathInfo(["stateRoot"]).gindex;
  const branch = [...witnesses(state.node, validatorGindex), ...witnesses(headerView.node, stateRootGindex)];
  return {
    timestamp: input.timestamp,
    slot: BigInt(header.slot),
    proposerIndex: BigInt(header.proposerIndex),
    validatorIndex: BigInt(validatorIndex),
    validator: validatorFields(state.validators.getReadonly(validatorIndex).toValue()),
    branch: branch.map((sibling) => hexlify(sibling)),
  };
}

/** Siblings from a node up to the root, lowest first. */
function witnesses(root: Node, gindex: bigint): Uint8Array[] {
  return (createProof(root, { type: ProofType.single, gindex }) as SingleProof).witnesses;
}

const STATE_TYPES = new Map<string, typeof ssz.electra.BeaconState | typeof ssz.fulu.BeaconState>([
  ["electra", ssz.electra.BeaconState],
  ["fulu", ssz.fulu.BeaconState],
]);

function stateTypeOf(fork: string): typeof ssz.electra.BeaconState {
  const type = STATE_TYPES.get(fork);
  if (type === undefined) throw new BeaconProofError({ code: "UNSUPPORTED_FORK", fork });
  // Fulu adds one field at the end; all that is read here is common to both.
  return type as typeof ssz.electra.BeaconState;
}

function parseState(type: typeof ssz.electra.BeaconState, bytes: Uint8Array) {
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

function validatorFields(validator: phase0.Validator): ValidatorProof["validator"] {
  return {
    pubkey: hexlify(validator.pubkey),
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
