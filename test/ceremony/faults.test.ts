import assert from "node:assert/strict";
import { test } from "node:test";
import { hexlify } from "ethers";
import { attemptOf } from "../../services/ceremony/book.ts";
import { makeDeal } from "../../services/ceremony/dealing.ts";
import type { MessageOf } from "../../services/ceremony/messages.ts";
import { SEATS, type Seat } from "../../services/crypto/seats.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { randomSharing, sign } from "../crypto/sharing.ts";
import { createWorld, type World } from "./world.ts";

type Deal = MessageOf<"deal">["payload"];

const IDENTITY = `0xc0${"00".repeat(47)}`;
const flip = (hex: string) => `${hex.slice(0, -1)}${hex.endsWith("0") ? "1" : "0"}`;
const honest = SEATS.filter((seat) => seat !== 7);

/** Six honest seats, one cheat: attempt 1 must end for this reason with seat 7 accused, and attempt 2 must begin. */
async function expectAbort(reason: string, cheat: (world: World) => Promise<void>): Promise<World> {
  const world = createWorld();
  for (const seat of honest) world.start(seat);
  await cheat(world);
  const awaitsReturn = (seat: Seat) =>
    world.latest(seat)?.attempt === 2 && world.latest(seat)?.missing.toString() === "7";
  await world.until(() => honest.every(awaitsReturn));
  for (const seat of honest) {
    const { attempt, phase, lastAbort } = world.latest(seat) ?? {};
    assert.deepEqual({ attempt, phase }, { attempt: 2, phase: "open" });
    assert.deepEqual({ reason: lastAbort?.reason, accused: lastAbort?.accused }, { reason, accused: 7 });
  }
  assert.equal(attemptOf(world.mailbox.book, 1).acknowledgement.size, 0);
  return world;
}

/** The cheat's seat comes back honest, and the attempt that began succeeds. */
async function expectSuccess(world: World): Promise<void> {
  world.start(7);
  await world.until(world.allIn("acknowledged", 2));
  const outcomes = await world.stopAll();
  for (const seat of SEATS) {
    assert.deepEqual(
      outcomes.get(seat)?.results.map(({ attempt }) => attempt),
      [2],
    );
    const blobs = world.stores[seat - 1]?.blobs;
    assert.ok(!blobs?.has("42/1/shares") && !blobs?.has("42/1/one-time-key"), `seat ${seat} keeps aborted secrets`);
  }
}

async function badDeal(reason: string, change: (deal: Deal, world: World) => Deal | Promise<Deal>): Promise<void> {
  const world = await expectAbort(reason, (world) => world.cheat(7, "deal", (deal) => change(deal, world)));
  await world.stopAll();
}

const otherDeal = async ({ context, mailbox }: World): Promise<Deal> => {
  const opens = SEATS.flatMap((seat) => attemptOf(mailbox.book, 1).open.get(seat) ?? []);
  const made = await makeDeal(context, 1, 7, opens, systemRandomness);
  assert.ok("proofs" in made);
  return made;
};

test("a sub-share that doesn't decrypt aborts the attempt, names the dealer, and the next attempt succeeds", async () => {
  const cheat = (world: World) =>
    world.cheat(7, "deal", (deal) => ({ ...deal, ciphertexts: [...deal.ciphertexts].reverse() }));
  await expectSuccess(await expectAbort("bad_sub_share", cheat));
});

test("sub-shares off the committed polynomial abort the attempt and name the dealer", () =>
  badDeal("bad_sub_share", async (deal, world) => ({ ...deal, ciphertexts: (await otherDeal(world)).ciphertexts })));

test("a deal that is good for all receivers but one aborts the attempt and names the dealer", () =>
  badDeal("bad_sub_share", (deal) => ({
    ...deal,
    ciphertexts: deal.ciphertexts.map((ciphertext, index) => (index === 2 ? flip(ciphertext) : ciphertext)),
  })));

test("a commitment that is the identity aborts the attempt and names the dealer", () =>
  badDeal("bad_commitment", (deal) => {
    const [first = []] = deal.commitments;
    return { ...deal, commitments: [[...first.slice(0, 3), IDENTITY]] };
  }));

test("a commitment off the curve aborts the attempt and names the dealer", () =>
  badDeal("bad_commitment", (deal) => ({
    ...deal,
    commitments: deal.commitments.map((points) => points.map(() => `0x80${"00".repeat(46)}01`)),
  })));

test("a proof of knowledge for another constant term aborts the attempt and names the dealer", () =>
  badDeal("bad_proof", async (deal, world) => ({ ...deal, proofs: (await otherDeal(world)).proofs })));

test("another dealer's commitment and proof repeated as one's own abort the attempt", () =>
  badDeal("bad_proof", async (deal, { until, mailbox }) => {
    await until(() => attemptOf(mailbox.book, 1).deal.has(1));
    const copied = attemptOf(mailbox.book, 1).deal.get(1)?.payload;
    assert.ok(copied);
    return { ...deal, commitments: copied.commitments, proofs: copied.proofs };
  }));

test("a deal for other one-time keys aborts the attempt and names the dealer", () =>
  badDeal("opens_mismatch", (deal) => ({ ...deal, opensHash: flip(deal.opensHash) })));

test("a result for another transcript aborts the attempt and names the seat", async () => {
  const cheat = (world: World) =>
    world.cheat(7, "result", (result) => ({ ...result, transcriptHash: flip(result.transcriptHash) }));
  await (await expectAbort("transcript_mismatch", cheat)).stopAll();
});

test("a partial deposit signature by another share aborts the attempt, and the next attempt succeeds", async () => {
  const depositSignatures = [hexlify(sign(randomSharing().groupSecret, new Uint8Array(32)))];
  const cheat = (world: World) => world.cheat(7, "result", (result) => ({ ...result, depositSignatures }));
  await expectSuccess(await expectAbort("bad_partial_signature", cheat));
});

test("two different messages of one kind abort the attempt as equivocation, and the next attempt succeeds", async () => {
  const cheat = async (world: World) => {
    for (const byte of ["01", "02"]) {
      await world.post(7, 1, { kind: "open", payload: { oneTimeKey: `0x${byte.repeat(32)}` } });
    }
  };
  await expectSuccess(await expectAbort("equivocation", cheat));
});

test("a one-time key of low order, to which nobody can deal, aborts the attempt and names the seat", async () => {
  const oneTimeKey = `0x${"00".repeat(32)}`;
  const cheat = (world: World) => world.post(7, 1, { kind: "open", payload: { oneTimeKey } });
  await (await expectAbort("bad_one_time_key", cheat)).stopAll();
});

test("a seat that opens but doesn't deal is named when the attempt times out, not before, and the next succeeds", async () => {
  const cheat = async (world: World) => {
    await world.post(7, 1, { kind: "open", payload: { oneTimeKey: `0x${"09".repeat(32)}` } });
    await world.until(() => world.latest(1)?.phase === "deal" && world.latest(1)?.missing.toString() === "7");
    const before = world.clock.nowMs();
    await world.until(() => world.clock.nowMs() >= before + 50_000);
    assert.deepEqual(world.latest(1), { attempt: 1, phase: "deal", missing: [7] });
  };
  await expectSuccess(await expectAbort("timeout", cheat));
});

test("an acknowledgement of other hashes aborts the attempt, and those who acknowledged keep their result", async () => {
  const world = createWorld();
  for (const seat of honest) world.start(seat);
  await world.cheat(7, "acknowledgement", (payload) => ({ ...payload, keysHash: flip(payload.keysHash) }));
  await world.until(() => world.latest(1)?.attempt === 2);
  assert.equal(world.latest(1)?.lastAbort?.reason, "acknowledgement_mismatch");
  assert.equal(world.latest(1)?.lastAbort?.accused, 7);
  world.start(7);
  await world.until(world.allIn("acknowledged", 2));
  const outcomes = await world.stopAll();
  for (const seat of honest)
    assert.deepEqual(
      outcomes.get(seat)?.results.map(({ attempt }) => attempt),
      [1, 2],
    );
  assert.deepEqual(
    outcomes.get(7)?.results.map(({ attempt }) => attempt),
    [2],
  );
});
