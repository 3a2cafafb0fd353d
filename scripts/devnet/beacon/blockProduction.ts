import {
  type CachedBeaconStateElectra,
  DataAvailabilityStatus,
  ExecutionPayloadStatus,
  stateTransition,
  verifyRandaoSignature,
} from "@lodestar/state-transition";
import { type electra, ssz } from "@lodestar/types";
import type { AttestationPool } from "./attestationPool.ts";
import { isValidSignature } from "./attestationValidation.ts";
import type { Chain } from "./chain.ts";
import type { BuiltPayload } from "./enginePayload.ts";
import { Rejection } from "./errors.ts";
import type { OperationPool } from "./operationPool.ts";
import type { PayloadBuilder } from "./payloadBuilder.ts";
import type { ProposerSettings } from "./proposerSettings.ts";
import type { SyncCommitteePool } from "./syncCommitteePool.ts";

export interface BlockProductionModules {
  chain: Chain;
  payloads: PayloadBuilder;
  attestations: AttestationPool;
  syncCommittee: SyncCommitteePool;
  operations: OperationPool;
  proposers: ProposerSettings;
}

export interface BlockRequest {
  slot: number;
  randaoReveal: Uint8Array;
  /** 32 bytes. */
  graffiti: Uint8Array;
  /** Overrides the registered one. */
  feeRecipient?: Uint8Array;
  skipRandaoVerification?: boolean;
}

export interface ProducedBlock {
  block: electra.BeaconBlock;
  blobs: Uint8Array[];
  kzgProofs: Uint8Array[];
  executionPayloadValueWei: bigint;
  /** What the proposer earns for attestations, sync aggregate and slashings. */
  consensusBlockValueWei: bigint;
}

const WEI_PER_GWEI = 1_000_000_000n;
const NO_SIGNATURE = new Uint8Array(96);

/**
 * An unsigned block on the head, ready to be signed by the slot's proposer.
 * @throws Rejection for a slot that has passed or not come, a wrong RANDAO reveal, or an unavailable execution client
 */
export async function produceBlock(modules: BlockProductionModules, request: BlockRequest): Promise<ProducedBlock> {
  const { chain } = modules;
  const { slot } = request;
  const parent = chain.head;
  const latest = chain.slotClock.latestAcceptableSlot();
  if (slot <= parent.slot || slot > latest) {
    throw new Rejection("SLOT_OUT_OF_RANGE", `block for slot ${slot}, head slot ${parent.slot}, now ${latest}`);
  }
  const state = chain.stateAt(slot);
  if (state === undefined) throw new Error("the head's post-state is always kept");
  const proposerIndex = state.epochCtx.getBeaconProposer(slot);
  if (request.skipRandaoVerification !== true) checkRandao(state, proposerIndex, request);

  const feeRecipient = request.feeRecipient ?? modules.proposers.feeRecipient(proposerIndex);
  const payload = await modules.payloads.get(parent, state, feeRecipient);
  const parentRoot = ssz.Root.fromJson(parent.root);
  const body = assembleBody(modules, state, parent.root, request, payload);
  const unfinished = { slot, proposerIndex, parentRoot, stateRoot: new Uint8Array(32), body };
  const postState = applyUnsigned(state, unfinished);
  const { attestations, syncAggregate, slashing } = postState.proposerRewards;
  return {
    // Not a changed or spread `unfinished`: SSZ caches a block's root on the object, and spreading copies that too.
    block: { slot, proposerIndex, parentRoot, stateRoot: postState.hashTreeRoot(), body },
    blobs: payload.blobs,
    kzgProofs: payload.kzgProofs,
    executionPayloadValueWei: payload.blockValueWei,
    consensusBlockValueWei: BigInt(attestations + syncAggregate + slashing) * WEI_PER_GWEI,
  };
}

function checkRandao(state: CachedBeaconStateElectra, proposerIndex: number, request: BlockRequest): void {
  const unsigned = ssz.electra.BeaconBlock.defaultValue();
  unsigned.slot = request.slot;
  unsigned.proposerIndex = proposerIndex;
  unsigned.body.randaoReveal = request.randaoReveal;
  if (!isValidSignature(() => verifyRandaoSignature(state.config, state.epochCtx.pubkeyCache, unsigned))) {
    throw new Rejection("RANDAO_INVALID", `not the reveal of validator ${proposerIndex} for slot ${request.slot}`);
  }
}

function assembleBody(
  { attestations, syncCommittee, operations }: BlockProductionModules,
  state: CachedBeaconStateElectra,
  parentRoot: string,
  { randaoReveal, graffiti }: BlockRequest,
  payload: BuiltPayload,
): electra.BeaconBlockBody {
  return {
    randaoReveal,
    graffiti,
    eth1Data: state.eth1Data.toValue(),
    ...operations.forBlock(state),
    attestations: attestations.forBlock(state),
    deposits: [],
    syncAggregate: syncCommittee.aggregate(state, parentRoot),
    executionPayload: payload.executionPayload,
    blobKzgCommitments: payload.kzgCommitments,
    executionRequests: payload.executionRequests,
  };
}

function applyUnsigned(state: CachedBeaconStateElectra, block: electra.BeaconBlock): CachedBeaconStateElectra {
  const options = {
    executionPayloadStatus: ExecutionPayloadStatus.valid,
    dataAvailabilityStatus: DataAvailabilityStatus.Available,
    // Only for the state root: every signature is verified when the signed block is imported.
    verifyStateRoot: false,
    verifyProposer: false,
    verifySignatures: false,
    dontTransferCache: true,
  };
  return stateTransition(state, { message: block, signature: NO_SIGNATURE }, options) as CachedBeaconStateElectra;
}
