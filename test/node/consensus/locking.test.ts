import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePacket, encodePacket } from "../../../services/node/consensus/codec.ts";
import type { AttestationValue } from "../../../services/node/consensus/types.ts";
import { hashValue } from "../../../services/node/consensus/value.ts";
import {
  attestationValue,
  instanceOf,
  leaderOf,
  operatorOf,
  pubkey,
  root,
  SEATS,
  signValue,
} from "./support/fixtures.ts";
import { views, World } from "./support/world.ts";

const [A, B, C, D, E, F, G] = SEATS;

/** PREPARE and COMMIT in round 1 from seats that vote for whatever they are asked to. */
function voteBlindly(world: World, seats: readonly number[], value: AttestationValue, to: readonly number[]): void {
  for (const seat of seats) {
    for (const kind of ["prepare", "commit"] as const) {
      const packet = { kind, instance: instanceOf(value.slot), signed: signValue(seat, kind, value, 1) };
      for (const other of to) world.network.send(operatorOf(seat), operatorOf(other), encodePacket(packet));
    }
  }
}

describe("C, D, E time out of a slot where A, B, F, G, C decided (10→12); an epoch later they decide (9→13) with F, G", () => {
  const first = attestationValue(96, { sourceEpoch: 10 });
  const second = attestationValue(106, { sourceEpoch: 9 });
  assert.equal(leaderOf(instanceOf(96), 1), A);
  assert.equal(leaderOf(instanceOf(106), 1), D);

  /** Slot 96 reaches neither D nor E, and C hears no COMMIT of it; slot 106 reaches neither A nor B. F and G are Byzantine. */
  function attackedWorld(): World {
    const at = (...seats: number[]) => seats.map(operatorOf);
    const delivers = (from: number, to: number, bytes: Uint8Array) => {
      const { kind, instance } = decodePacket(bytes);
      const cut = instance.slot === 96 ? at(D, E) : at(A, B);
      const hidden = instance.slot === 96 && to === operatorOf(C) && (kind === "commit" || kind === "decided");
      return !cut.includes(from) && !cut.includes(to) && !hidden;
    };
    return new World(11, { delivers }, { absent: [F, G], startSlot: 90 });
  }

  async function decideSecond(world: World): Promise<string[]> {
    await world.clock.advanceTo(106 * 12_000 - 100);
    voteBlindly(world, [F, G], second, [C, D, E]);
    await world.run(
      instanceOf(106),
      views(() => second),
      { seats: [C, D, E], slots: 3 },
    );
    return [C, D, E].flatMap((seat) =>
      world
        .node(seat)
        .decisions.map(({ decision }) => decision)
        .filter(({ instance }) => instance.slot === 106)
        .map(({ valueHash }) => valueHash),
    );
  }

  it("is refused by the lock of C", async () => {
    const world = attackedWorld();
    await world.clock.advanceTo(96 * 12_000 - 100);
    voteBlindly(world, [F, G], first, [A, B, C]);
    await world.run(
      instanceOf(96),
      views(() => first),
      { slots: 3 },
    );
    const decided = world.nodes.filter(({ decisions }) => decisions.length > 0).map(({ seat }) => seat);
    assert.deepEqual(decided, [A, B]);
    assert.deepEqual(await decideSecond(world), []);
    assert.ok(world.node(C).counts.has("prepare-refused:locked"));
    world.close();
  });

  it("would succeed without that lock", async () => {
    const world = attackedWorld();
    assert.deepEqual(
      await decideSecond(world),
      [C, D, E].map(() => hashValue(second).valueHash),
    );
    world.close();
  });
});

describe("validators that a node is locked on", () => {
  const id = instanceOf(100);
  const propose = views((_seat, excluded) => {
    const validators = [1, 2, 3].map(pubkey).filter((key) => !excluded.includes(key));
    return attestationValue(100, { validators });
  });

  /** Binds validator 2 in an instance of another configuration to (9→13), which surrounds what slot 100 votes for. */
  function lockValidator2(world: World, seats: readonly number[]): void {
    for (const seat of seats) {
      const instance = { ...instanceOf(104), configuration: 9 };
      const vote = { type: "attestation", instance, round: 1, valueHash: root(1), validators: [pubkey(2)] } as const;
      assert.ok(world.node(seat).locks.lockCommit({ ...vote, sourceEpoch: 9, targetEpoch: 13 }).ok);
    }
  }

  function decided(world: World): { rounds: Set<number>; validators: Set<string> } {
    const decisions = world.nodes.flatMap((node) => node.decisions.map(({ decision }) => decision));
    assert.equal(decisions.length, SEATS.length);
    return {
      rounds: new Set(decisions.map(({ round }) => round)),
      validators: new Set(decisions.map(({ proposal }) => proposal.value.validators.join())),
    };
  }

  it("are named in ROUND-CHANGE and left out by the next leader when three seats name them", async () => {
    const world = new World(5);
    lockValidator2(world, SEATS.filter((seat) => seat !== leaderOf(id, 1) && seat !== leaderOf(id, 2)).slice(0, 3));
    await world.run(id, propose);
    assert.deepEqual(decided(world), { rounds: new Set([2]), validators: new Set([`${pubkey(1)},${pubkey(3)}`]) });
    world.close();
  });

  it("stay in when only two seats refuse them, so two Byzantine seats silence nobody", async () => {
    const world = new World(6);
    lockValidator2(world, SEATS.filter((seat) => seat !== leaderOf(id, 1)).slice(0, 2));
    await world.run(id, propose);
    assert.deepEqual(decided(world), { rounds: new Set([1]), validators: new Set([[1, 2, 3].map(pubkey).join()]) });
    world.close();
  });

  it("are left out by a leader that is itself locked on them", async () => {
    const world = new World(7);
    lockValidator2(world, [leaderOf(id, 1)]);
    await world.run(id, propose);
    assert.deepEqual(decided(world), { rounds: new Set([1]), validators: new Set([`${pubkey(1)},${pubkey(3)}`]) });
    world.close();
  });
});

it("sends COMMIT only after the lock is recorded, with the certificates it acts on kept as evidence", async () => {
  const id = instanceOf(100);
  const unlocked: number[] = [];
  const world: World = new World(8, {
    delivers: (from, _to, bytes) => {
      if (decodePacket(bytes).kind !== "commit") return true;
      const seat = SEATS.find((candidate) => operatorOf(candidate) === from) as number;
      const kinds = world.node(seat).locks.connection.db.prepare("SELECT kind FROM evidence WHERE slot = 100").all();
      if (kinds.length !== 2) unlocked.push(seat);
      return true;
    },
  });
  await world.run(id);
  assert.deepEqual(unlocked, []);
  world.close();
});

it("sends no COMMIT when the lock database fails", async () => {
  const id = instanceOf(100);
  let commits = 0;
  const broken = leaderOf(id, 4);
  const world = new World(9, {
    delivers: (from, _to, bytes) => {
      if (from === operatorOf(broken) && decodePacket(bytes).kind === "commit") commits++;
      return true;
    },
  });
  const { db } = world.node(broken).locks.connection;
  db.exec("CREATE TRIGGER full BEFORE INSERT ON instances BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  await world.run(id);
  assert.equal(commits, 0);
  assert.equal(world.node(broken).counts.get("commit-refused:lock-database-failed"), 1);
  assert.equal(world.node(broken).decisions.length, 1, "the others decide");
  world.close();
});
