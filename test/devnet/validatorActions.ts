import type { BeaconConfig } from "@lodestar/config";
import { DOMAIN_BEACON_PROPOSER, DOMAIN_RANDAO } from "@lodestar/params";
import {
  computeEpochAtSlot,
  computeSigningRoot,
  computeStartSlotAtEpoch,
  getAttestationDataSigningRoot,
  interopSecretKey,
} from "@lodestar/state-transition";
import { type electra, ssz } from "@lodestar/types";
import type { Devnet } from "../../scripts/devnet/devnet.ts";
import { type BeaconClient, currentSlot, untilSlot } from "./harness.ts";

/** Within the clock disparity that the node allows, and before its own proposer begins. */
const EARLY_MS = -450;

export async function readHead(api: BeaconClient, minSlot: number) {
  const { header } = (await api.beacon.getBlockHeader({ blockId: "head" })).value();
  return header.message.slot < minSlot ? undefined : { slot: header.message.slot, header: header.message };
}

async function proposerAt(api: BeaconClient, slot: number): Promise<number> {
  const duties = (await api.validator.getProposerDuties({ epoch: computeEpochAtSlot(slot) })).value();
  const duty = duties.find((candidate) => candidate.slot === slot);
  if (duty === undefined) throw new Error(`no proposer for slot ${slot}`);
  return duty.validatorIndex;
}

async function produce(api: BeaconClient, config: BeaconConfig, slot: number, graffiti: string) {
  const secretKey = interopSecretKey(await proposerAt(api, slot));
  const domain = config.getDomain(slot, DOMAIN_RANDAO, slot);
  const randaoReveal = secretKey.sign(computeSigningRoot(ssz.Epoch, computeEpochAtSlot(slot), domain)).toBytes();
  return api.validator.produceBlockV3({ slot, randaoReveal, graffiti });
}

/** Another block. Spreading alone would take along the root that SSZ has cached on the block. */
export function change(block: electra.BeaconBlock, fields: Partial<electra.BeaconBlock>): electra.BeaconBlock {
  const { slot, proposerIndex, parentRoot, stateRoot, body } = { ...block, ...fields };
  return { slot, proposerIndex, parentRoot, stateRoot, body };
}

/** Signed by the block's proposer, unless by another interop validator. */
export function sign(
  config: BeaconConfig,
  block: electra.BeaconBlock,
  signer = block.proposerIndex,
): electra.SignedBeaconBlock {
  const domain = config.getDomain(block.slot, DOMAIN_BEACON_PROPOSER, block.slot);
  const root = computeSigningRoot(ssz.electra.BeaconBlock, block, domain);
  return { message: block, signature: interopSecretKey(signer).sign(root).toBytes() };
}

export async function publish(api: BeaconClient, signedBlock: electra.SignedBeaconBlock) {
  const response = await api.beacon.publishBlockV2({ signedBlockContents: { signedBlock, kzgProofs: [], blobs: [] } });
  return { ok: response.ok, status: response.status, message: response.ok ? "" : (response.error()?.message ?? "") };
}

export interface Proposal {
  /** Registered for the proposer before. */
  feeRecipient?: string;
  graffiti: string;
}

/**
 * Produces a block as an interop validator a little before the node does so itself, and hands it to `use`; again at a
 * later slot as long as that gives `undefined`, because the node was faster.
 */
export async function proposeFirst<T>(
  devnet: Devnet,
  api: BeaconClient,
  config: BeaconConfig,
  { feeRecipient, graffiti }: Proposal,
  use: (block: electra.BeaconBlock) => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const slot = currentSlot(devnet) + 2;
    await untilSlot(devnet, slot - 1);
    if (feeRecipient !== undefined) {
      const proposers = [{ validatorIndex: await proposerAt(api, slot), feeRecipient }];
      (await api.validator.prepareBeaconProposer({ proposers })).assertOk();
    }
    await untilSlot(devnet, slot, EARLY_MS);
    const produced = await produce(api, config, slot, graffiti);
    if (!produced.ok) continue;
    const contents = produced.value();
    if (!("block" in contents)) throw new Error("a blinded block");
    const used = await use(contents.block as electra.BeaconBlock);
    if (used !== undefined) return used;
  }
}

/** Votes for another head than an interop validator has just voted for, with its key. */
export async function voteTwice(devnet: Devnet, api: BeaconClient, config: BeaconConfig): Promise<number> {
  // Not before the second slot of an epoch: there the head is not the target yet.
  const epochStart = computeStartSlotAtEpoch(computeEpochAtSlot(currentSlot(devnet)) + 1);
  const slot = epochStart + 3;
  await untilSlot(devnet, slot + 1);
  const committees = (await api.beacon.getEpochCommittees({ stateId: "head", slot })).value();
  const attesterIndex = committees[0]?.validators[0];
  if (attesterIndex === undefined) throw new Error(`no committee at slot ${slot}`);
  const honest = (await api.validator.produceAttestationData({ slot, committeeIndex: 0 })).value();
  const data = { ...honest, beaconBlockRoot: honest.target.root };
  const signature = interopSecretKey(attesterIndex)
    .sign(getAttestationDataSigningRoot(config, slot, data))
    .toBytes();
  const signedAttestations = [{ committeeIndex: 0, attesterIndex, data, signature }];
  (await api.beacon.submitPoolAttestationsV2({ signedAttestations })).assertOk();
  return attesterIndex;
}
