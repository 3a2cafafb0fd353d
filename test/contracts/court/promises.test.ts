import { expect } from "chai";
import { networkHelpers } from "../support/chain.ts";
import { nodeWallet, withSet } from "../support/septet.ts";
import {
  attestation,
  domainOf,
  FIRST_FOUR,
  moveToEpoch,
  presentEpoch,
  proposal,
  pubkey,
  Reporter,
  say,
  signLease,
} from "./support.ts";

const SLOTS = 8;

/** A lease to seats 1 to 4 that seats 1 to 4 signed, accepted, and in force. */
async function leasedWorld() {
  const septet = await withSet();
  const domain = await domainOf(septet);
  await moveToEpoch((await presentEpoch()) + 1);
  const lease = await signLease(septet);
  await septet.setChanges.acceptChange(lease.statement, FIRST_FOUR, lease.signatures);
  await moveToEpoch(lease.startEpoch);
  return { septet, domain, lease, court: septet.faultCourt, reporter: new Reporter(septet, domain) };
}

const fixture = () => networkHelpers.loadFixture(leasedWorld);
type World = Awaited<ReturnType<typeof leasedWorld>>;

const promiseOf = ({ lease }: World, seat: number) => ({
  digest: lease.digest,
  signature: lease.signatures[seat - 1] ?? "0x",
});

describe("a broken promise", () => {
  for (const kind of ["pre-prepare", "prepare", "commit", "round-change"] as const) {
    it(`is a ${kind} under the old configuration at the start of the new one`, async () => {
      const world = await fixture();
      const message = say(world.domain, 2, { kind, slot: world.lease.startEpoch * SLOTS });
      await world.reporter.brokenPromise(message, promiseOf(world, 2));
      expect(await world.court.isConvicted(2, 1, 0)).to.equal(true);
    });
  }

  it("is none before the start: the old configuration votes up to L", async () => {
    const world = await fixture();
    const message = say(world.domain, 2, { kind: "commit", value: attestation(world.lease.startEpoch * SLOTS - 1) });
    await expect(world.reporter.brokenPromise(message, promiseOf(world, 2))).to.be.revertedWithCustomError(
      world.court,
      "NoContradiction",
    );
  });

  it("is none of a seat that did not sign the change", async () => {
    const world = await fixture();
    const message = say(world.domain, 5, { kind: "commit", value: attestation(world.lease.startEpoch * SLOTS) });
    await expect(world.reporter.brokenPromise(message, promiseOf(world, 2)))
      .to.be.revertedWithCustomError(world.court, "DifferentOperators")
      .withArgs(5, 2);
  });

  it("is none under the new configuration", async () => {
    const world = await fixture();
    const value = attestation(world.lease.startEpoch * SLOTS);
    const message = say(world.domain, 2, { kind: "commit", value, configuration: 1 });
    await expect(world.reporter.brokenPromise(message, promiseOf(world, 2))).to.be.revertedWithCustomError(
      world.septet.setChanges,
      "WrongConfiguration",
    );
  });

  it("is none when the change was promised but not included", async () => {
    const septet = await networkHelpers.loadFixture(withSet);
    await moveToEpoch((await presentEpoch()) + 1);
    const domain = await domainOf(septet);
    const { digest, signatures, startEpoch } = await signLease(septet);
    const message = say(domain, 2, { kind: "commit", value: attestation(startEpoch * SLOTS) });
    const signature = signatures[1] ?? "0x";
    await expect(
      new Reporter(septet, domain).brokenPromise(message, { digest, signature }),
    ).to.be.revertedWithCustomError(septet.setChanges, "WrongConfiguration");
  });

  it("is none when another statement than the signed one was included", async () => {
    const world = await fixture();
    const changed = { ...world.lease.statement, includeBy: world.lease.statement.includeBy + 1n };
    const digest = await world.septet.setChanges.statementDigest(changed);
    const signature = nodeWallet(2).signingKey.sign(digest).serialized;
    const message = say(world.domain, 2, { kind: "commit", value: attestation(world.lease.startEpoch * SLOTS) });
    await expect(world.reporter.brokenPromise(message, { digest, signature })).to.be.revertedWithCustomError(
      world.court,
      "NotCommitted",
    );
  });
});

describe("two configurations on both sides of L", () => {
  it("vote without fault, each for its own targets", async () => {
    const world = await fixture();
    const slot = world.lease.startEpoch * SLOTS;
    const [before, after] = [attestation(slot - 1), attestation(slot, { sourceEpoch: world.lease.startEpoch - 1 })];
    const first = say(world.domain, 2, { kind: "commit", value: before });
    const second = say(world.domain, 2, { kind: "commit", value: after, configuration: 1 });
    await expect(world.reporter.attestations([first, before], [second, after])).to.be.revertedWithCustomError(
      world.court,
      "NoContradiction",
    );
  });

  it("convict who votes in both for one target, in the later configuration, once whatever the order", async () => {
    const world = await fixture();
    const slot = world.lease.startEpoch * SLOTS;
    const [a, b] = [attestation(slot), attestation(slot + 1)];
    const old = [say(world.domain, 5, { kind: "commit", value: a }), a] as const;
    const now = [say(world.domain, 5, { kind: "commit", value: b, configuration: 1 }), b] as const;
    await world.reporter.attestations(old, now);
    expect(await world.court.isConvicted(5, 1, 1)).to.equal(true);
    expect(await world.court.isConvicted(5, 1, 0)).to.equal(false);
    await expect(world.reporter.attestations(now, old)).to.be.revertedWithCustomError(world.court, "AlreadyConvicted");
  });

  it("convict who proposes two blocks for one slot", async () => {
    const world = await fixture();
    const slot = world.lease.startEpoch * SLOTS;
    const [a, b] = [proposal(slot, 1), proposal(slot, 2)];
    const old = [say(world.domain, 5, { kind: "commit", value: a }), a] as const;
    const now = [say(world.domain, 5, { kind: "commit", value: b, configuration: 1 }), b] as const;
    await world.reporter.proposals(old, now);
    expect(await world.court.isConvicted(5, 1, 1)).to.equal(true);
  });

  it("don't convict who proposes one block twice, or blocks of two slots", async () => {
    const world = await fixture();
    const slot = world.lease.startEpoch * SLOTS;
    for (const b of [proposal(slot, 1), proposal(slot + 1, 2)]) {
      const a = proposal(slot, 1);
      const old = [say(world.domain, 5, { kind: "commit", value: a }), a] as const;
      const now = [say(world.domain, 5, { kind: "commit", value: b, configuration: 1 }), b] as const;
      await expect(world.reporter.proposals(old, now)).to.be.revertedWithCustomError(world.court, "NoContradiction");
    }
    expect(proposal(slot).validators).to.deep.equal([pubkey(1)]);
  });
});
