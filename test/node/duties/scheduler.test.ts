import "../../support/preset.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { attestationDueAtMs, slotStartMs } from "../../../services/node/chainSpec.ts";
import { EMPTY_DIRECTORY, type NodeSet } from "../../../services/node/directory/directory.ts";
import { DutyBook } from "../../../services/node/duties/dutyBook.ts";
import { Scheduler } from "../../../services/node/duties/scheduler.ts";
import { VirtualClock } from "../../support/virtualClock.ts";
import { FakeBeaconChain, rootOf } from "../pipeline/support/fakeBeacon.ts";
import { SPEC } from "../pipeline/support/spec.ts";

const KEY = `0x${"aa".repeat(48)}`;
const EPOCH = 10;
const set: NodeSet = { setId: 1, configuration: 0, members: [], ownSeat: 1 };
const key = { pubkey: KEY, setId: 1, configuration: 0, generation: 0, ownSeat: 1, shareKeys: [] } as const;
const directory = { ...EMPTY_DIRECTORY, sets: new Map([[1, set]]), keys: new Map([[KEY, key]]) };

let clock: VirtualClock;
let chain: FakeBeaconChain;
let events: string[];
let requests: number;
let isDown: boolean;
let scheduler: Scheduler;

beforeEach(() => {
  clock = new VirtualClock(slotStartMs(EPOCH * 8, SPEC.time));
  chain = new FakeBeaconChain(clock, SPEC.time, [KEY], `0x${"55".repeat(20)}`);
  [events, requests, isDown] = [[], 0, false];
  const note = (what: string) => (duty: { instance: { slot: number } }) => {
    events.push(`${what} ${duty.instance.slot} at ${clock.nowMs() - slotStartMs(duty.instance.slot, SPEC.time)}`);
  };
  const sound = chain.access(1);
  const beacon = chain.access(1, {
    attesterDuties: async (epoch, indices) => {
      requests++;
      if (isDown) throw new Error("down");
      return sound.attesterDuties(epoch, indices);
    },
  });
  scheduler = new Scheduler({
    beacon,
    book: new DutyBook(beacon, SPEC.time, () => directory),
    clock,
    spec: SPEC,
    onAttestation: note("attest"),
    onProposal: note("propose"),
    onUpcomingProposal: (duty) => {
      const text = `reveal ${duty.instance.slot}`;
      if (!events.includes(text)) events.push(text);
    },
    onValidators: () => {},
    onError: (task) => events.push(`failed ${task}`),
  });
});

const runTo = (slot: number, offsetMs = 0) => clock.advanceTo(slotStartMs(slot, SPEC.time) + offsetMs);
const DUE_MS = attestationDueAtMs(0, SPEC) - slotStartMs(0, SPEC.time);

test("attestations begin with the slot's block, proposals with the slot, their reveal a slot before", async () => {
  chain.run(EPOCH * 8);
  scheduler.start();
  await runTo(84);
  assert.deepEqual(events, ["reveal 83", "attest 82 at 200", "propose 83 at 0"]);
});

test("attestations begin when they are due if no block comes", async () => {
  scheduler.start();
  await runTo(82, DUE_MS);
  assert.deepEqual(events, ["reveal 83", `attest 82 at ${DUE_MS}`]);
});

test("the first proposal of an epoch is known a slot ahead", async () => {
  chain.isOurProposal = (slot) => slot % 8 === 0;
  scheduler.start();
  await runTo(87, DUE_MS + 1);
  assert.ok(events.includes("reveal 88"), events.join());
});

test("each duty begins once, however many heads the slot has", async () => {
  scheduler.start();
  await runTo(82);
  for (const name of ["one", "two", "three"]) chain.import(82, rootOf(name), rootOf("genesis"));
  await runTo(83);
  assert.equal(events.filter((event) => event.startsWith("attest 82")).length, 1);
});

test("a beacon node that is down is asked again each slot until it answers", async () => {
  isDown = true;
  scheduler.start();
  await runTo(81, 10);
  assert.ok(events.includes("failed attester duties"));
  isDown = false;
  await runTo(83);
  assert.ok(events.includes(`attest 82 at ${DUE_MS}`), events.join());
});

test("duties are read again when the shuffling they depend on changes", async () => {
  scheduler.start();
  await runTo(81);
  chain.import(81, rootOf("block 81"), rootOf("genesis"));
  const before = requests;
  chain.import(80, rootOf("sibling"), rootOf("genesis"));
  await runTo(81, 10);
  assert.equal(requests, before, "asked again without a reason");
  chain.reshuffle("another fork");
  chain.import(82, rootOf("block of another fork"), rootOf("genesis"));
  await runTo(81, 20);
  assert.ok(requests > before, "kept duties of another shuffling");
});

test("nothing begins after a stop", async () => {
  chain.run(EPOCH * 8);
  scheduler.start();
  await runTo(81);
  scheduler.stop();
  await runTo(90);
  assert.deepEqual(events, []);
});
