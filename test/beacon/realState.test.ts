import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type OurRole, realState } from "./realState.ts";

const { ssz } = await import("@lodestar/types");

const FAR_FUTURE = Number.POSITIVE_INFINITY;

/** The state is what other tests take for the real thing: each of its stories must have happened. */
describe("real state", () => {
  const real = realState();
  const { ours } = real;
  const state = ssz.electra.BeaconState.deserializeToViewDU(real.state);
  const indexOf = (role: OurRole) => ours[role].index ?? -1;
  const validator = (role: OurRole) => state.validators.getReadonly(indexOf(role));
  const balance = (role: OurRole) => state.balances.get(indexOf(role)) / 1e9;
  const queue = state.pendingDeposits.getAllReadonlyValues();
  const entriesOf = (pubkey: Uint8Array) => queue.filter((entry) => Buffer.compare(entry.pubkey, pubkey) === 0);

  it("has over a thousand validators, finality and the header of its own block", () => {
    assert.ok(state.validators.length > 1000);
    assert.ok(state.finalizedCheckpoint.epoch >= real.chain.epoch - 3);
    assert.deepEqual(real.header.stateRoot, state.hashTreeRoot());
    assert.equal(real.header.slot, state.slot);
  });

  it("holds the top-up between a stranger's deposits of the same slot, not credited", () => {
    const [entry] = entriesOf(ours.toppedUp.pubkey);
    const sameSlot = queue.filter(({ slot }) => slot === entry?.slot);
    assert.equal(sameSlot.length, 3);
    assert.equal(sameSlot[1], entry);
    assert.ok(balance("toppedUp") < 33);
  });

  it("credited the other top-up, once", () => {
    assert.equal(entriesOf(ours.credited.pubkey).length, 0);
    assert.ok(Math.abs(balance("credited") - 42) < 0.1, String(balance("credited")));
  });

  it("puts the top-up of an exiting validator back to the tail", () => {
    assert.notEqual(validator("exitingWithTopUp").exitEpoch, FAR_FUTURE);
    const [entry] = entriesOf(ours.exitingWithTopUp.pubkey);
    assert.ok(entry && entry.slot < state.finalizedCheckpoint.epoch * 8, "finality has passed its slot");
    assert.ok(balance("exitingWithTopUp") < 33);
  });

  it("has an entry of slot 0", () => {
    const entries = queue.filter(({ slot }) => slot === 0);
    const { pubkey } = state.validators.getReadonly(real.switched);
    assert.deepEqual(entries, entriesOf(pubkey));
    assert.equal(entries.length, 1);
  });

  it("has a partial withdrawal, a consolidation and a slashing under way", () => {
    assert.equal(state.pendingPartialWithdrawals.get(0).validatorIndex, indexOf("partial"));
    assert.equal(state.pendingConsolidations.get(0).sourceIndex, indexOf("consolidationSource"));
    assert.equal(state.pendingConsolidations.get(0).targetIndex, indexOf("consolidationTarget"));
    assert.notEqual(validator("consolidationSource").exitEpoch, FAR_FUTURE);
    assert.equal(validator("slashed").slashed, true);
    assert.ok(state.earliestExitEpoch > real.chain.epoch);
  });

  it("swept the exited validator empty", () => {
    assert.equal(balance("withdrawn"), 0);
    const paid = real.chain.withdrawals.filter(({ validatorIndex }) => validatorIndex === indexOf("withdrawn"));
    assert.equal(paid.length, 1);
    assert.ok(Number(paid[0]?.amountGwei) > 32e9);
  });

  it("has one new key among the validators and one in the queue", () => {
    assert.equal(indexOf("proven"), state.validators.length - 1);
    assert.equal(balance("proven"), 1);
    assert.equal(validator("proven").activationEpoch, FAR_FUTURE);
    assert.equal(entriesOf(ours.predeposited.pubkey).length, 1);
  });

  it("is the same each time", () => {
    assert.deepEqual(realState().blockRoot, real.blockRoot);
  });
});
