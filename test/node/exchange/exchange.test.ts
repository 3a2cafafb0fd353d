import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { Exchange, type ExchangeDrop, PARTIALS_PROTOCOL } from "../../../services/node/exchange/exchange.ts";
import {
  decodePartials,
  encodePartials,
  MAX_PARTIALS_MESSAGE_BYTES,
  type PartialDuty,
  type PartialSet,
} from "../../../services/node/exchange/messages.ts";
import type { Peers } from "../../../services/ports/peers.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

const TIME = { genesisTimeMs: 0, slotDurationMs: 12_000, slotsPerEpoch: 32 };
const NOW_SLOT = 1_000;
const KEY = `0x${"aa".repeat(48)}`;
const ROOT = `0x${"01".repeat(32)}`;
const DUTY: PartialDuty = { setId: 3, configuration: 0, generation: 0, slot: NOW_SLOT, type: "attestation" };

let drops: ExchangeDrop[];
let arrived: PartialDuty[];
let sent: { to: number; message: Uint8Array }[];
let receive: (from: number, message: Uint8Array) => void;
let clock: VirtualClock;
let exchange: Exchange;

beforeEach(() => {
  [drops, arrived, sent] = [[], [], []];
  clock = new VirtualClock(NOW_SLOT * TIME.slotDurationMs);
  const peers: Peers = {
    send: (to, protocol, message) => {
      assert.equal(protocol, PARTIALS_PROTOCOL);
      sent.push({ to, message });
    },
    handle: (_protocol, _limits, handler) => {
      receive = handler;
    },
    connected: () => [],
  };
  exchange = new Exchange({
    peers,
    clock,
    time: TIME,
    set: (setId) =>
      setId === 3
        ? {
            configuration: 0,
            operatorIds: [11, 12, 13, 14, 15, 16, 17],
            ownSeat: 1,
            hasKey: (pubkey, generation) => pubkey === KEY && generation === 0,
          }
        : undefined,
    onPartials: (duty) => arrived.push(duty),
    count: (drop) => drops.push(drop),
  });
});

const partials = (signatureByte = 7, rest: Partial<PartialSet> = {}): PartialSet => ({
  duty: DUTY,
  signingRoot: ROOT,
  partials: [{ pubkey: KEY, signature: new Uint8Array(96).fill(signatureByte) }],
  ...rest,
});
const seatsHeard = (duty = DUTY) => exchange.partialsOf(duty, KEY, ROOT).map(({ seat }) => seat);

test("a member's partials are kept under its seat", () => {
  receive(12, encodePartials(partials()));
  receive(17, encodePartials(partials()));
  assert.deepEqual(seatsHeard(), [2, 7]);
  assert.deepEqual(drops, []);
  assert.equal(arrived.length, 2);
});

test("of each seat the first partial counts, whatever comes after", () => {
  receive(12, encodePartials(partials(1)));
  receive(12, encodePartials(partials(2)));
  assert.deepEqual(drops, ["repeated"]);
  assert.equal(exchange.partialsOf(DUTY, KEY, ROOT)[0]?.signature[0], 1);
});

const REFUSED: [ExchangeDrop, number, Uint8Array | PartialSet][] = [
  ["malformed", 12, new Uint8Array([1, 2, 3])],
  ["malformed", 12, new Uint8Array(MAX_PARTIALS_MESSAGE_BYTES)],
  ["malformed", 12, partials(7, { partials: [...partials().partials, ...partials().partials] })],
  ["notAMember", 99, partials()],
  ["notAMember", 12, partials(7, { duty: { ...DUTY, setId: 4 } })],
  ["wrongConfiguration", 12, partials(7, { duty: { ...DUTY, configuration: 1 } })],
  ["outOfWindow", 12, partials(7, { duty: { ...DUTY, slot: NOW_SLOT + 3 } })],
  ["outOfWindow", 12, partials(7, { duty: { ...DUTY, slot: NOW_SLOT - 65 } })],
  ["unknownValidator", 12, partials(7, { duty: { ...DUTY, generation: 1 } })],
  [
    "unknownValidator",
    12,
    partials(7, { partials: [{ pubkey: `0x${"bb".repeat(48)}`, signature: new Uint8Array(96) }] }),
  ],
];
for (const [index, [reason, from, message]] of REFUSED.entries()) {
  test(`a refused message changes nothing but a counter: ${reason} (${index})`, () => {
    receive(from, message instanceof Uint8Array ? message : encodePartials(message));
    assert.deepEqual(drops, [reason]);
    assert.deepEqual(arrived, []);
    assert.deepEqual(seatsHeard(), []);
  });
}

test("no bytes whatever make the handler throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      receive(12, bytes);
    }),
  );
  assert.deepEqual(arrived, []);
});

test("a key that this node doesn't know yet doesn't cost the others", () => {
  const unknown = { pubkey: `0x${"bb".repeat(48)}`, signature: new Uint8Array(96) };
  receive(12, encodePartials(partials(7, { partials: [unknown, ...partials().partials] })));
  assert.deepEqual(seatsHeard(), [2]);
});

test("partials that come a slot early are there when they are needed", async () => {
  const early = { ...DUTY, slot: NOW_SLOT + 1 };
  receive(12, encodePartials(partials(7, { duty: early })));
  await clock.advanceBy(TIME.slotDurationMs);
  assert.deepEqual(seatsHeard(early), [2]);
});

test("own partials go to the six others and again until the signature is complete", async () => {
  let isComplete = false;
  exchange.publish(partials(), () => isComplete);
  assert.deepEqual(
    sent.map(({ to }) => to),
    [12, 13, 14, 15, 16, 17],
  );
  await clock.advanceBy(TIME.slotDurationMs / 2);
  assert.equal(sent.length, 12);
  isComplete = true;
  await clock.advanceBy(4 * TIME.slotDurationMs);
  assert.equal(sent.length, 12);
  assert.equal(clock.pendingTimers, 0);
});

test("what is encoded is what is decoded", () => {
  const hex = (bytes: number) => {
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((value) => `0x${Buffer.from(value).toString("hex")}`);
  };
  const number = fc.nat(2 ** 40);
  const type = fc.constantFrom("attestation", "proposal", "randao");
  const signature = fc.uint8Array({ minLength: 96, maxLength: 96 });
  const noNullPrototype = true;
  const message = fc.record(
    {
      duty: fc.record(
        { setId: number, configuration: number, generation: number, slot: number, type },
        { noNullPrototype },
      ),
      signingRoot: hex(32),
      partials: fc.uniqueArray(fc.record({ pubkey: hex(48), signature }, { noNullPrototype }), {
        selector: ({ pubkey }) => pubkey,
        maxLength: 5,
      }),
    },
    { noNullPrototype },
  );
  fc.assert(
    fc.property(message, (original) => {
      assert.deepEqual(decodePartials(encodePartials(original)), original);
    }),
  );
});
