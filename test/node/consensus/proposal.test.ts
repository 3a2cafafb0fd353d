import assert from "node:assert/strict";
import { it } from "node:test";
import { decodePacket } from "../../../services/node/consensus/codec.ts";
import { Proposals } from "../../../services/node/consensus/proposals.ts";
import type { Proposal, Verdict } from "../../../services/node/consensus/types.ts";
import { hashValue } from "../../../services/node/consensus/value.ts";
import { instanceOf, leaderOf, operatorOf, proposalValue, root, SEATS, TIME } from "./support/fixtures.ts";
import { type MakeCallbacks, World } from "./support/world.ts";

const ID = instanceOf(100, "proposal");

/** A stand-in for a block: its header root is its one byte. */
const block = (seat: number): Proposal => ({ value: proposalValue(100, seat + 1), body: new Uint8Array([seat + 1]) });

function checkBody({ value, body }: Proposal): Verdict {
  const matches = value.type === "proposal" && body?.length === 1 && value.headerRoot === root(body[0] ?? 0);
  return matches ? { ok: true } : { ok: false, reason: "body-mismatch" };
}

const callbacks: MakeCallbacks = (node) => ({
  proposeValue: async () => block(node.seat),
  validateValue: checkBody,
  onDecided: (decision, verdict) => void node.decisions.push({ decision, verdict }),
});

it("decides on a header and hands every signer the block", async () => {
  const world = new World(1);
  await world.run(ID, callbacks);
  for (const { decisions } of world.nodes) {
    assert.deepEqual(decisions[0]?.decision.proposal, block(leaderOf(ID, 1)));
    assert.equal(decisions[0]?.verdict.ok, true);
  }
  world.close();
});

it("carries a prepared block into the next round, also to a leader that never saw it", async () => {
  const second = leaderOf(ID, 2);
  const bodies = new Set<number>();
  const world = new World(2, {
    delivers: (_from, to, bytes) => {
      const packet = decodePacket(bytes);
      if (packet.kind === "decided") return true;
      if (packet.kind === "round-change" && packet.prepared?.proposal.body) bodies.add(to);
      const { round } = packet.signed.message;
      if (packet.kind === "pre-prepare" && round === 1 && to === operatorOf(second)) return false;
      return !(packet.kind === "commit" && round === 1);
    },
  });
  await world.run(ID, callbacks);
  for (const { decisions } of world.nodes) {
    assert.equal(decisions[0]?.decision.round, 2);
    assert.deepEqual(decisions[0]?.decision.proposal, block(leaderOf(ID, 1)));
    assert.equal(decisions[0]?.verdict.ok, true);
  }
  assert.deepEqual([...bodies], [operatorOf(second)], "a block travels to the next leader alone");
  world.close();
});

it("prepares no block whose body does not match the header", async () => {
  const leader = leaderOf(ID, 1);
  const world = new World(3);
  await world.run(ID, (node, id) => {
    const honest = callbacks(node, id);
    if (node.seat !== leader) return honest;
    return {
      ...honest,
      proposeValue: async () => ({ ...block(leader), body: new Uint8Array([99]) }),
      validateValue: () => ({ ok: true }),
    };
  });
  const decided = world.nodes.map(({ decisions }) => decisions[0]?.decision);
  assert.deepEqual(new Set(decided.map((decision) => decision?.round)), new Set([2]));
  assert.equal(decided.length, SEATS.length);
  world.close();
});

it("keeps the body that its guards checked when a later packet brings another one for the same header", () => {
  const proposals = new Proposals(ID, TIME.slotsPerEpoch);
  const good = block(3);
  const hashes = hashValue(good.value);
  const forged = { value: good.value, body: new Uint8Array([99]) };
  proposals.learn(forged, hashes);
  assert.deepEqual(proposals.best({ value: good.value }, hashes), forged, "any body is better than none");
  proposals.learn(good, hashes);
  proposals.markChecked(hashes.valueHash);
  proposals.learn(forged, hashes);
  assert.deepEqual(proposals.best(forged, hashes), good);
});
