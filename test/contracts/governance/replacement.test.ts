import { expect } from "chai";
import { type Busy, busyPool, ENTRY_POINTS, finishReport } from "../support/busy.ts";
import { DAY, ethers, networkHelpers } from "../support/chain.ts";
import { account, ETHER } from "../support/septet.ts";

/** Needs ETH to go in. */
const STOPPED = ["deposit, mint", "request keys", "predeposit", "top up"];

const GOING_ON = ["ask for redemption", "claim what is filled", "start a report", "request an exit"];

async function withLyingVerifier() {
  const septet = await busyPool();
  await septet.guardian.setGuardian(account(septet, 15));
  const lying = await (await ethers.deployContract("LyingVerifier")).getAddress();
  return { ...septet, lying };
}

const fixture = () => networkHelpers.loadFixture(withLyingVerifier);
const wait = (days: bigint) => networkHelpers.time.increase(days * DAY);

async function expectEntries(septet: Busy, names: string[], goOn: boolean) {
  for (const name of names) {
    const snapshot = await networkHelpers.takeSnapshot();
    const went = await ENTRY_POINTS[name]?.(septet).then(
      () => true,
      () => false,
    );
    expect(went, name).to.equal(goOn);
    await snapshot.restore();
  }
}

describe("replacement of the verifier", () => {
  it("a depositor majority can't take those with it whom a full exit queue still holds", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, stakingPool: pool, holder, lying } = septet;
    const honest = await replacement.current();
    await replacement.queue(lying);
    await wait(13n);
    await pool.connect(holder).requestRedeem(300n * ETHER, holder, holder);
    await wait(2n);
    await finishReport(septet);
    await wait(16n);
    // Thirty days are over, and the last redemption of those who asked in time is not filled.
    await expect(replacement.execute()).to.be.revertedWithCustomError(replacement, "HoldersLeaving");
    await pool.fill(10);
    await replacement.execute();
    expect(await replacement.current())
      .to.equal(lying)
      .and.not.to.equal(honest);
    expect(await pool.connect(holder).maxRedeem(holder)).to.be.greaterThan(300n * ETHER);
    await expectEntries(septet, STOPPED, false);
    await expectEntries(septet, GOING_ON.slice(0, 2), true);
  });

  it("the way by silence can't be forced: one report that anyone finishes closes it, while somebody waits", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, balanceReport, stakingPool: pool, holder, lying } = septet;
    await pool.connect(holder).requestRedeem(300n * ETHER, holder, holder);
    await replacement.queue(lying);
    await wait(20n);
    await finishReport(septet, balanceReport.connect(account(septet, 16)));
    await wait(20n);
    await expect(replacement.execute()).to.be.revertedWithCustomError(replacement, "HoldersLeaving");
    // Only when really nobody can prove anything any more.
    await wait(2n);
    await replacement.execute();
    expect(await replacement.current()).to.equal(lying);
  });

  it("no ETH goes to validators for thirty days after it, and then again", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, stakingPool: pool } = septet;
    const honest = await replacement.current();
    // The same verifier again, so that proofs can be made after it.
    await replacement.queue(honest);
    await wait(31n);
    await replacement.execute();
    await expectEntries(septet, STOPPED, false);
    await expectEntries(septet, GOING_ON, true);
    await wait(30n);
    expect(await pool.acceptsTopUps()).to.equal(true);
    await finishReport(septet);
    await expectEntries(septet, [...STOPPED, ...GOING_ON.slice(0, 2)], true);
  });

  it("the guardian may object once; sixty days later its objection does not count", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, guardian, lying } = septet;
    const asGuardian = guardian.connect(account(septet, 15));
    await replacement.queue(lying);
    await expect(replacement.queue(lying)).to.be.revertedWithCustomError(replacement, "ReplacementPending");
    await asGuardian.cancelReplacement(lying);
    await expect(replacement.execute()).to.be.revertedWithCustomError(replacement, "ReplacementNotQueued");
    await wait(59n);
    await replacement.queue(lying);
    expect((await replacement.queued()).cancellable).to.equal(true);
    await replacement.withdraw();
    await wait(2n);
    await replacement.queue(lying);
    await expect(asGuardian.cancelReplacement(lying)).to.be.revertedWithCustomError(
      replacement,
      "ReplacementNotCancellable",
    );
  });

  it("what the guardian never saw does not count as objected to", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, guardian, lying } = septet;
    await replacement.queue(lying);
    await replacement.withdraw();
    await wait(61n);
    await replacement.queue(lying);
    await guardian.connect(account(septet, 15)).cancelReplacement(lying);
    expect((await replacement.queued()).verifier).to.equal(ethers.ZeroAddress);
  });

  it("the guardian's objection hits what it names, not what was put in its place meanwhile", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, guardian, lying } = septet;
    await replacement.queue(await replacement.current());
    const objection = guardian.connect(account(septet, 15)).cancelReplacement(lying);
    await expect(objection).to.be.revertedWithCustomError(replacement, "ReplacementNotQueued");
  });

  it("is void after 180 days, as nobody who came later had time to leave", async () => {
    const septet = await fixture();
    const { verifierReplacement: replacement, lying } = septet;
    await replacement.queue(lying);
    await wait(180n);
    await expect(replacement.execute()).to.be.revertedWithCustomError(replacement, "ReplacementExpired");
    await replacement.withdraw();
  });

  it("takes no address without code", async () => {
    const { verifierReplacement: replacement, holder } = await fixture();
    await expect(replacement.queue(holder)).to.be.revertedWithCustomError(replacement, "NoCode");
    await expect(replacement.withdraw()).to.be.revertedWithCustomError(replacement, "ReplacementNotQueued");
  });
});
