import assert from "node:assert/strict";
import { afterEach, beforeEach, it } from "node:test";
import { recordSigning } from "../../../services/node/consensus/decision.ts";
import type { Decision } from "../../../services/node/consensus/types.ts";
import { attestationValue, instanceOf, pubkey, root } from "./support/fixtures.ts";
import { type SimulatedNode, views, World } from "./support/world.ts";

let world: World;
let node: SimulatedNode;
let decision: Decision;

beforeEach(async () => {
  world = new World(1);
  await world.run(
    instanceOf(100),
    views(() => attestationValue(100)),
  );
  node = world.node(0);
  decision = node.decisions[0]?.decision as Decision;
});
afterEach(() => world.close());

it("records a certified decision, once and for all", () => {
  assert.deepEqual(recordSigning(node.locks, decision, { signingRoot: root(44) }), { ok: true });
  assert.deepEqual(recordSigning(node.locks, decision), { ok: true });
  const row = node.locks.connection.db.prepare("SELECT signed, signing_root FROM instances").get();
  assert.deepEqual({ ...row }, { signed: 1, signing_root: root(44) });
});

it("records for some of the validators when others are bound elsewhere", () => {
  assert.deepEqual(recordSigning(node.locks, decision, { validators: [pubkey(1)] }), { ok: true });
});

it("refuses whatever was not certified: two honest and two Byzantine partials never sign an undecided value", () => {
  const value = attestationValue(100, {}, 66);
  const forged: Decision[] = [
    { ...decision },
    { ...decision, commits: decision.commits.slice(0, 4) },
    { ...decision, proposal: { value } },
  ];
  for (const forgery of forged) assert.throws(() => recordSigning(node.locks, forgery), { code: "uncertified" });
  assert.throws(() => recordSigning(node.locks, decision, { validators: [pubkey(77)] }), { code: "uncertified" });
  assert.throws(() => Object.assign(decision, { valueHash: root(1) }), TypeError);
});
