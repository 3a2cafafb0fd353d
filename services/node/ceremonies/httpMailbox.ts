import { z } from "zod";
import type { Mailbox } from "../../ceremony/mailbox.ts";

const TIMEOUT_MS = 10_000;
/** Seven members, five kinds of messages, 128 keys: a page of messages is far smaller. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const page = z.object({ messages: z.array(z.unknown()), cursor: z.coerce.string().max(128) });

/** The coordinator's mailbox over HTTP. It is trusted with nothing, so not with the size of its answers either. */
export function httpMailbox(coordinatorUrl: string): Mailbox {
  const messagesUrl = (requestId: bigint) => new URL(`/v1/ceremonies/${requestId}/messages`, coordinatorUrl);
  return {
    async list(requestId, afterCursor) {
      const url = messagesUrl(requestId);
      if (afterCursor !== undefined) url.searchParams.set("after", afterCursor);
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return page.parse(JSON.parse(await readText(answer)));
    },
    async post(requestId, message) {
      const answer = await fetch(messagesUrl(requestId), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(message),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await readText(answer);
    },
  };
}

async function readText(answer: Response): Promise<string> {
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`the coordinator answered ${answer.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new RangeError("the coordinator's answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
