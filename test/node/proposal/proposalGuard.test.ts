import "../../support/preset.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type electra, ssz } from "@lodestar/types";
import { fromHex, toHex } from "@lodestar/utils";
import { decodeBlock, proposalValue } from "../../../services/node/proposal/blockContents.ts";
import { judgeProposal } from "../../../services/node/proposal/proposalGuard.ts";
import { randaoSigningRoot } from "../../../services/node/signingRoots.ts";
import type { BeaconAccess, BlockHeader } from "../../../services/ports/beacon.ts";
import { randomSharing, sign } from "../../crypto/sharing.ts";
import { SPEC } from "../pipeline/support/spec.ts";

const SLOT = 85;
const VAULT = `0x${"Ab".repeat(20)}`;
const SHARING = randomSharing();
const PUBKEY = toHex(SHARING.groupKey);
const root = (name: string) => `0x${Buffer.from(name.padEnd(32, ".")).toString("hex")}`;
const HEAD: BlockHeader = {
  root: root("head"),
  slot: SLOT - 1,
  parentRoot: root("parent"),
  executionOptimistic: false,
};
const OLDER: BlockHeader = { ...HEAD, root: root("older"), slot: SLOT - 2 };
const DUTY = {
  type: "proposal",
  instance: { setId: 1, configuration: 0, slot: SLOT, type: "proposal" },
  pubkey: PUBKEY,
  validatorIndex: 16,
} as const;

function blockWith(change: (block: electra.BeaconBlock) => void = () => {}): Uint8Array {
  const contents = ssz.electra.BlockContents.defaultValue();
  const { block } = contents;
  block.slot = SLOT;
  block.proposerIndex = 16;
  block.parentRoot = fromHex(HEAD.root);
  block.body.randaoReveal = sign(SHARING.groupSecret, fromHex(randaoSigningRoot(SPEC.config, SLOT)));
  block.body.executionPayload.feeRecipient = fromHex(VAULT);
  change(block);
  return ssz.electra.BlockContents.serialize(contents);
}

async function judge(body: Uint8Array | undefined, { round = 1, value = {}, head = HEAD, duty = true } = {}) {
  const honest = proposalValue(PUBKEY, decodeBlock(SPEC.config, SLOT, body ?? blockWith()));
  const beacon = {
    blockHeader: async (block: string) =>
      block === "head" ? head : [HEAD, OLDER].find((known) => known.root === block),
  } as Partial<BeaconAccess> as BeaconAccess;
  const proposal = { value: { ...honest, ...value }, ...(body && { body }) };
  const dutyNow = () => (duty ? DUTY : undefined);
  const verdict = await judgeProposal(proposal, round, { beacon, config: SPEC.config, feeRecipient: VAULT, dutyNow });
  return verdict.ok;
}

test("accepts a block on the local head that pays the vault", async () => {
  assert.ok(await judge(blockWith()));
});

const BAD_BLOCKS: [string, (block: electra.BeaconBlock) => void][] = [
  ["pays another fee recipient", (block) => (block.body.executionPayload.feeRecipient = new Uint8Array(20))],
  ["names another proposer", (block) => (block.proposerIndex = 17)],
  ["builds on another parent", (block) => (block.parentRoot = fromHex(OLDER.root))],
  ["builds on an unknown parent", (block) => (block.parentRoot = fromHex(root("unknown")))],
  ["reveals RANDAO with another key", (block) => (block.body.randaoReveal = sign(1n, new Uint8Array(32)))],
];
for (const [what, change] of BAD_BLOCKS) {
  test(`refuses a block that ${what}`, async () => {
    assert.ok(!(await judge(blockWith(change))));
  });
}

test("refuses a body that isn't the header's, is malformed or missing", async () => {
  assert.ok(!(await judge(blockWith(), { value: { headerRoot: root("other") } })));
  assert.ok(!(await judge(blockWith(), { value: { parentRoot: OLDER.root } })));
  assert.ok(!(await judge(undefined)));
  const honest = proposalValue(PUBKEY, decodeBlock(SPEC.config, SLOT, blockWith()));
  const ports = { beacon: {} as BeaconAccess, config: SPEC.config, feeRecipient: VAULT, dutyNow: () => DUTY };
  const verdict = await judgeProposal({ value: honest, body: new Uint8Array([1, 2, 3]) }, 1, ports);
  assert.ok(!verdict.ok);
});

test("refuses without the duty, for another slot and for another validator", async () => {
  assert.ok(!(await judge(blockWith(), { duty: false })));
  assert.ok(!(await judge(blockWith(), { value: { slot: SLOT + 1 } })));
  assert.ok(!(await judge(blockWith(), { value: { validators: [`0x${"cc".repeat(48)}`] } })));
});

test("refuses a parent that was imported optimistically", async () => {
  assert.ok(!(await judge(blockWith(), { head: { ...HEAD, executionOptimistic: true } })));
});

test("accepts the block that has become the head meanwhile, because faster seats published it", async () => {
  const { blockRoot } = decodeBlock(SPEC.config, SLOT, blockWith());
  assert.ok(await judge(blockWith(), { head: { ...HEAD, root: blockRoot, slot: SLOT, parentRoot: HEAD.root } }));
});

test("from round 3 any imported parent will do", async () => {
  const onOlder = blockWith((block) => {
    block.parentRoot = fromHex(OLDER.root);
  });
  assert.ok(!(await judge(onOlder, { round: 2 })));
  assert.ok(await judge(onOlder, { round: 3 }));
});
