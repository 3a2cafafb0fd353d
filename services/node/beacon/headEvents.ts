import { z } from "zod";
import type { HeadEvent } from "../../ports/beacon.ts";
import { type Clock, sleepUntil } from "../../ports/clock.ts";
import { readServerSentEvents } from "./serverSentEvents.ts";

const RECONNECT_DELAY_MS = 1_000;

const root = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .toLowerCase();
const headData = z.object({
  slot: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  block: root,
  previous_duty_dependent_root: root,
  current_duty_dependent_root: root,
});

export interface HeadEventsOptions {
  url: string;
  clock: Clock;
  signal: AbortSignal;
  onHead: (head: HeadEvent) => void;
  /** The stream broke or an event was malformed; it is opened again after a second. */
  onError: (error: unknown) => void;
}

/** Follows the `head` events of one beacon node until the signal is aborted. */
export async function followHeadEvents({ url, clock, signal, onHead, onError }: HeadEventsOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      const answer = await fetch(new URL("/eth/v1/events?topics=head", url), {
        headers: { accept: "text/event-stream" },
        signal,
      });
      if (!answer.ok || !answer.body) throw new Error(`event stream answered ${answer.status}`);
      for await (const { event, data } of readServerSentEvents(answer.body)) {
        if (event === "head") onHead(parseHead(data));
      }
      throw new Error("event stream ended");
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await sleepUntil(clock, clock.nowMs() + RECONNECT_DELAY_MS, signal).catch(() => {});
    }
  }
}

function parseHead(json: string): HeadEvent {
  const head = headData.parse(JSON.parse(json));
  return {
    slot: head.slot,
    block: head.block,
    previousDutyDependentRoot: head.previous_duty_dependent_root,
    currentDutyDependentRoot: head.current_duty_dependent_root,
  };
}
