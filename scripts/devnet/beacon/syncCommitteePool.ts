import { aggregateSignatures, Signature } from "@chainsafe/blst";
import { BitArray } from "@chainsafe/ssz";
import { DOMAIN_SYNC_COMMITTEE, SYNC_COMMITTEE_SIZE } from "@lodestar/params";
import {
  type CachedBeaconStateElectra,
  computeSigningRoot,
  createIndexedSignatureSetFromComponents,
  G2_POINT_AT_INFINITY,
  verifySignatureSet,
} from "@lodestar/state-transition";
import { type altair, ssz } from "@lodestar/types";
import { toRootHex } from "@lodestar/utils";
import { isValidSignature } from "./attestationValidation.ts";
import type { Chain } from "./chain.ts";
import { Rejection } from "./errors.ts";

const SLOTS_KEPT = 4;

export function syncMessageSigningRoot(chain: Chain, slot: number, beaconBlockRoot: Uint8Array): Uint8Array {
  return computeSigningRoot(ssz.Root, beaconBlockRoot, chain.config.getDomain(slot, DOMAIN_SYNC_COMMITTEE, slot));
}

/** Verified sync committee messages of the last slots, one per validator, slot and block. */
export class SyncCommitteePool {
  private readonly chain: Chain;
  private readonly bySlot = new Map<number, Map<string, Map<number, Uint8Array>>>();

  constructor(chain: Chain) {
    this.chain = chain;
  }

  /** @throws Rejection when the slot is not current, or the message is not a committee member's */
  add(message: altair.SyncCommitteeMessage): void {
    const { slot, validatorIndex, beaconBlockRoot, signature } = message;
    const now = this.chain.slotClock.latestAcceptableSlot();
    if (slot > now || slot + 1 < now) throw new Rejection("SYNC_MESSAGE_INVALID", `slot ${slot}, now ${now}`);
    const state = this.chain.headState;
    const committee = state.epochCtx.getIndexedSyncCommittee(slot);
    if (!committee.validatorIndexMap.has(validatorIndex)) {
      throw new Rejection("SYNC_MESSAGE_INVALID", `validator ${validatorIndex} is not in the sync committee`);
    }
    const signingRoot = syncMessageSigningRoot(this.chain, slot, beaconBlockRoot);
    const signatureSet = createIndexedSignatureSetFromComponents(validatorIndex, signingRoot, signature);
    if (!isValidSignature(() => verifySignatureSet(signatureSet, state.epochCtx.pubkeyCache))) {
      throw new Rejection("SYNC_MESSAGE_INVALID", `signature of ${validatorIndex} does not verify`);
    }
    this.signatures(slot, toRootHex(beaconBlockRoot)).set(validatorIndex, signature);
    for (const old of this.bySlot.keys()) if (old + SLOTS_KEPT < slot) this.bySlot.delete(old);
  }

  /** The aggregate for a block at the state's slot: messages of the slot before it, over its parent. */
  aggregate(state: CachedBeaconStateElectra, parentRoot: string): altair.SyncAggregate {
    const committee = state.epochCtx.currentSyncCommitteeIndexed.validatorIndices;
    const messages = this.signatures(state.slot - 1, parentRoot);
    const syncCommitteeBits = BitArray.fromBitLen(SYNC_COMMITTEE_SIZE);
    const signatures: Signature[] = [];
    committee.forEach((validatorIndex, position) => {
      const signature = messages.get(validatorIndex);
      if (signature === undefined) return;
      syncCommitteeBits.set(position, true);
      signatures.push(Signature.fromBytes(signature));
    });
    const isEmpty = signatures.length === 0;
    return {
      syncCommitteeBits,
      syncCommitteeSignature: isEmpty ? G2_POINT_AT_INFINITY : aggregateSignatures(signatures).toBytes(),
    };
  }

  private signatures(slot: number, blockRoot: string): Map<number, Uint8Array> {
    const byRoot = this.bySlot.get(slot) ?? new Map<string, Map<number, Uint8Array>>();
    this.bySlot.set(slot, byRoot);
    const signatures = byRoot.get(blockRoot) ?? new Map<number, Uint8Array>();
    byRoot.set(blockRoot, signatures);
    return signatures;
  }
}
