import { getBytes, hexlify } from "ethers";
import { z } from "zod";
import { MAX_ATTEMPTS } from "./context.ts";
import { CeremonyError } from "./errors.ts";
import type { GroupKeys } from "./groupKeys.ts";
import { type CeremonyMessage, type MessageKind, parseMessageText } from "./messages.ts";

const MESSAGE_BLOBS = ["open", "deal", "result", "acknowledgement", "abort"] as const satisfies MessageKind[];
/** `one-time-key` and `shares` are secrets; the others are messages as they were or will be posted. */
export type BlobName = MessageKind | "one-time-key" | "shares";
const BLOBS: readonly BlobName[] = [...MESSAGE_BLOBS, "one-time-key", "shares"];

/** Durable, confidential storage of one node: what `put` resolved for survives a power loss. */
export interface CeremonyStore {
  get(requestId: bigint, attempt: number, name: BlobName): Promise<Uint8Array | undefined>;
  put(requestId: bigint, attempt: number, name: BlobName, value: Uint8Array): Promise<void>;
  /** Deleting what isn't there is fine. */
  delete(requestId: bigint, attempt: number, name: BlobName): Promise<void>;
}

/** One seat's part of one shared key. */
export interface SharedKey extends GroupKeys {
  attempt: number;
  /** Position in the batch, from 0. */
  keyIndex: number;
  /** The seat's secret share P(seat), 32 bytes. */
  share: Uint8Array;
}

/** What an attempt made of the deals: public and secret, of one seat. */
export interface AttemptResult {
  attempt: number;
  transcriptHash: string;
  keys: SharedKey[];
}

type OwnMessages = Partial<Record<MessageKind, CeremonyMessage>>;

/** The seat's own messages of an attempt, and the first abort that it saw, whoever signed it. */
export async function loadMessages(store: CeremonyStore, requestId: bigint, attempt: number): Promise<OwnMessages> {
  const messages: OwnMessages = {};
  for (const name of MESSAGE_BLOBS) {
    const blob = await store.get(requestId, attempt, name);
    if (blob !== undefined) messages[name] = parseMessageText(new TextDecoder().decode(blob));
  }
  return messages;
}

export async function saveMessage(store: CeremonyStore, message: CeremonyMessage): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(message));
  await store.put(BigInt(message.requestId), message.attempt, message.kind, bytes);
}

const hex = z.string().regex(/^0x(?:[0-9a-f]{2})+$/);
const sharesSchema = z.strictObject({
  transcriptHash: hex,
  keys: z.array(z.strictObject({ groupKey: hex, shareKeys: z.array(hex).length(7), share: hex })).min(1),
});

export async function saveResult(store: CeremonyStore, requestId: bigint, result: AttemptResult): Promise<void> {
  const keys = result.keys.map(({ groupKey, shareKeys, share }) => ({
    groupKey: hexlify(groupKey),
    shareKeys: shareKeys.map((key) => hexlify(key)),
    share: hexlify(share),
  }));
  const bytes = new TextEncoder().encode(JSON.stringify({ transcriptHash: result.transcriptHash, keys }));
  await store.put(requestId, result.attempt, "shares", bytes);
  bytes.fill(0);
}

export async function loadResult(
  store: CeremonyStore,
  requestId: bigint,
  attempt: number,
): Promise<AttemptResult | undefined> {
  const blob = await store.get(requestId, attempt, "shares");
  if (blob === undefined) return undefined;
  const { success, data } = sharesSchema.safeParse(JSON.parse(new TextDecoder().decode(blob)));
  if (!success) throw new CeremonyError("corrupt_state", "the stored shares of a ceremony are malformed");
  return {
    attempt,
    transcriptHash: data.transcriptHash,
    keys: data.keys.map(({ groupKey, shareKeys, share }, keyIndex) => ({
      attempt,
      keyIndex,
      groupKey: getBytes(groupKey),
      shareKeys: shareKeys.map((key) => getBytes(key)),
      share: getBytes(share),
    })),
  };
}

/** The results of all attempts that this seat acknowledged: the chain takes one of them or none. */
export async function loadAcknowledgedResults(store: CeremonyStore, requestId: bigint): Promise<AttemptResult[]> {
  const results: AttemptResult[] = [];
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if ((await store.get(requestId, attempt, "acknowledgement")) === undefined) continue;
    const result = await loadResult(store, requestId, attempt);
    if (result === undefined) throw new CeremonyError("corrupt_state", "an acknowledged result has no shares");
    results.push(result);
  }
  return results;
}

/** Erases everything of a request, once its shares are in the keystore or the request has expired on chain. */
export async function eraseCeremony(store: CeremonyStore, requestId: bigint): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    for (const name of BLOBS) await store.delete(requestId, attempt, name);
  }
}
