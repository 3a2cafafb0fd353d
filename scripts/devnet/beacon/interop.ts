import type { SecretKey } from "@chainsafe/blst";
import { DOMAIN_BEACON_PROPOSER, DOMAIN_RANDAO } from "@lodestar/params";
import { computeEpochAtSlot, computeSigningRoot, getAttestationDataSigningRoot } from "@lodestar/state-transition";
import { type altair, type electra, ssz } from "@lodestar/types";
import { attestationData } from "./attestationData.ts";
import { type BlockProductionModules, produceBlock } from "./blockProduction.ts";
import type { Chain } from "./chain.ts";
import { syncMessageSigningRoot } from "./syncCommitteePool.ts";

/**
 * The validators that keep the chain alive, with the publicly known keys of the interop standard. They are inside the
 * node only for economy: they sign what any validator would sign, and the chain verifies it as if it came from outside.
 */
export class InteropValidators {
  private readonly chain: Chain;
  /** By validator index. */
  private readonly secretKeys: SecretKey[];

  constructor(chain: Chain, secretKeys: SecretKey[]) {
    this.chain = chain;
    this.secretKeys = secretKeys;
  }

  /** A signed block when the slot's proposer is one of them. */
  async propose(modules: BlockProductionModules, slot: number): Promise<electra.SignedBeaconBlock | undefined> {
    const proposer = this.chain.stateAt(slot)?.epochCtx.getBeaconProposer(slot);
    const secretKey = proposer === undefined ? undefined : this.secretKeys[proposer];
    if (secretKey === undefined || slot <= this.chain.head.slot) return undefined;
    const { config } = this.chain;
    const randaoDomain = config.getDomain(slot, DOMAIN_RANDAO, slot);
    const randaoRoot = computeSigningRoot(ssz.Epoch, computeEpochAtSlot(slot), randaoDomain);
    const { block } = await produceBlock(modules, {
      slot,
      randaoReveal: secretKey.sign(randaoRoot).toBytes(),
      graffiti: graffiti("septet devnet interop"),
    });
    const blockRoot = computeSigningRoot(
      ssz.electra.BeaconBlock,
      block,
      config.getDomain(slot, DOMAIN_BEACON_PROPOSER, slot),
    );
    return { message: block, signature: secretKey.sign(blockRoot).toBytes() };
  }

  /** Their attestations of the slot, for the head as it is now. */
  attest(slot: number): electra.SingleAttestation[] {
    const epoch = computeEpochAtSlot(slot);
    const state = this.chain.stateInEpoch(epoch);
    if (state === undefined) return [];
    const data = attestationData(this.chain, slot);
    const signingRoot = getAttestationDataSigningRoot(this.chain.config, slot, data);
    const attestations: electra.SingleAttestation[] = [];
    for (let committeeIndex = 0; committeeIndex < state.epochCtx.getCommitteeCountPerSlot(epoch); committeeIndex++) {
      for (const attesterIndex of state.epochCtx.getBeaconCommittee(slot, committeeIndex)) {
        const signature = this.secretKeys[attesterIndex]?.sign(signingRoot).toBytes();
        if (signature !== undefined) attestations.push({ committeeIndex, attesterIndex, data, signature });
      }
    }
    return attestations;
  }

  /** Their sync committee messages of the slot, for the head as it is now. */
  syncMessages(slot: number): altair.SyncCommitteeMessage[] {
    const committee = this.chain.headState.epochCtx.getIndexedSyncCommittee(slot);
    const beaconBlockRoot = ssz.Root.fromJson(this.chain.head.root);
    const signingRoot = syncMessageSigningRoot(this.chain, slot, beaconBlockRoot);
    const messages: altair.SyncCommitteeMessage[] = [];
    for (const validatorIndex of committee.validatorIndexMap.keys()) {
      const signature = this.secretKeys[validatorIndex]?.sign(signingRoot).toBytes();
      if (signature !== undefined) messages.push({ slot, beaconBlockRoot, validatorIndex, signature });
    }
    return messages;
  }
}

function graffiti(text: string): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
}
