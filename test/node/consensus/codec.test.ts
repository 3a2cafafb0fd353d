import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodePacket, encodePacket } from "../../../services/node/consensus/codec.ts";
import { MAX_BODY_BYTES, MAX_PACKET_BYTES, MAX_VALIDATORS } from "../../../services/node/consensus/limits.ts";
import { ConsensusError, type ConsensusErrorCode, type Packet } from "../../../services/node/consensus/types.ts";
import {
  attestationValue,
  instanceOf,
  proposalValue,
  pubkey,
  root,
  SEATS,
  signAs,
  signValue,
} from "./support/fixtures.ts";

const ID = instanceOf(100);
const VALUE = attestationValue(100);
const PROPOSAL = proposalValue(100);
const prepares = SEATS.slice(0, 5).map((seat) => signValue(seat, "prepare", VALUE, 1));
const report = (seat: number) => signAs(seat, { kind: "round-change", instance: ID, round: 2, refusedRoot: root(3) });

const PACKETS: Record<string, Packet> = {
  "pre-prepare": {
    kind: "pre-prepare",
    instance: ID,
    signed: signValue(0, "pre-prepare", VALUE, 2),
    proposal: { value: VALUE },
    roundChanges: SEATS.map(report),
    prepares,
  },
  "pre-prepare of a block": {
    kind: "pre-prepare",
    instance: instanceOf(100, "proposal"),
    signed: signValue(0, "pre-prepare", PROPOSAL, 1),
    proposal: { value: PROPOSAL, body: new Uint8Array([1, 2, 3]) },
    roundChanges: [],
    prepares: [],
  },
  prepare: { kind: "prepare", instance: ID, signed: signValue(1, "prepare", VALUE, 1) },
  commit: { kind: "commit", instance: ID, signed: signValue(1, "commit", VALUE, 1) },
  "round-change": { kind: "round-change", instance: ID, signed: report(2), refused: [pubkey(4), pubkey(5)] },
  "round-change, prepared": {
    kind: "round-change",
    instance: ID,
    signed: signAs(2, { kind: "round-change", instance: ID, round: 2, preparedRound: 1, preparedValueHash: root(1) }),
    refused: [],
    prepared: { proposal: { value: VALUE }, prepares },
  },
  decided: {
    kind: "decided",
    instance: ID,
    proposal: { value: VALUE },
    commits: SEATS.slice(0, 5).map((seat) => signValue(seat, "commit", VALUE, 1)),
  },
};

function refuses(code: ConsensusErrorCode, bytes: Uint8Array): void {
  assert.throws(
    () => decodePacket(bytes),
    (error) => error instanceof ConsensusError && error.code === code,
  );
}

describe("packets", () => {
  for (const [name, packet] of Object.entries(PACKETS)) {
    it(`carries ${name} unchanged`, () => assert.deepEqual(decodePacket(encodePacket(packet)), packet));

    it(`refuses ${name} cut short or with a byte more`, () => {
      const bytes = encodePacket(packet);
      for (const length of [0, 1, 2, bytes.length >> 1, bytes.length - 1]) {
        // A body is the last field of some packets, so a shorter block is still a packet.
        if (name === "pre-prepare of a block" && length === bytes.length - 1) continue;
        refuses("malformed-packet", bytes.subarray(0, length));
      }
      if (packet.kind === "prepare") refuses("malformed-packet", new Uint8Array([...bytes, 0]));
    });
  }

  it("refuses with a typed error, or decodes, whatever bytes arrive", () => {
    const packets = Object.values(PACKETS).map(encodePacket);
    const flips = fc.tuple(fc.constantFrom(...packets), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), flips.map(flip)), (bytes) => {
        try {
          decodePacket(bytes);
        } catch (error) {
          assert.ok(error instanceof ConsensusError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("refuses packets over the limits of size", () => {
    refuses("oversized-packet", new Uint8Array(MAX_PACKET_BYTES + MAX_BODY_BYTES + 1));
    const huge = encodePacket({
      ...PACKETS["pre-prepare of a block"],
      proposal: { value: PROPOSAL, body: new Uint8Array(MAX_BODY_BYTES) },
    } as Packet);
    assert.equal(decodePacket(huge).kind, "pre-prepare");
  });

  it("fits the largest round change within the limit", () => {
    const validators = Array.from({ length: MAX_VALIDATORS }, (_, i) => pubkey(i));
    const value = attestationValue(100, { validators });
    const prepared = { proposal: { value }, prepares: SEATS.map((seat) => signValue(seat, "prepare", VALUE, 1)) };
    const bytes = encodePacket({ ...PACKETS["round-change"], refused: validators, prepared } as Packet);
    assert.ok(bytes.length <= MAX_PACKET_BYTES);
    decodePacket(bytes);
  });

  it("refuses a body beside an attestation, messages in the wrong place and stray fields", () => {
    const spoil = (name: string, change: object) => encodePacket({ ...PACKETS[name], ...change } as Packet);
    refuses("malformed-packet", spoil("pre-prepare", { proposal: { value: VALUE, body: new Uint8Array(1) } }));
    refuses("malformed-packet", spoil("prepare", { signed: signValue(1, "commit", VALUE, 1) }));
    refuses("malformed-packet", spoil("decided", { commits: prepares }));
    const stray = signAs(1, { kind: "prepare", instance: ID, round: 1, valueHash: root(1), preparedRound: 1 });
    refuses("malformed-packet", spoil("prepare", { signed: stray }));
    const valued = signAs(2, { kind: "round-change", instance: ID, round: 2, valueHash: root(1) });
    refuses("malformed-packet", spoil("round-change", { signed: valued }));
  });
});

function flip([packet, changes]: [Uint8Array, [number, number][]]): Uint8Array {
  const bytes = packet.slice();
  for (const [at, value] of changes) bytes[at % bytes.length] = value;
  return bytes;
}
