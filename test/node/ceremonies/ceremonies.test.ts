import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { hexlify, Wallet } from "ethers";
import { type AttemptResult, loadAcknowledgedResults } from "../../../services/ceremony/store.ts";
import { publicKeyOf } from "../../../services/crypto/polynomial.ts";
import { scalarFromBytes } from "../../../services/crypto/scalars.ts";
import { Ceremonies } from "../../../services/node/ceremonies/ceremonies.ts";
import { selfEncryptor } from "../../../services/node/ceremonies/ceremonyContext.ts";
import type { ChainView, KeyRequest, Operator, VerifiedKey } from "../../../services/ports/chain.ts";
import { systemRandomness } from "../../../services/ports/systemRandomness.ts";
import { createMemoryMailbox } from "../../ceremony/memoryMailbox.ts";
import { createContext, createMemoryStore } from "../../ceremony/world.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

const START_MS = 1_800_000_000_000;
const SEATS = [1, 2, 3, 4, 5, 6, 7];
const wallets = SEATS.map(() => Wallet.createRandom());
const context = createContext(wallets);
const members: Operator[] = wallets.map(({ address }, index) => {
  return { operatorId: index + 11, nodeAddress: address, nodePublicKey: new Uint8Array(64), multiaddrs: [] };
});
const REQUEST: KeyRequest = {
  requestId: Number(context.requestId),
  setId: Number(context.setId),
  configuration: 0,
  keyCount: 1,
  deadline: context.deadlineSeconds,
};
const viewOf = (seat: number, rest: Partial<ChainView>): ChainView => ({
  blockNumber: 1,
  operatorId: seat + 10,
  sets: [{ setId: REQUEST.setId, configuration: 0, members }],
  openRequests: [],
  verifiedKeys: [],
  ...rest,
});

let clock: VirtualClock;
let mailbox: ReturnType<typeof createMemoryMailbox>;
let stores: ReturnType<typeof createMemoryStore>[];
let saved: Map<string, Uint8Array>[];
let phases: string[];
let errors: unknown[];

beforeEach(() => {
  clock = new VirtualClock(START_MS);
  mailbox = createMemoryMailbox(context);
  stores = SEATS.map(createMemoryStore);
  saved = SEATS.map(() => new Map());
  phases = SEATS.map(() => "");
  errors = [];
});

function participant(seat: number): Ceremonies {
  const at = <T>(items: T[]) => items[seat - 1] as T;
  const wallet = at(wallets);
  return new Ceremonies({
    clock,
    randomness: systemRandomness,
    mailbox,
    store: at(stores),
    shares: { load: async () => [], save: async (pubkey, share) => void at(saved).set(pubkey, share.slice()) },
    signer: wallet,
    context: () => context,
    encryptorFor: (ceremony) => selfEncryptor(new Uint8Array(32).fill(seat), ceremony),
    hasShare: (pubkey) => at(saved).has(pubkey),
    onShare: () => {},
    onProgress: (_requestId, { phase }) => {
      phases[seat - 1] = phase;
    },
    onError: (_requestId, error) => errors.push(error),
  });
}

async function advanceUntil(condition: () => boolean): Promise<void> {
  for (let step = 0; !condition(); step++) {
    assert.ok(step < 600, `in vain: ${phases.join()} ${errors.join()}`);
    await clock.advanceBy(200);
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function verifiedKey({ attempt, transcriptHash, keys: [key] }: AttemptResult): VerifiedKey {
  assert.ok(key);
  return {
    pubkey: hexlify(key.groupKey),
    requestId: REQUEST.requestId,
    setId: REQUEST.setId,
    attempt,
    transcriptHash,
    shareKeys: key.shareKeys,
    encryptedShares: [],
  };
}

/** Seven participants up to the acknowledgement, one of them restarted on the way. */
async function runToAcknowledgement() {
  const ceremonies = SEATS.map(participant);
  for (const [index, each] of ceremonies.entries()) each.onView(viewOf(index + 1, { openRequests: [REQUEST] }));
  await advanceUntil(() => phases.every((phase) => phase === "result" || phase === "acknowledgement"));
  await ceremonies[2]?.stop();
  const restarted = participant(3);
  ceremonies[2] = restarted;
  restarted.onView(viewOf(3, { openRequests: [REQUEST] }));
  await advanceUntil(() => phases.every((phase) => phase === "acknowledged"));
  const [result] = await loadAcknowledgedResults(stores[0] as never, context.requestId);
  assert.ok(result);
  return { ceremonies, key: verifiedKey(result) };
}

test("every seat keeps the share of a verified key, and of the ceremony nothing is left", async () => {
  const { ceremonies, key } = await runToAcknowledgement();
  assert.ok(
    saved.every((shares) => shares.size === 0),
    "a share was kept before the chain verified its key",
  );
  for (const [index, each] of ceremonies.entries()) each.onView(viewOf(index + 1, { verifiedKeys: [key] }));
  await advanceUntil(() => stores.every(({ blobs }) => blobs.size === 0));
  for (const [index, shares] of saved.entries()) {
    const share = shares.get(key.pubkey);
    assert.ok(share, `seat ${index + 1} has no share`);
    assert.equal(hexlify(publicKeyOf(scalarFromBytes(share))), hexlify(key.shareKeys[index] ?? ""));
  }
  for (const each of ceremonies) await each.stop();
  assert.equal(clock.pendingTimers, 0);
});

test("a node that was down when the key was verified takes its share from its own store", async () => {
  const { ceremonies, key } = await runToAcknowledgement();
  for (const each of ceremonies) await each.stop();
  const late = participant(5);
  late.onView(viewOf(5, { verifiedKeys: [key] }));
  await settle();
  assert.deepEqual([...(saved[4]?.keys() ?? [])], [key.pubkey]);
  assert.equal(stores[4]?.blobs.size, 0);
  await late.stop();
});

test("a share that doesn't fit the key on chain is not stored, and nothing is erased", async () => {
  const { ceremonies, key } = await runToAcknowledgement();
  for (const each of ceremonies) await each.stop();
  const blobs = stores[4]?.blobs.size;
  const [first, ...others] = key.shareKeys;
  assert.ok(first);
  for (const wrong of [
    { ...key, shareKeys: [...others, first] },
    { ...key, attempt: key.attempt + 1 },
    { ...key, transcriptHash: `0x${"00".repeat(32)}` },
    { ...key, pubkey: `0x${"aa".repeat(48)}` },
  ]) {
    const node = participant(5);
    errors = [];
    node.onView(viewOf(5, { verifiedKeys: [wrong] }));
    await settle();
    assert.equal(saved[4]?.size, 0);
    assert.equal(stores[4]?.blobs.size, blobs);
    assert.equal(errors.length, 1);
    await node.stop();
  }
});

test("takes no part in a request of another configuration or past its deadline", async () => {
  const node = participant(1);
  node.onView(viewOf(1, { openRequests: [{ ...REQUEST, configuration: 1 }] }));
  node.onView(viewOf(1, { openRequests: [{ ...REQUEST, requestId: 43, deadline: START_MS / 1000 }] }));
  node.onView(viewOf(1, { sets: [], openRequests: [REQUEST] }));
  await settle();
  assert.deepEqual(node.progress(), []);
  await node.stop();
});
