import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePacket } from "../../../services/node/consensus/codec.ts";
import type { Verdict } from "../../../services/node/consensus/types.ts";
import { attestationValue, instanceOf, leaderOf, operatorOf, SEATS, SET, TIME } from "./support/fixtures.ts";
import { sameView, views, World } from "./support/world.ts";

const ID = instanceOf(100);
const LAST = leaderOf(ID, 5);

function rounds(world: World): (number | undefined)[] {
  return world.nodes.map(({ decisions }) => decisions[0]?.decision.round);
}

describe("which instances a process joins", () => {
  it("joins only those whose slot is later than its start: a restart would forget what it prepared", async () => {
    const world = new World(1, {}, { startSlot: 100 });
    await assert.rejects(world.begin(ID), { code: "instance-before-start" });
    await world.run(instanceOf(101));
    assert.deepEqual(
      rounds(world),
      SEATS.map(() => 1),
    );
    world.close();
  });

  it("never runs an instance twice, nor one long past", async () => {
    const world = new World(2);
    await world.run(ID, undefined, { slots: 1 });
    await world.clock.advanceBy(2 * TIME.slotDurationMs);
    assert.equal(world.node(0).service.running, 0);
    await assert.rejects(world.begin(ID), { code: "instance-exists" });
    await world.clock.advanceTo(200 * TIME.slotDurationMs);
    await assert.rejects(world.begin(ID), { code: "instance-too-old" });
    world.close();
  });

  it("refuses sets with an unsafe quorum, without its seat or with another key in it", () => {
    const world = new World(3);
    const { service } = world.node(0);
    assert.throws(() => service.configure({ ...SET, quorum: 4 }), { code: "unsafe-quorum" });
    assert.throws(() => service.configure({ ...SET, quorum: 8 }), { code: "unsafe-quorum" });
    assert.throws(() => service.configure({ ...SET, seats: SET.seats.slice(1), quorum: 5 }), { code: "not-a-member" });
    const options = { startMs: 0, expiresAtMs: 0, callbacks: sameView()(world.node(0), ID) };
    assert.throws(() => service.run({ ...ID, setId: 99 }, options), { code: "unknown-set" });
    world.close();
  });

  it("leaves no timer behind when it stops", async () => {
    const world = new World(4, { dropRate: 1 });
    await world.begin(ID);
    for (const { service } of world.nodes) service.stop();
    assert.equal(world.clock.pendingTimers, 0);
    world.close();
  });
});

describe("late and early nodes", () => {
  it("uses what arrived before its instance ran", async () => {
    const world = new World(5);
    await world.begin(ID, undefined, SEATS.slice(0, 6));
    await world.clock.advanceBy(300);
    await world.begin(ID, undefined, [6]);
    await world.clock.advanceBy(200);
    assert.equal(world.node(6).decisions[0]?.decision.round, 1);
    world.close();
  });

  it("catches up by the commit certificate after losing every message of the deciding round", async () => {
    const id = instanceOf(101);
    const deaf = leaderOf(id, 5);
    const deafUntilMs = 101 * TIME.slotDurationMs + 900;
    const delivers = (_from: number, to: number, _bytes: Uint8Array, nowMs: number) =>
      to !== operatorOf(deaf) || nowMs > deafUntilMs;
    const world = new World(6, { delivers });
    await world.run(id);
    assert.deepEqual(
      rounds(world),
      SEATS.map(() => 1),
    );
    world.close();
  });

  it("drops packets for slots far ahead or past, and for instances that never run", async () => {
    const world = new World(7);
    await world.begin(ID, undefined, SEATS.slice(0, 6));
    await world.clock.advanceBy(10 * TIME.slotDurationMs);
    const { counts } = world.node(6);
    assert.ok((counts.get("never-run") ?? 0) > 0);
    world.close();
  });
});

describe("guards", () => {
  const refuses =
    (seat: number) =>
    (self: number): Verdict =>
      self === seat ? { ok: false, reason: "other-fork" } : { ok: true };

  it("neither prepares nor commits what its guard refuses, and tells its signer not to sign", async () => {
    const kinds = new Set<string>();
    const world = new World(8, {
      delivers: (from, _to, bytes) => {
        if (from === operatorOf(LAST)) kinds.add(decodePacket(bytes).kind);
        return true;
      },
    });
    await world.run(
      ID,
      views(() => attestationValue(100), refuses(LAST)),
    );
    assert.deepEqual([...kinds], []);
    assert.deepEqual(
      world.node(LAST).decisions.map(({ verdict }) => verdict),
      [{ ok: false, reason: "other-fork" }],
    );
    world.close();
  });

  it("lets the signer sign once a head event makes the guard accept", async () => {
    const world = new World(9);
    let imported = false;
    const guard = (self: number): Verdict =>
      self === LAST && !imported ? { ok: false, reason: "unknown-head" } : { ok: true };
    await world.run(
      ID,
      views(() => attestationValue(100), guard),
    );
    world.node(LAST).service.headChanged();
    await world.clock.advanceBy(1);
    imported = true;
    for (let i = 0; i < 2; i++) world.node(LAST).service.headChanged();
    await world.clock.advanceBy(1);
    assert.deepEqual(
      world.node(LAST).decisions.map(({ verdict }) => verdict.ok),
      [false, true],
    );
    world.close();
  });

  it("prepares in the same round once a head event makes the guards accept", async () => {
    const world = new World(10);
    let imported = false;
    const guard = (self: number): Verdict =>
      self !== leaderOf(ID, 1) && !imported ? { ok: false, reason: "unknown-head" } : { ok: true };
    await world.begin(
      ID,
      views(() => attestationValue(100), guard),
    );
    await world.clock.advanceBy(500);
    imported = true;
    for (const { service } of world.nodes) service.headChanged();
    await world.clock.advanceBy(400);
    assert.deepEqual(
      rounds(world),
      SEATS.map(() => 1),
    );
    world.close();
  });

  it("skips a leader that cannot propose", async () => {
    const world = new World(11);
    const leader = leaderOf(ID, 1);
    await world.run(ID, (node, id) => {
      const callbacks = sameView()(node, id);
      if (node.seat !== leader) return callbacks;
      return { ...callbacks, proposeValue: () => Promise.reject(new Error("beacon node is down")) };
    });
    assert.deepEqual(
      rounds(world),
      SEATS.map(() => 2),
    );
    assert.equal(world.node(leader).counts.get("propose-failed"), 1);
    world.close();
  });
});
