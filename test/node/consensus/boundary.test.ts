import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { id as keccakText, SigningKey } from "ethers";
import { encodePacket } from "../../../services/node/consensus/codec.ts";
import { MAX_BODY_BYTES, MAX_PACKET_BYTES, MAX_PACKETS_PER_INTERVAL } from "../../../services/node/consensus/limits.ts";
import { messageSigner } from "../../../services/node/consensus/messageHash.ts";
import type { Packet } from "../../../services/node/consensus/types.ts";
import { hashValue } from "../../../services/node/consensus/value.ts";
import {
  attestationValue,
  DOMAIN,
  instanceOf,
  leaderOf,
  operatorOf,
  root,
  SEATS,
  signAs,
  signValue,
} from "./support/fixtures.ts";
import { World } from "./support/world.ts";

const ID = instanceOf(100);
const VALUE = attestationValue(100);
const LEADER = leaderOf(ID, 1);
const SELF = leaderOf(ID, 5);
const OTHER = leaderOf(ID, 6);

/** One honest node alone; everything else is written by the test. */
class Alone {
  sent = 0;
  readonly world: World;

  constructor() {
    const count = (from: number) => (from === operatorOf(SELF) ? ++this.sent > 0 : true);
    this.world = new World(1, { delivers: count, maxDelayMs: 5 }, { absent: SEATS.filter((seat) => seat !== SELF) });
  }

  async start(): Promise<void> {
    await this.world.begin(ID);
  }

  async hear(from: number, packet: Packet | Uint8Array): Promise<void> {
    const bytes = packet instanceof Uint8Array ? packet : encodePacket(packet);
    this.world.network.send(operatorOf(from), operatorOf(SELF), bytes);
    await this.world.clock.advanceBy(10);
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(this.world.node(SELF).counts);
  }
}

const prePrepare = (change: Partial<Extract<Packet, { kind: "pre-prepare" }>> = {}): Packet => ({
  kind: "pre-prepare",
  instance: ID,
  signed: signValue(LEADER, "pre-prepare", VALUE, 1),
  proposal: { value: VALUE },
  roundChanges: [],
  prepares: [],
  ...change,
});
const prepare = (signed = signValue(OTHER, "prepare", VALUE, 1)): Packet => ({ kind: "prepare", instance: ID, signed });
const commits = (seats: readonly number[], round = 1) => seats.map((seat) => signValue(seat, "commit", VALUE, round));
const decided = (list: ReturnType<typeof commits>): Packet => ({
  kind: "decided",
  instance: ID,
  proposal: { value: VALUE },
  commits: list,
});
const prepares = (seats: readonly number[]) => seats.map((seat) => signValue(seat, "prepare", VALUE, 1));
const roundChange = (list: ReturnType<typeof prepares>, preparedRound = 1): Packet => {
  const preparedValueHash = hashValue(VALUE).valueHash;
  const message = { kind: "round-change", instance: ID, round: 2, preparedRound, preparedValueHash } as const;
  const prepared = { proposal: { value: VALUE }, prepares: list };
  return { kind: "round-change", instance: ID, signed: signAs(OTHER, message), refused: [], prepared };
};
const stranger = messageSigner(DOMAIN, new SigningKey(keccakText("nobody's key")));
const secondLeader = leaderOf(ID, 2);

const BAD: [string, string, number, Packet | Uint8Array][] = [
  ["bytes that are no packet", "malformed-packet", OTHER, new Uint8Array(40).fill(7)],
  ["an empty message", "malformed-packet", OTHER, new Uint8Array()],
  ["an oversized message", "oversized-packet", OTHER, new Uint8Array(MAX_PACKET_BYTES + MAX_BODY_BYTES + 1)],
  ["another set", "unknown-set", OTHER, { ...prepare(), instance: { ...ID, setId: 4 } } as Packet],
  ["another configuration", "unknown-set", OTHER, { ...prepare(), instance: { ...ID, configuration: 1 } } as Packet],
  ["an operator without a seat", "not-a-seat", 800, prepare()],
  ["a key that is no seat's", "bad-signature", OTHER, prepare(stranger(signValue(OTHER, "prepare", VALUE, 1).message))],
  ["a message of another seat", "relayed", OTHER, prepare(signValue(LEADER, "prepare", VALUE, 1))],
  [
    "an old machine of an operator",
    "foreign-instance-counter",
    OTHER,
    prepare(signAs(OTHER, { ...signValue(OTHER, "prepare", VALUE, 1).message, instanceCounter: 1 })),
  ],
  ["round 0", "round-out-of-range", OTHER, prepare(signValue(OTHER, "prepare", VALUE, 0))],
  ["a round that no instance reaches", "round-out-of-range", OTHER, prepare(signValue(OTHER, "prepare", VALUE, 25))],
  [
    "a proposal of a seat that does not lead",
    "not-leader",
    OTHER,
    prePrepare({ signed: signValue(OTHER, "pre-prepare", VALUE, 1) }),
  ],
  [
    "another value than was signed",
    "invalid-value",
    LEADER,
    prePrepare({ proposal: { value: attestationValue(100, {}, 2) } }),
  ],
  ["a value of another slot", "invalid-value", LEADER, prePrepare({ proposal: { value: attestationValue(101) } })],
  ["a first proposal with a justification", "unjustified-pre-prepare", LEADER, prePrepare({ prepares: prepares([1]) })],
  [
    "a later proposal without one",
    "unjustified-pre-prepare",
    secondLeader,
    prePrepare({ signed: signValue(secondLeader, "pre-prepare", VALUE, 2) }),
  ],
  ["a ROUND-CHANGE with four PREPAREs", "unjustified-round-change", OTHER, roundChange(prepares([0, 1, 2, 3]))],
  ["a ROUND-CHANGE with a PREPARE twice", "unjustified-round-change", OTHER, roundChange(prepares([0, 1, 2, 3, 3]))],
  [
    "a ROUND-CHANGE prepared in its own round",
    "unjustified-round-change",
    OTHER,
    roundChange(prepares([0, 1, 2, 3, 4]), 2),
  ],
  ["four COMMITs as a decision", "unproven-decision", OTHER, decided(commits([0, 1, 2, 3]))],
  ["a COMMIT twice in a decision", "unproven-decision", OTHER, decided(commits([0, 1, 2, 3, 3]))],
  [
    "COMMITs of two rounds as a decision",
    "unproven-decision",
    OTHER,
    decided([...commits([0, 1, 2, 3]), ...commits([4], 2)]),
  ],
];

describe("a bad packet changes nothing but a counter", () => {
  for (const [name, reason, from, packet] of BAD) {
    it(`${name}: ${reason}`, async () => {
      const alone = new Alone();
      await alone.start();
      await alone.hear(from, packet);
      assert.deepEqual(alone.counts, { [reason]: 1 });
      assert.equal(alone.sent, 0);
      assert.equal(alone.world.node(SELF).decisions.length, 0);
      await alone.hear(LEADER, prePrepare());
      assert.ok(alone.sent > 0, "the instance still prepares a good proposal");
      alone.world.close();
    });
  }
});

it("counts refusals that do not match their root", async () => {
  const alone = new Alone();
  await alone.start();
  const signed = signAs(OTHER, { kind: "round-change", instance: ID, round: 2, refusedRoot: root(1) });
  await alone.hear(OTHER, { kind: "round-change", instance: ID, signed, refused: [] });
  assert.deepEqual(alone.counts, { "invalid-refusals": 1 });
  alone.world.close();
});

it("takes at most so many packets of a kind from a seat per interval", async () => {
  const alone = new Alone();
  await alone.start();
  for (let i = 0; i <= MAX_PACKETS_PER_INTERVAL; i++) await alone.hear(OTHER, prepare());
  assert.deepEqual(alone.counts, { "rate-limited": 1 });
  alone.world.close();
});

it("prepares only the first of two proposals of an equivocating leader, and counts the second", async () => {
  const alone = new Alone();
  await alone.start();
  await alone.hear(LEADER, prePrepare());
  const { sent } = alone;
  const second = attestationValue(100, {}, 2);
  await alone.hear(
    LEADER,
    prePrepare({ signed: signValue(LEADER, "pre-prepare", second, 1), proposal: { value: second } }),
  );
  assert.deepEqual(alone.counts, { equivocation: 1 });
  assert.equal(alone.sent, sent);
  alone.world.close();
});

it("takes a decision from any seat when it carries five COMMITs of one round", async () => {
  const alone = new Alone();
  await alone.start();
  await alone.hear(OTHER, decided(commits([0, 1, 2, 3, 4], 3)));
  assert.equal(alone.world.node(SELF).decisions[0]?.decision.round, 3);
  alone.world.close();
});
