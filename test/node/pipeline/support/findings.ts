import assert from "node:assert/strict";
import { ssz } from "@lodestar/types";
import { fromHex, toHex } from "@lodestar/utils";
import type { Counter } from "prom-client";
import { verifySignature } from "../../../../services/crypto/verification.ts";
import { attestationSigningRoot, blockSigningRoot, randaoSigningRoot } from "../../../../services/node/signingRoots.ts";
import type { World } from "./world.ts";

/** Who published a validator's attestation of an epoch; every one of them must carry the group key's signature. */
export function attestersOf(world: World, validatorIndex: number, epoch: number): number[] {
  const pubkey = fromHex(world.pubkeys[validatorIndex] ?? "");
  const operators: number[] = [];
  for (const { operatorId, attestations } of world.beacon.published) {
    for (const { attesterIndex, committeeIndex, data, signature } of attestations) {
      if (attesterIndex !== validatorIndex || data.target.epoch !== epoch) continue;
      const root = fromHex(attestationSigningRoot(world.spec.config, data));
      assert.ok(verifySignature(pubkey, root, signature), `operator ${operatorId}: not the group key's signature`);
      assert.equal(committeeIndex, validatorIndex % 2);
      assert.equal(data.slot, world.beacon.attesterSlot(validatorIndex, epoch));
      operators.push(operatorId);
    }
  }
  return operators.sort();
}

/** Slots of the blocks that were published, each checked for the group key's signature and RANDAO reveal. */
export function blockSlots(world: World): number[] {
  const { config } = world.spec;
  const proposer = fromHex(world.pubkeys[0] ?? "");
  return world.beacon.blocks.map(({ slot, contents, signature }) => {
    const { block } = ssz.electra.BlockContents.deserialize(contents);
    const root = blockSigningRoot(config, slot, ssz.electra.BeaconBlock.hashTreeRoot(block));
    assert.ok(verifySignature(proposer, fromHex(root), signature), `block of slot ${slot}: signature`);
    const reveal = fromHex(randaoSigningRoot(config, slot));
    assert.ok(verifySignature(proposer, reveal, block.body.randaoReveal), `block of slot ${slot}: RANDAO reveal`);
    assert.equal(toHex(block.body.executionPayload.feeRecipient), world.beacon.feeRecipient);
    return slot;
  });
}

/** Outcomes of an operator's duties, `type outcome`, with how often. */
export function outcomesOf(world: World, operatorId: number): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const { type, outcome } of world.operator(operatorId).node.status().duties) {
    const key = `${type} ${outcome ?? "open"}`;
    outcomes[key] = (outcomes[key] ?? 0) + 1;
  }
  return outcomes;
}

export async function countOf<L extends string>(
  counter: Counter<L>,
  labels: Partial<Record<L, string>>,
): Promise<number> {
  const { values } = await counter.get();
  const matches = values.filter((value) =>
    Object.entries(labels).every(([name, text]) => value.labels[name as L] === text),
  );
  return matches.reduce((sum, { value }) => sum + value, 0);
}
