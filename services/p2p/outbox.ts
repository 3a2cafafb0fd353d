import type { Stream } from "@libp2p/interface";
import { encodeFrame } from "./framing.ts";

export interface OutboxLimits {
  maxMessages: number;
  maxBytes: number;
}

/** Sends messages of one protocol to one peer over one stream, oldest first; a full queue loses its oldest message. */
export class Outbox {
  readonly #openStream: () => Promise<Stream>;
  readonly #limits: OutboxLimits;
  readonly #onDrop: (reason: "queueFull" | "streamFailed") => void;
  readonly #closed = new AbortController();
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #stream: Stream | undefined;
  #sending = false;

  constructor(
    openStream: () => Promise<Stream>,
    limits: OutboxLimits,
    onDrop: (reason: "queueFull" | "streamFailed") => void,
  ) {
    this.#openStream = openStream;
    this.#limits = limits;
    this.#onDrop = onDrop;
  }

  push(message: Uint8Array): void {
    this.#queue.push(message);
    this.#queuedBytes += message.length;
    while (this.#queue.length > this.#limits.maxMessages || this.#queuedBytes > this.#limits.maxBytes) {
      this.#shift();
      this.#onDrop("queueFull");
    }
    if (!this.#sending) void this.#drain();
  }

  close(): void {
    this.#closed.abort(new Error("peer closed"));
    this.#stream?.abort(new Error("peer closed"));
    this.#stream = undefined;
  }

  #shift(): Uint8Array | undefined {
    const message = this.#queue.shift();
    this.#queuedBytes -= message?.length ?? 0;
    return message;
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    try {
      for (let message = this.#shift(); message; message = this.#shift()) {
        const stream = await this.#usableStream();
        if (!stream.send(encodeFrame(message))) await stream.onDrain({ signal: this.#closed.signal });
      }
    } catch {
      // The message at hand and what waits behind it are stale by the time a stream opens again: protocols retransmit.
      for (let lost = this.#queue.length + 1; lost > 0; lost--) this.#onDrop("streamFailed");
      this.#queue = [];
      this.#queuedBytes = 0;
      this.#stream?.abort(new Error("send failed"));
      this.#stream = undefined;
    } finally {
      this.#sending = false;
    }
  }

  async #usableStream(): Promise<Stream> {
    this.#closed.signal.throwIfAborted();
    if (this.#stream?.status === "open" && this.#stream.writeStatus === "writable") return this.#stream;
    this.#stream = await this.#openStream();
    if (this.#closed.signal.aborted) this.#stream.abort(new Error("peer closed"));
    this.#closed.signal.throwIfAborted();
    return this.#stream;
  }
}
