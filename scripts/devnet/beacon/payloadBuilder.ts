import { ForkSeq } from "@lodestar/params";
import {
  type CachedBeaconStateElectra,
  computeEpochAtSlot,
  computeTimeAtSlot,
  getExpectedWithdrawals,
  getRandaoMix,
} from "@lodestar/state-transition";
import { ssz } from "@lodestar/types";
import { toHex } from "@lodestar/utils";
import type { ChainBlock } from "./blockStore.ts";
import type { Chain } from "./chain.ts";
import type { EngineClient, PayloadAttributes } from "./engine.ts";
import type { BuiltPayload } from "./enginePayload.ts";
import { Rejection } from "./errors.ts";

const BUILDS_KEPT = 4;

interface Build {
  payloadId: Promise<string>;
  payload?: Promise<BuiltPayload>;
}

/** Has execution payloads built on the head; each is fetched from the client once and kept for repeated requests. */
export class PayloadBuilder {
  private readonly chain: Chain;
  private readonly engine: EngineClient;
  private readonly builds = new Map<string, Build>();

  constructor(chain: Chain, engine: EngineClient) {
    this.chain = chain;
    this.engine = engine;
  }

  /** Lets the client begin; `state` is the head's, advanced to the slot of the block. */
  prepare(parent: ChainBlock, state: CachedBeaconStateElectra, feeRecipient: Uint8Array): void {
    this.build(parent, state, feeRecipient).payloadId.catch(() => {});
  }

  /** @throws Rejection when the client does not deliver */
  async get(parent: ChainBlock, state: CachedBeaconStateElectra, feeRecipient: Uint8Array): Promise<BuiltPayload> {
    const build = this.build(parent, state, feeRecipient);
    build.payload ??= build.payloadId.then((id) => this.engine.getPayload(id));
    try {
      return await build.payload;
    } catch (error) {
      throw new Rejection("ENGINE_UNAVAILABLE", String(error));
    }
  }

  private build(parent: ChainBlock, state: CachedBeaconStateElectra, feeRecipient: Uint8Array): Build {
    const key = `${parent.root}:${state.slot}:${toHex(feeRecipient)}`;
    const known = this.builds.get(key);
    if (known !== undefined) return known;
    const build = { payloadId: this.begin(this.attributes(parent, state, feeRecipient)) };
    this.builds.set(key, build);
    build.payloadId.catch(() => this.builds.delete(key));
    for (const oldest of this.builds.keys()) {
      if (this.builds.size <= BUILDS_KEPT) break;
      this.builds.delete(oldest);
    }
    return build;
  }

  private attributes(parent: ChainBlock, state: CachedBeaconStateElectra, feeRecipient: Uint8Array): PayloadAttributes {
    return {
      timestamp: computeTimeAtSlot(state.config, state.slot, state.genesisTime),
      prevRandao: getRandaoMix(state, computeEpochAtSlot(state.slot)),
      suggestedFeeRecipient: feeRecipient,
      withdrawals: getExpectedWithdrawals(ForkSeq.electra, state).expectedWithdrawals,
      parentBeaconBlockRoot: ssz.Root.fromJson(parent.root),
    };
  }

  private async begin(attributes: PayloadAttributes): Promise<string> {
    const payloadId = await this.engine.forkchoiceUpdated(this.chain.forkchoiceState(), attributes);
    if (payloadId === null) throw new Error("the execution client began no payload");
    return payloadId;
  }
}
