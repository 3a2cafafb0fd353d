import type { BeaconConfig } from "@lodestar/config";
import { toHex } from "@lodestar/utils";
import type { BeaconAccess } from "../../ports/beacon.ts";
import type { ProposalDuty } from "../dutyTypes.ts";
import type { Randao } from "../randao/randao.ts";
import type { Tracker } from "../tracker/tracker.ts";
import { type DecodedBlock, decodeBlock } from "./blockContents.ts";

export interface BlockFetcherPorts {
  beacon: BeaconAccess;
  config: BeaconConfig;
  feeRecipient: string;
  randao: Randao;
  tracker: Tracker;
}

export interface FetchedBlock {
  decoded: DecodedBlock;
  body: Uint8Array;
}

/** Gets this node's own block of a proposal duty once; a failed attempt may be repeated. */
export class BlockFetcher {
  readonly #duty: ProposalDuty;
  readonly #ports: BlockFetcherPorts;
  #block: Promise<FetchedBlock | undefined> | undefined;

  constructor(duty: ProposalDuty, ports: BlockFetcherPorts) {
    this.#duty = duty;
    this.#ports = ports;
  }

  /** Starts before the block is asked for; whoever asks sees the failure. */
  prefetch(): void {
    this.fetch().catch(() => {});
  }

  /** `undefined` when the beacon node's block must not be proposed; rejects when there is none. */
  fetch(): Promise<FetchedBlock | undefined> {
    this.#block ??= this.#request().catch((error: unknown) => {
      this.#block = undefined;
      throw error;
    });
    return this.#block;
  }

  async #request(): Promise<FetchedBlock | undefined> {
    const { beacon, config, feeRecipient, randao, tracker } = this.#ports;
    const { instance } = this.#duty;
    const reveal = await randao.reveal(this.#duty).catch((error: unknown) => {
      tracker.problem(instance, "no_randao");
      throw error;
    });
    const produced = await beacon.produceBlock(instance.slot, reveal);
    if (produced.blinded) return void tracker.problem(instance, "blinded_block");
    const decoded = decodeBlock(config, instance.slot, produced.contents);
    const paysTo = toHex(decoded.contents.block.body.executionPayload.feeRecipient);
    if (paysTo !== feeRecipient.toLowerCase()) return void tracker.problem(instance, "wrong_fee_recipient", paysTo);
    return { decoded, body: produced.contents };
  }
}
