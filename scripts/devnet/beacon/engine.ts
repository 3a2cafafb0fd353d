import { createHmac } from "node:crypto";
import type { capella, electra } from "@lodestar/types";
import { fromHex, toHex } from "@lodestar/utils";
import type { Clock } from "../../../services/ports/clock.ts";
import {
  type BuiltPayload,
  executionRequestsToEngine,
  parseBuiltPayload,
  payloadToEngine,
  versionedHash,
  withdrawalToEngine,
} from "./enginePayload.ts";

export interface ForkchoiceState {
  headBlockHash: Uint8Array;
  /** Of the justified block. */
  safeBlockHash: Uint8Array;
  finalizedBlockHash: Uint8Array;
}

export interface PayloadAttributes {
  /** Unix seconds. */
  timestamp: number;
  prevRandao: Uint8Array;
  suggestedFeeRecipient: Uint8Array;
  withdrawals: capella.Withdrawal[];
  parentBeaconBlockRoot: Uint8Array;
}

export class EngineError extends Error {
  readonly method: string;

  constructor(method: string, reason: string) {
    super(`${method}: ${reason}`);
    this.name = "EngineError";
    this.method = method;
  }
}

const REQUEST_TIMEOUT_MS = 8_000;

interface PayloadStatus {
  status: string;
  validationError?: string | null;
}

/**
 * The Engine API (execution-apis, Prague) over HTTP with its JWT. Calls are sent one after another: the client is not
 * built for a payload being built and another being executed at once.
 */
export class EngineClient {
  private readonly url: string;
  private readonly secret: Buffer;
  private readonly clock: Clock;
  private last: Promise<unknown> = Promise.resolve();
  private nextId = 1;
  private lastCallAnswered = true;

  constructor(url: string, jwtSecretHex: string, clock: Clock) {
    this.url = url;
    this.secret = Buffer.from(jwtSecretHex.trim(), "hex");
    this.clock = clock;
  }

  /** Whether the client answered the last call, be it with an error. */
  get isOnline(): boolean {
    return this.lastCallAnswered;
  }

  /** @returns whether the client calls the payload and its requests valid; the reason when it does not */
  async newPayload(
    payload: electra.ExecutionPayload,
    requests: electra.ExecutionRequests,
    commitments: Uint8Array[],
    parentBeaconBlockRoot: Uint8Array,
  ): Promise<{ valid: true } | { valid: false; reason: string }> {
    const params = [
      payloadToEngine(payload),
      commitments.map((commitment) => toHex(versionedHash(commitment))),
      toHex(parentBeaconBlockRoot),
      executionRequestsToEngine(requests),
    ];
    const { status, validationError } = await this.call<PayloadStatus>("engine_newPayloadV4", params);
    if (status === "VALID") return { valid: true };
    return { valid: false, reason: `${status} ${validationError ?? ""}`.trim() };
  }

  /** Sets the head and, with attributes, begins a payload on it. */
  async forkchoiceUpdated(state: ForkchoiceState, attributes?: PayloadAttributes): Promise<string | null> {
    const params = [
      {
        headBlockHash: toHex(state.headBlockHash),
        safeBlockHash: toHex(state.safeBlockHash),
        finalizedBlockHash: toHex(state.finalizedBlockHash),
      },
      attributes === undefined
        ? null
        : {
            timestamp: `0x${attributes.timestamp.toString(16)}`,
            prevRandao: toHex(attributes.prevRandao),
            suggestedFeeRecipient: toHex(attributes.suggestedFeeRecipient),
            withdrawals: attributes.withdrawals.map(withdrawalToEngine),
            parentBeaconBlockRoot: toHex(attributes.parentBeaconBlockRoot),
          },
    ];
    const method = "engine_forkchoiceUpdatedV3";
    const result = await this.call<{ payloadStatus: PayloadStatus; payloadId: string | null }>(method, params);
    if (result.payloadStatus.status !== "VALID") {
      throw new EngineError(method, `${result.payloadStatus.status} ${result.payloadStatus.validationError ?? ""}`);
    }
    return result.payloadId;
  }

  /** Ask once per payload: the client leaves out the execution requests when it is asked again. */
  async getPayload(payloadId: string): Promise<BuiltPayload> {
    return parseBuiltPayload(await this.call("engine_getPayloadV4", [payloadId]));
  }

  async genesisBlock(): Promise<{ hash: Uint8Array; timestamp: number }> {
    const block = await this.call<{ hash: string; timestamp: string }>("eth_getBlockByNumber", ["0x0", false]);
    return { hash: fromHex(block.hash), timestamp: Number(block.timestamp) };
  }

  private call<T>(method: string, params: unknown[]): Promise<T> {
    const result = this.last.then(() => this.request<T>(method, params));
    this.last = result.then(
      () => {
        this.lastCallAnswered = true;
      },
      (error: unknown) => {
        this.lastCallAnswered = error instanceof EngineError;
      },
    );
    return result;
  }

  private async request<T>(method: string, params: unknown[]): Promise<T> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.token()}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: this.nextId++, method, params }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) throw new EngineError(method, `HTTP ${response.status}`);
    const body = (await response.json()) as { result?: T; error?: { message: string } };
    if (body.result === undefined) throw new EngineError(method, body.error?.message ?? "answer without result");
    return body.result;
  }

  private token(): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const content = `${encode({ typ: "JWT", alg: "HS256" })}.${encode({ iat: Math.floor(this.clock.nowMs() / 1000) })}`;
    return `${content}.${createHmac("sha256", this.secret).update(content).digest("base64url")}`;
  }
}
