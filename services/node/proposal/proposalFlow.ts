import { fromHex } from "@lodestar/utils";
import { SEAT_COUNT, type Seat } from "../../crypto/seats.ts";
import { describeError } from "../../logging/describeError.ts";
import type { BeaconAccess, Pubkey, Root } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Aggregator } from "../aggregator/aggregator.ts";
import { type ChainSpec, slotStartMs } from "../chainSpec.ts";
import type { ConsensusService } from "../consensus/service.ts";
import { leaderIndex } from "../consensus/timers.ts";
import type { Decision } from "../consensus/types.ts";
import type { ValidatorKey } from "../directory/directory.ts";
import type { ProposalDuty } from "../dutyTypes.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { PartialDuty } from "../exchange/messages.ts";
import type { Randao } from "../randao/randao.ts";
import { runInstance } from "../runInstance.ts";
import { type SignerPorts, signDecided } from "../signer/signer.ts";
import { blockSigningRoot } from "../signingRoots.ts";
import type { Tracker } from "../tracker/tracker.ts";
import { proposalValue } from "./blockContents.ts";
import { BlockFetcher } from "./blockFetcher.ts";
import { judgeProposal } from "./proposalGuard.ts";

/**
 * Part of the slot that the first leader has for getting its block before the round timers begin to run. Without it the
 * first rounds pass while blocks are built, and their ROUND-CHANGEs are the most expensive messages of all.
 */
const BUILD_TIMES_PER_SLOT = 12;
/** Seats publish one after the other, this part of a slot apart, unless the block is seen: the leader at once. */
const PUBLISH_STEPS_PER_SLOT = 24;

export interface ProposalFlowPorts extends SignerPorts {
  beacon: BeaconAccess;
  clock: Clock;
  spec: ChainSpec;
  /** `0x` and 40 hex digits: the pool's vault. */
  feeRecipient: string;
  consensus: Pick<ConsensusService, "run">;
  randao: Randao;
  exchange: Pick<Exchange, "publish">;
  aggregator: Pick<Aggregator, "expect" | "isComplete" | "forget">;
  tracker: Tracker;
  key: (pubkey: Pubkey) => ValidatorKey | undefined;
  dutyNow: (duty: ProposalDuty) => ProposalDuty | undefined;
}

interface SignedBlock {
  duty: ProposalDuty;
  blockRoot: Root;
  body: Uint8Array;
  /** 0 for the leader of the round that decided, up to 6. */
  publishRank: number;
}

/** From a proposal duty to its published block: RANDAO reveal, block, agreement on its header, signature. */
export class ProposalFlow {
  readonly #ports: ProposalFlowPorts;
  readonly #signed = new Map<string, SignedBlock>();
  readonly #seenBlocks = new Set<Root>();

  constructor(ports: ProposalFlowPorts) {
    this.#ports = ports;
  }

  /** The set's coming proposal: time to exchange partial RANDAO reveals. */
  prepare(duty: ProposalDuty): void {
    this.#ports.randao.prepare(duty, this.#expiresAtMs(duty));
  }

  begin(duty: ProposalDuty): void {
    const { beacon, spec, randao, feeRecipient, tracker } = this.#ports;
    const { slot } = duty.instance;
    const validator = this.#ports.key(duty.pubkey);
    if (!validator) return;
    const blocks = new BlockFetcher(duty, { beacon, config: spec.config, feeRecipient, randao, tracker });
    if (leadsSoon(duty, validator.ownSeat)) blocks.prefetch();
    runInstance(duty, this.#ports, {
      startMs: slotStartMs(slot, spec.time) + spec.time.slotDurationMs / BUILD_TIMES_PER_SLOT,
      expiresAtMs: this.#expiresAtMs(duty),
      proposeValue: async (_round, excluded) => {
        if (excluded.includes(duty.pubkey)) return undefined;
        const block = await blocks.fetch();
        return block && { value: proposalValue(duty.pubkey, block.decoded), body: block.body };
      },
      validateValue: (proposal, round) => {
        const dutyNow = () => this.#ports.dutyNow(duty);
        return judgeProposal(proposal, round, { beacon, config: spec.config, feeRecipient, dutyNow });
      },
      onAccepted: (decision) => this.#sign(duty, validator, decision),
    });
  }

  #sign(duty: ProposalDuty, validator: ValidatorKey, decision: Decision): void {
    const { aggregator, clock, exchange, spec, tracker } = this.#ports;
    const { value, body } = decision.proposal;
    if (value.type !== "proposal" || !body) return;
    const signingRoot = blockSigningRoot(spec.config, value.slot, fromHex(value.headerRoot));
    const result = signDecided(decision, signingRoot, this.#ports);
    if (!result.ok) {
      tracker.fail(duty.instance, result.reason, result.detail);
      return;
    }
    tracker.step(duty.instance, "signed");

    const partialDuty: PartialDuty = { ...duty.instance, generation: validator.generation };
    const leader = leaderIndex(duty.instance, decision.round, SEAT_COUNT);
    const publishRank = (validator.ownSeat - 1 - leader + SEAT_COUNT) % SEAT_COUNT;
    this.#signed.set(flowKey(partialDuty), { duty, blockRoot: value.headerRoot, body, publishRank });
    clock.setTimer(this.#expiresAtMs(duty), () => {
      aggregator.forget(partialDuty);
      this.#signed.delete(flowKey(partialDuty));
      this.#seenBlocks.clear();
    });
    aggregator.expect(partialDuty, signingRoot, [validator]);
    exchange.publish({ duty: partialDuty, signingRoot, partials: result.partials }, () =>
      aggregator.isComplete(partialDuty),
    );
  }

  /** The beacon node imported a block, whoever published it. */
  onBlockSeen(blockRoot: Root): void {
    if (this.#signed.size > 0) this.#seenBlocks.add(blockRoot);
  }

  onSignatures(partialDuty: PartialDuty, signatures: ReadonlyMap<Pubkey, Uint8Array>): void {
    const signed = this.#signed.get(flowKey(partialDuty));
    const signature = signed && signatures.get(signed.duty.pubkey);
    if (!signed || !signature) return;
    const { clock, spec, tracker } = this.#ports;
    tracker.step(signed.duty.instance, "combined");
    const delayMs = (signed.publishRank * spec.time.slotDurationMs) / PUBLISH_STEPS_PER_SLOT;
    clock.setTimer(clock.nowMs() + delayMs, () => void this.#publish(signed, signature));
  }

  async #publish({ duty, blockRoot, body }: SignedBlock, signature: Uint8Array): Promise<void> {
    const { beacon, tracker } = this.#ports;
    try {
      if (!this.#seenBlocks.has(blockRoot)) await beacon.publishBlock(duty.instance.slot, body, signature);
      tracker.done(duty.instance);
    } catch (error) {
      // Another seat may have been faster than the head event.
      if (this.#seenBlocks.has(blockRoot)) tracker.done(duty.instance);
      else tracker.problem(duty.instance, "broadcast_failed", describeError(error));
    }
  }

  /** A block for an earlier slot has no place any more once the next slot's is due. */
  #expiresAtMs({ instance }: ProposalDuty): number {
    return slotStartMs(instance.slot + 1, this.#ports.spec.time);
  }
}

/** Whether the seat leads one of the first rounds, whose time is short for fetching a block only then. */
function leadsSoon({ instance }: ProposalDuty, ownSeat: Seat): boolean {
  return [1, 2].some((round) => leaderIndex(instance, round, SEAT_COUNT) === ownSeat - 1);
}

function flowKey({ setId, slot }: PartialDuty): string {
  return `${setId}/${slot}`;
}
