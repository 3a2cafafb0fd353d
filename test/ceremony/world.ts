import { randomBytes } from "node:crypto";
import { Wallet } from "ethers";
import { attemptOf, missingSeats } from "../../services/ceremony/book.ts";
import type { CeremonyContext } from "../../services/ceremony/context.ts";
import { ROUNDS, type Round } from "../../services/ceremony/decide.ts";
import type { CeremonyMessage, MessageOf, Statement } from "../../services/ceremony/messages.ts";
import { makeRoundMessage } from "../../services/ceremony/rounds.ts";
import {
  type CeremonyDeps,
  type CeremonyOutcome,
  type CeremonyProgress,
  runCeremony,
} from "../../services/ceremony/runCeremony.ts";
import { signMessage, type UnsignedMessage } from "../../services/ceremony/signing.ts";
import type { BlobName, CeremonyStore } from "../../services/ceremony/store.ts";
import { SEATS, type Seat } from "../../services/crypto/seats.ts";
import { encryptShare } from "../../services/crypto/shareEncryption.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { createManualClock } from "./manualClock.ts";
import { createMemoryMailbox } from "./memoryMailbox.ts";

const START_MS = 1_800_000_000_000;

/** A store in memory: plain, because confidentiality is the file store's matter. */
export function createMemoryStore(): CeremonyStore & { blobs: Map<string, Uint8Array> } {
  const blobs = new Map<string, Uint8Array>();
  const path = (requestId: bigint, attempt: number, name: BlobName) => `${requestId}/${attempt}/${name}`;
  return {
    blobs,
    get: async (requestId, attempt, name) => blobs.get(path(requestId, attempt, name))?.slice(),
    put: async (requestId, attempt, name, value) => void blobs.set(path(requestId, attempt, name), value.slice()),
    delete: async (requestId, attempt, name) => void blobs.delete(path(requestId, attempt, name)),
  };
}

export function createContext(
  wallets: readonly { address: string }[],
  changes: Partial<CeremonyContext> = {},
): CeremonyContext {
  return {
    chainId: 31337n,
    verifyingContract: "0x00000000000000000000000000000000000000aa",
    requestId: 42n,
    setId: 3n,
    generation: 0,
    keyCount: 1,
    deadlineSeconds: START_MS / 1_000 + 6 * 3_600,
    members: SEATS.map((seat, index) => ({ seat, operatorId: seat + 10, nodeKey: wallets[index]?.address ?? "" })),
    withdrawalCredentials: Uint8Array.from([2, ...new Uint8Array(11), ...new Uint8Array(20).fill(7)]),
    genesisForkVersion: Uint8Array.of(0, 0, 0, 1),
    amountGwei: 1_000_000_000n,
    ...changes,
  };
}

/** Seven seats around one mailbox, with time at the test's command. */
export function createWorld(changes: Partial<CeremonyContext> = {}) {
  const wallets = SEATS.map(() => new Wallet(`0x${randomBytes(32).toString("hex")}`));
  const context = createContext(wallets, changes);
  const mailbox = createMemoryMailbox(context);
  const clock = createManualClock(START_MS);
  const stores = SEATS.map(createMemoryStore);
  const progress = new Map<Seat, CeremonyProgress[]>(SEATS.map((seat) => [seat, []]));
  const running = new Map<Seat, { stop: AbortController; outcome: Promise<CeremonyOutcome> }>();
  const failures: unknown[] = [];

  const of = <T>(items: readonly T[], seat: Seat): T => {
    const item = items[seat - 1];
    if (item === undefined) throw new RangeError(`no seat ${seat}`);
    return item;
  };

  const participant = (seat: Seat) => ({
    selfSeat: seat,
    store: of(stores, seat) as CeremonyStore,
    randomness: systemRandomness,
    signer: of(wallets, seat),
    shareEncryptor: (share: Uint8Array, place: { attempt: number; keyIndex: number }) =>
      encryptShare(new Uint8Array(32).fill(seat), { ...context, ...place }, share),
  });

  const start = (seat: Seat, overrides: Partial<CeremonyDeps> = {}): void => {
    const stop = new AbortController();
    const onProgress = (entry: CeremonyProgress) => progress.get(seat)?.push(entry);
    const deps = { ...participant(seat), mailbox, clock, onProgress, ...overrides };
    const outcome = runCeremony(context, deps, stop.signal).finally(() => running.delete(seat));
    running.set(seat, { stop, outcome });
    outcome.catch((error) => failures.push(error));
  };

  /** Lets everybody work, moves time on by a second whenever all sleep, until the condition holds. */
  const until = async (condition: () => boolean, maxSeconds = 300): Promise<void> => {
    for (let seconds = 0; !condition(); ) {
      if (failures.length > 0) throw failures[0];
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.pending() < running.size) continue;
      if (++seconds > maxSeconds) throw new Error(`condition doesn't hold after ${maxSeconds} s`);
      clock.advance(1_000);
    }
  };

  const stopAll = async (): Promise<Map<Seat, CeremonyOutcome>> => {
    const outcomes = new Map<Seat, CeremonyOutcome>();
    for (const [seat, { stop, outcome }] of [...running]) {
      stop.abort();
      outcomes.set(seat, await outcome);
    }
    return outcomes;
  };

  const latest = (seat: Seat) => progress.get(seat)?.at(-1);
  const allIn = (phase: CeremonyProgress["phase"], attempt: number) => () =>
    SEATS.every((seat) => latest(seat)?.phase === phase && latest(seat)?.attempt === attempt);

  const post = async (seat: Seat, attempt: number, statement: Statement): Promise<void> => {
    const unsigned = { requestId: context.requestId.toString(), attempt, seat, ...statement } as UnsignedMessage;
    await mailbox.post(context.requestId, (await signMessage(context, of(wallets, seat), unsigned)) as CeremonyMessage);
  };

  /**
   * Plays a seat by hand in attempt 1: honestly up to `round`, whose message is changed before it is signed and posted.
   * Resolves when it was posted; the other seats run meanwhile.
   */
  const cheat = async <K extends Round>(
    seat: Seat,
    round: K,
    change: (payload: MessageOf<K>["payload"]) => MessageOf<K>["payload"] | Promise<MessageOf<K>["payload"]>,
  ): Promise<void> => {
    const store = createMemoryStore();
    for (const current of ROUNDS) {
      const messages = () => attemptOf(mailbox.book, 1);
      const previous = ROUNDS[ROUNDS.indexOf(current) - 1];
      if (previous) await until(() => missingSeats(messages(), previous).length === 0);
      const made = await makeRoundMessage(context, { ...participant(seat), store }, 1, current, messages());
      if ("reason" in made) throw new Error(`seat ${seat} can't make its ${current}: ${made.reason}`);
      if (current !== round) {
        await mailbox.post(context.requestId, made);
        continue;
      }
      const payload = await change(structuredClone(made.payload) as MessageOf<K>["payload"]);
      return post(seat, 1, { kind: round, payload } as unknown as Statement);
    }
  };

  return {
    context,
    wallets,
    mailbox,
    clock,
    stores,
    progress,
    running,
    participant,
    start,
    until,
    stopAll,
    latest,
    allIn,
    post,
    cheat,
  };
}

export type World = ReturnType<typeof createWorld>;
