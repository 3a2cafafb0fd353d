import type { Stream } from "@libp2p/interface";
import { FrameDecoder, FrameError } from "./framing.ts";

export interface InboundCallbacks {
  onMessage: (message: Uint8Array) => void;
  onBadFrame: (reason: "oversized" | "malformed") => void;
}

/** Reads the messages of a stream until its end; a frame over the limit ends it at once, before its body is kept. */
export function readMessages(stream: Stream, maxBytes: number, callbacks: InboundCallbacks): void {
  const decoder = new FrameDecoder(maxBytes);
  stream.addEventListener("message", ({ data }) => {
    if (stream.status !== "open") return;
    try {
      for (const message of decoder.push(data.subarray())) callbacks.onMessage(message);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      callbacks.onBadFrame(error.code === "oversized" ? "oversized" : "malformed");
      stream.abort(error);
    }
  });
  stream.addEventListener("remoteCloseWrite", () => {
    stream.close().catch(() => stream.abort(new Error("close failed")));
  });
}
