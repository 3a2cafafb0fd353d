import type { BeaconConfig } from "@lodestar/config";
import { fromHex, toHex } from "@lodestar/utils";
import { verifySignature } from "../../crypto/verification.ts";
import type { BeaconAccess } from "../../ports/beacon.ts";
import type { Proposal, Verdict } from "../consensus/types.ts";
import type { ProposalDuty } from "../dutyTypes.ts";
import { randaoSigningRoot } from "../signingRoots.ts";
import { type DecodedBlock, decodeBlock } from "./blockContents.ts";

/** From this round on any imported parent is accepted, before that only the local head. */
const LENIENT_ROUND = 3;

export interface ProposalGuardPorts {
  beacon: BeaconAccess;
  config: BeaconConfig;
  /** `0x` and 40 hex digits: the pool's vault. */
  feeRecipient: string;
  /** The duty as the own beacon node tells it now. */
  dutyNow: () => ProposalDuty | undefined;
}

/**
 * What this node checks of a proposed block by itself: that body and header belong together, the proposer, the RANDAO
 * reveal, the fee recipient and the parent. Whether the block is valid only the chain can tell; an invalid one costs the
 * reward, not a slashing. Rejects when the beacon node doesn't answer.
 */
export async function judgeProposal(
  { value, body }: Proposal,
  round: number,
  { beacon, config, feeRecipient, dutyNow }: ProposalGuardPorts,
): Promise<Verdict> {
  const refuse = (reason: string): Verdict => ({ ok: false, reason });
  const duty = dutyNow();
  if (!duty || value.type !== "proposal" || value.slot !== duty.instance.slot) return refuse("no duty in this slot");
  if (value.validators.length !== 1 || value.validators[0] !== duty.pubkey) {
    return { ok: false, reason: "another proposer", refused: value.validators };
  }
  const decoded = body && tryDecode(config, value.slot, body);
  if (!decoded) return refuse("the block is missing or malformed");
  const { contents, blockRoot, parentRoot } = decoded;
  const { block } = contents;
  if (blockRoot !== value.headerRoot || parentRoot !== value.parentRoot) return refuse("body and header differ");
  if (block.slot !== value.slot || block.proposerIndex !== duty.validatorIndex) return refuse("wrong slot or proposer");
  if (toHex(block.body.executionPayload.feeRecipient) !== feeRecipient.toLowerCase()) return refuse("fee recipient");
  const randaoRoot = fromHex(randaoSigningRoot(config, value.slot));
  if (!verifySignature(fromHex(duty.pubkey), randaoRoot, block.body.randaoReveal)) return refuse("RANDAO reveal");

  const head = await beacon.blockHeader("head");
  // Faster seats may have published this very block while this one was still busy.
  const isLenient = round >= LENIENT_ROUND || head?.root === blockRoot;
  const parent = isLenient ? await beacon.blockHeader(parentRoot) : head;
  if (!parent || parent.root !== parentRoot) return refuse("parent is not the head");
  if (parent.executionOptimistic || parent.slot >= value.slot) return refuse("parent is optimistic or too late");
  return { ok: true };
}

function tryDecode(config: BeaconConfig, slot: number, body: Uint8Array): DecodedBlock | undefined {
  try {
    return decodeBlock(config, slot, body);
  } catch {
    return undefined;
  }
}
