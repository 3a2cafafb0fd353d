import { hexlify } from "ethers";
import { generateOneTimeKey } from "../crypto/hpke.ts";
import { Fr, scalarToBytes } from "../crypto/scalars.ts";
import type { Seat } from "../crypto/seats.ts";
import { signWithShare } from "../crypto/signing.ts";
import type { Randomness } from "../ports/randomness.ts";
import { type AttemptMessages, allOf } from "./book.ts";
import type { CeremonyContext } from "./context.ts";
import { checkDeal, makeDeal } from "./dealing.ts";
import type { Round } from "./decide.ts";
import { depositSigningRoot } from "./deposit.ts";
import { deriveGroupKeys } from "./groupKeys.ts";
import { letOthersRun } from "./letOthersRun.ts";
import type { MessageOf, Statement } from "./messages.ts";
import { type Blame, checkResults } from "./results.ts";
import { signMessage, type TypedDataSigner } from "./signing.ts";
import { type CeremonyStore, loadResult, type SharedKey, saveMessage, saveResult } from "./store.ts";
import { hashEncryptedShares, hashKeys, hashTranscript } from "./transcript.ts";

/** Encrypts a share (32 bytes) to the seat itself, for its recovery from the chain: 48 bytes. */
export type ShareEncryptor = (share: Uint8Array, place: { attempt: number; keyIndex: number }) => Uint8Array;

/** What one seat needs to make its messages. */
export interface Participant {
  selfSeat: Seat;
  store: CeremonyStore;
  randomness: Randomness;
  signer: TypedDataSigner;
  shareEncryptor: ShareEncryptor;
}

/**
 * Checks everything that the round before brought, then makes the seat's own message and stores it, so that a process
 * which restarts posts the same bytes. Secrets are stored before the message that commits to them.
 */
export async function makeRoundMessage(
  context: CeremonyContext,
  participant: Participant,
  attempt: number,
  round: Round,
  messages: AttemptMessages,
): Promise<MessageOf<Round> | Blame> {
  const statement = await statements[round](context, participant, attempt, messages);
  if ("reason" in statement) return statement;
  const header = { requestId: context.requestId.toString(), attempt, seat: participant.selfSeat };
  const message = await signMessage(context, participant.signer, { ...header, ...statement });
  await saveMessage(participant.store, message);
  return message;
}

type Statements = {
  [K in Round]: (
    context: CeremonyContext,
    participant: Participant,
    attempt: number,
    messages: AttemptMessages,
  ) => Promise<Statement<K> | Blame>;
};

const statements: Statements = {
  async open({ requestId }, { store, randomness }, attempt) {
    const { secret, publicKey } = generateOneTimeKey(randomness);
    await store.put(requestId, attempt, "one-time-key", secret);
    return { kind: "open", payload: { oneTimeKey: hexlify(publicKey) } };
  },

  async deal(context, { selfSeat, randomness }, attempt, messages) {
    const opens = allOf(messages, "open") ?? [];
    const made = await makeDeal(context, attempt, selfSeat, opens, randomness);
    return "reason" in made ? made : { kind: "deal", payload: made };
  },

  async result(context, participant, attempt, messages) {
    const { selfSeat, store, shareEncryptor } = participant;
    const opens = allOf(messages, "open") ?? [];
    const deals = allOf(messages, "deal") ?? [];
    const oneTimeSecret = await store.get(context.requestId, attempt, "one-time-key");
    if (oneTimeSecret === undefined) return { reason: "state_lost", accused: selfSeat };

    let shares = Array.from({ length: context.keyCount }, () => 0n);
    for (const deal of deals) {
      const check = await checkDeal(context, deal, opens, selfSeat, oneTimeSecret);
      if (!check.ok) return { reason: check.reason, accused: deal.seat };
      shares = shares.map((sum, key) => Fr.add(sum, check.subShares[key] ?? 0n));
    }
    const groups = await deriveGroupKeys(deals, context.keyCount);
    if (groups === undefined) return { reason: "degenerate_key", accused: 0 };

    const transcriptHash = hashTranscript(context, attempt, opens, deals);
    const keys: SharedKey[] = groups.map((group, keyIndex) => ({
      ...group,
      attempt,
      keyIndex,
      share: scalarToBytes(shares[keyIndex] ?? 0n),
    }));
    const depositSignatures: string[] = [];
    for (const { groupKey, share } of keys) {
      depositSignatures.push(hexlify(signWithShare(share, depositSigningRoot(context, groupKey))));
      await letOthersRun();
    }
    const encryptedShares = keys.map(({ share, keyIndex }) => hexlify(shareEncryptor(share, { attempt, keyIndex })));
    await saveResult(store, context.requestId, { attempt, transcriptHash, keys });
    for (const { share } of keys) share.fill(0);
    return { kind: "result", payload: { transcriptHash, encryptedShares, depositSignatures } };
  },

  async acknowledgement(context, { selfSeat, store }, attempt, messages) {
    const results = allOf(messages, "result") ?? [];
    const own = await loadResult(store, context.requestId, attempt);
    if (own === undefined) return { reason: "state_lost", accused: selfSeat };
    const blame = await checkResults(context, own.keys, own.transcriptHash, results);
    if (blame !== undefined) return blame;
    const { transcriptHash, keys } = own;
    const encryptedSharesHash = hashEncryptedShares(results, context.keyCount);
    return { kind: "acknowledgement", payload: { transcriptHash, keysHash: hashKeys(keys), encryptedSharesHash } };
  },
};
