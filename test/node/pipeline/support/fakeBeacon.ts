import { createHash } from "node:crypto";
import { type electra, ssz } from "@lodestar/types";
import { fromHex } from "@lodestar/utils";
import { epochOf, slotStartMs } from "../../../../services/node/chainSpec.ts";
import type { ChainTime } from "../../../../services/node/locks/types.ts";
import type { BeaconAccess, BlockHeader, HeadEvent, Pubkey } from "../../../../services/ports/beacon.ts";
import type { Clock } from "../../../../services/ports/clock.ts";

const BLOCK_DELAY_MS = 200;

export const rootOf = (name: string) => `0x${createHash("sha256").update(name).digest("hex")}`;

/**
 * A pretended chain behind seven pretended beacon nodes: blocks come on time, duties follow a simple rule, nothing is
 * verified. It shows what nodes do with a beacon node's answers, not that a chain would take theirs.
 */
export class FakeBeaconChain {
  readonly clock: Clock;
  readonly time: ChainTime;
  readonly pubkeys: readonly Pubkey[];
  readonly feeRecipient: string;
  readonly published: { operatorId: number; attestations: readonly electra.SingleAttestation[] }[] = [];
  readonly blocks: { operatorId: number; slot: number; contents: Uint8Array; signature: Uint8Array }[] = [];
  /** Who proposes: every fourth slot the first validator, other blocks come from elsewhere. */
  isOurProposal = (slot: number): boolean => slot % 4 === 3;
  #shuffling = "shuffling";
  readonly #headers = new Map<string, BlockHeader>();
  readonly #listeners = new Set<(head: HeadEvent) => void>();
  #head: BlockHeader;

  constructor(clock: Clock, time: ChainTime, pubkeys: readonly Pubkey[], feeRecipient: string) {
    this.clock = clock;
    this.time = time;
    this.pubkeys = pubkeys;
    this.feeRecipient = feeRecipient;
    this.#head = { root: rootOf("genesis"), slot: 0, parentRoot: rootOf("none"), executionOptimistic: false };
    this.#headers.set(this.#head.root, this.#head);
  }

  /** Validator i attests once per epoch, at a slot that moves on with the epoch. */
  attesterSlot(index: number, epoch: number): number {
    return epoch * this.time.slotsPerEpoch + ((index + epoch) % this.time.slotsPerEpoch);
  }

  /** From now on all duties depend on other blocks. */
  reshuffle(name: string): void {
    this.#shuffling = name;
  }

  /** Makes the blocks of others appear, from `slot` on. */
  run(slot: number): void {
    this.clock.setTimer(slotStartMs(slot, this.time) + BLOCK_DELAY_MS, () => {
      if (!this.isOurProposal(slot)) this.import(slot, rootOf(`block ${slot}`), this.#head.root);
      this.run(slot + 1);
    });
  }

  import(slot: number, root: string, parentRoot: string): void {
    if (this.#headers.has(root)) return;
    this.#head = { root, slot, parentRoot, executionOptimistic: false };
    this.#headers.set(root, this.#head);
    const epoch = epochOf(slot, this.time);
    const head: HeadEvent = {
      slot,
      block: root,
      previousDutyDependentRoot: rootOf(`${this.#shuffling} ${epoch}`),
      currentDutyDependentRoot: rootOf(`${this.#shuffling} ${epoch + 1}`),
    };
    for (const listener of this.#listeners) listener(head);
  }

  /** The beacon node of one operator; a test may override any method. */
  access(operatorId: number, overrides: Partial<BeaconAccess> = {}): BeaconAccess {
    const checkpoint = (epoch: number) => ({ epoch, root: fromHex(rootOf(`checkpoint ${epoch}`)) });
    return {
      syncStatus: async () => ({ isSyncing: false, isOptimistic: false, elOffline: false }),
      validators: async (pubkeys) =>
        pubkeys.map((pubkey) => ({ pubkey, index: this.pubkeys.indexOf(pubkey), status: "active_ongoing" })),
      attesterDuties: async (epoch, indices) => ({
        dependentRoot: rootOf(`${this.#shuffling} ${epoch}`),
        duties: indices.map((validatorIndex) => ({
          pubkey: this.pubkeys[validatorIndex] ?? "",
          validatorIndex,
          committeeIndex: validatorIndex % 2,
          slot: this.attesterSlot(validatorIndex, epoch),
        })),
      }),
      proposerDuties: async (epoch) => {
        const first = epoch * this.time.slotsPerEpoch;
        const slots = Array.from({ length: this.time.slotsPerEpoch }, (_, offset) => first + offset);
        const duties = slots.map((slot) =>
          this.isOurProposal(slot)
            ? { pubkey: this.pubkeys[0] ?? "", validatorIndex: 0, slot }
            : { pubkey: `0x${"cc".repeat(48)}`, validatorIndex: 999, slot },
        );
        return { dependentRoot: rootOf(`${this.#shuffling} ${epoch + 1}`), duties };
      },
      attestationData: async (slot) => {
        const epoch = epochOf(slot, this.time);
        const beaconBlockRoot = fromHex(this.#head.root);
        return { slot, index: 0, beaconBlockRoot, source: checkpoint(epoch - 1), target: checkpoint(epoch) };
      },
      blockHeader: async (block) => (block === "head" ? this.#head : this.#headers.get(block)),
      produceBlock: async (slot, randaoReveal) => {
        const contents = ssz.electra.BlockContents.defaultValue();
        contents.block.slot = slot;
        contents.block.proposerIndex = 0;
        contents.block.parentRoot = fromHex(this.#head.root);
        contents.block.body.randaoReveal = randaoReveal;
        contents.block.body.executionPayload.feeRecipient = fromHex(this.feeRecipient);
        contents.block.body.graffiti = fromHex(rootOf(`built by ${operatorId}`));
        return { blinded: false, contents: ssz.electra.BlockContents.serialize(contents) };
      },
      publishAttestations: async (attestations) => void this.published.push({ operatorId, attestations }),
      publishBlock: async (slot, contents, signature) => {
        this.blocks.push({ operatorId, slot, contents, signature });
        const { block } = ssz.electra.BlockContents.deserialize(contents);
        const root = `0x${Buffer.from(ssz.electra.BeaconBlock.hashTreeRoot(block)).toString("hex")}`;
        this.import(slot, root, `0x${Buffer.from(block.parentRoot).toString("hex")}`);
      },
      prepareProposers: async () => {},
      onHead: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      ...overrides,
    };
  }
}
