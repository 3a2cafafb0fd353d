import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { neededJobs, project } from "../../services/coordinator/projection/projection.ts";
import type { ChainEvent } from "../../services/coordinator/store/chainStore.ts";

const ETHER = 10n ** 18n;
const ID = "0x01";

const event = (name: string, values: Record<string, string> = {}): ChainEvent => ({
  ...{ blockNumber: 1, position: 0, timestampSeconds: 1, name },
  arguments: { validatorId: ID, ...values },
});
const toppedUp = (ether: bigint) => event("ToppedUp", { amountWei: String(ether * ETHER) });

describe("jobs that the events ask for", () => {
  const jobsOf = (events: ChainEvent[], targetEther = 100n) =>
    neededJobs(project([event("KeyVerified"), ...events]), targetEther * ETHER)
      .filter(({ id }) => id === ID)
      .map(({ kind }) => kind);

  it("lead a key from its predeposit to its activation", () => {
    assert.deepEqual(jobsOf([]), ["predeposit"]);
    const steps = [event("Predeposited"), event("CredentialsProven"), toppedUp(99n), event("Activated")];
    const jobs = steps.map((_, index) => jobsOf(steps.slice(0, index + 1)));
    assert.deepEqual(jobs, [["prove"], ["top-up"], ["activation"], []]);
  });

  it("go on with top-ups until the validator has its target, also when it is active", () => {
    const proven = [event("Predeposited"), event("CredentialsProven"), toppedUp(32n)];
    assert.deepEqual(jobsOf(proven), ["activation", "top-up"]);
    const active = [...proven, event("Activated")];
    assert.deepEqual(jobsOf(active), ["top-up"]);
    assert.deepEqual(jobsOf([...active, toppedUp(40n)]), ["top-up"]);
    assert.deepEqual(jobsOf([...active, toppedUp(40n), toppedUp(27n)]), []);
  });

  it("end when the validator leaves", () => {
    const active = [event("Predeposited"), event("CredentialsProven"), toppedUp(32n), event("Activated")];
    assert.deepEqual(jobsOf([...active, event("ExitSeen")]), []);
    assert.deepEqual(jobsOf([...active, event("ExitSeen"), event("Withdrawn")]), []);
  });

  it("of the whole pool are there once", () => {
    assert.deepEqual(
      neededJobs(project([]), ETHER).map(({ kind }) => kind),
      ["report", "fill", "withdrawal", "ending"],
    );
  });
});
