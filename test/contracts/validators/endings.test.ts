import { expect } from "chai";
import { DAY, networkHelpers } from "../support/chain.ts";
import { currentSlot, proveBalance, proveForTopUp, proveValidator } from "../support/proofs.ts";
import { account, ETHER, SEVEN, submissionOf, submit, withSet } from "../support/septet.ts";
import { predeposit, prove, report, topUp, withVerified } from "../support/validators.ts";

async function verified() {
  const septet = await withSet();
  const [key] = await withVerified(septet, ["ending"]);
  if (!key) throw new Error("a key was asked for");
  return { ...septet, manager: septet.validatorManager, key };
}

async function predeposited() {
  const septet = await verified();
  await predeposit(septet, septet.key);
  return septet;
}

async function proven() {
  const septet = await predeposited();
  await prove(septet, septet.key);
  return septet;
}

async function toppedUp() {
  const septet = await proven();
  await topUp(septet, septet.key);
  return septet;
}

const epochNow = async () => Math.floor((await currentSlot()) / 8);

describe("ValidatorManager: a key with foreign credentials", () => {
  const foreign = `0x02${"00".repeat(11)}${"66".repeat(20)}`;

  it("ends a front-run predeposit: reserve burned, set barred until governance lifts it", async () => {
    const septet = await networkHelpers.loadFixture(predeposited);
    const { manager, operatorRegistry: registry, operatorSets: sets, key } = septet;
    const before = await registry.bondOf(1);
    const { reservedShares } = await manager.validator(key.id);
    const proof = await proveValidator({ ...key.shown, withdrawalCredentials: foreign });
    await expect(manager.connect(account(septet, 12)).proveForeign(key.id, ...proof))
      .to.emit(manager, "ForeignCredentials")
      .withArgs(key.id, 1, foreign);
    for (const number of SEVEN) expect(await registry.bondOf(number)).to.equal(before - reservedShares);
    expect(await sets.reservedPerSeat(1)).to.equal(0);
    expect((await manager.validator(key.id)).state).to.equal(7);
    expect([
      await manager.inFlightWei(),
      await manager.committedWei(),
      await manager.liveKeyCount(1),
      await manager.pendingKeyCount(1),
      await sets.stakeWei(1),
    ]).to.deep.equal([0n, 0n, 0n, 0n, 0n]);

    expect(await manager.canRequestKeys(1, 1)).to.equal(false);
    await expect(manager.requestKeys(1, 1)).to.be.revertedWithCustomError(manager, "SetTakesNoKeys").withArgs(1);
    await sets.liftBar(1);
    await manager.requestKeys(1, 1);
    // The key itself is never used again.
    const again = await submissionOf(septet, [key.key], { requestId: 2n });
    await expect(submit(septet, again)).to.be.revertedWithCustomError(manager, "KeyAlreadyKnown");
  });

  it("ends a key before its predeposit, which saves the ETH", async () => {
    const { manager, key } = await networkHelpers.loadFixture(verified);
    const proof = await proveValidator({ ...key.shown, withdrawalCredentials: foreign });
    await manager.proveForeign(key.id, ...proof);
    expect((await manager.validator(key.id)).state).to.equal(7);
    expect(await manager.canRequestKeys(1, 1)).to.equal(false);
    expect(await manager.committedWei()).to.equal(0);
  });

  it("refuses our own credentials and keys that were proven", async () => {
    const { manager, key } = await networkHelpers.loadFixture(predeposited);
    await expect(manager.proveForeign(key.id, ...(await proveValidator(key.shown)))).to.be.revertedWithCustomError(
      manager,
      "CredentialsAreOurs",
    );
    await manager.proveCredentials(key.id, ...(await proveValidator(key.shown)));
    const proof = await proveValidator({ ...key.shown, withdrawalCredentials: foreign });
    await expect(manager.proveForeign(key.id, ...proof)).to.be.revertedWithCustomError(manager, "WrongState");
  });
});

describe("ValidatorManager: deposits in flight", () => {
  it("counts a predeposit until its proof, and the validator in later reports only", async () => {
    const septet = await networkHelpers.loadFixture(predeposited);
    const { manager, balanceReport, key } = septet;
    expect(await manager.inFlightWei()).to.equal(ETHER);
    // A report that is open when the key is proven must not take it for one of its own.
    const before = await proveBalance(key.shown, (await currentSlot()) + 2);
    await networkHelpers.time.setNextBlockTimestamp(before.anchor.timestamp);
    await balanceReport.start();
    await prove(septet, key);
    expect([await manager.inFlightWei(), await manager.accountedCount()]).to.deep.equal([0n, 1n]);
    await balanceReport.prove(before.anchor.header, before.balances);
    expect(await balanceReport.provenCount()).to.equal(0);
    expect(await balanceReport.validatorCount()).to.equal(0);
    expect(await manager.special(0)).to.equal(1n << 17n);

    await networkHelpers.time.increase(2n * DAY);
    await report(septet, key.shown);
    expect(await balanceReport.provenCount()).to.equal(1);
    expect([await manager.accounted(0), await manager.special(0)]).to.deep.equal([1n << 17n, 0n]);
    expect(await manager.validatorIdAt(17)).to.equal(key.id);
  });

  it("credits a top-up once the balance holds it to a sixteenth, then never again", async () => {
    const septet = await networkHelpers.loadFixture(toppedUp);
    const { manager, key } = septet;
    expect(await manager.inFlightWei()).to.equal(31n * ETHER);
    const { storedGwei } = await manager.validator(key.id);
    const threshold = Number(storedGwei) + 31e9 - 31e9 / 16;
    const { state, ...unchanged } = { state: 0, ...key.shown };
    expect(state).to.equal(0);
    await expect(report(septet, { ...unchanged, balance: threshold - 1 })).not.to.emit(manager, "TopUpSettled");
    expect(await manager.special(0)).to.equal(1n << 17n);
    await networkHelpers.time.increase(2n * DAY);
    await expect(report(septet, { ...unchanged, balance: threshold }))
      .to.emit(manager, "TopUpSettled")
      .withArgs(key.id, 31n * ETHER, true);
    expect([await manager.inFlightWei(), await manager.special(0)]).to.deep.equal([0n, 0n]);
  });

  it("takes no top-up on a balance from before the last cut, because it would count as arrived at once", async () => {
    const septet = await networkHelpers.loadFixture(proven);
    const { manager, balanceReport, key } = septet;
    const old = await proveForTopUp(key.shown);
    await networkHelpers.time.increase(6);
    await report(septet, key.shown);
    await expect(manager.topUp(key.key.pubkey, 31n * ETHER, ...old))
      .to.be.revertedWithCustomError(manager, "AnchorTooOld")
      .withArgs(old[0].timestamp, await balanceReport.startedAt());
    await topUp(septet, key);
  });

  it("fits the top-up to the proven balance: no more than the target, no dust", async () => {
    const { manager, key } = await networkHelpers.loadFixture(proven);
    const at = async (balance: number) => proveForTopUp({ ...key.shown, balance });
    const refused: [number, bigint][] = [
      [1e9, 31n * ETHER + 10n ** 9n],
      [1e9, 30n * ETHER],
      [20e9, 31n * ETHER],
    ];
    for (const [balance, amountWei] of refused) {
      await expect(manager.topUp(key.key.pubkey, amountWei, ...(await at(balance)))).to.be.revertedWithCustomError(
        manager,
        "InvalidTopUp",
      );
    }
    await expect(manager.topUp(key.key.pubkey, ETHER, ...(await at(31.5e9)))).to.be.revertedWithCustomError(
      manager,
      "AlreadyToppedUp",
    );
    await manager.topUp(key.key.pubkey, 12n * ETHER, ...(await at(20e9)));
  });

  it("lets BalanceReport alone settle, and the neighbours alone mark", async () => {
    const { manager, key } = await networkHelpers.loadFixture(proven);
    for (const call of [
      manager.settle(17, 1, 1),
      manager.markExiting(key.id),
      manager.markSlashed(key.id),
      manager.setRequestOpen(key.id, true),
      manager.changeStake(key.id, true),
    ]) {
      await expect(call).to.be.revertedWithCustomError(manager, "Unauthorized");
    }
  });
});

describe("ValidatorManager: leaving and withdrawn", () => {
  it("sees an exit that it did not ask for, and gives no more ETH", async () => {
    const septet = await networkHelpers.loadFixture(proven);
    const { manager, key } = septet;
    await expect(manager.recordExit(key.id, ...(await proveValidator(key.shown)))).to.be.revertedWithCustomError(
      manager,
      "ValidatorIsNotExiting",
    );
    const epoch = await epochNow();
    const leaving = { ...key.shown, exitEpoch: epoch + 3, withdrawableEpoch: epoch + 7 };
    await expect(manager.recordExit(key.id, ...(await proveValidator(leaving))))
      .to.emit(manager, "ExitSeen")
      .withArgs(key.id, epoch + 3, epoch + 7);
    expect((await manager.validator(key.id)).state).to.equal(5);
    expect([await manager.committedWei(), await manager.provenKeyCount()]).to.deep.equal([0n, 0n]);
    await expect(topUp(septet, key)).to.be.revertedWithCustomError(manager, "WrongState");
  });

  it("counts a predeposited key that leaves before its proof", async () => {
    const { manager, operatorSets: sets, key } = await networkHelpers.loadFixture(predeposited);
    const epoch = await epochNow();
    const leaving = { ...key.shown, slashed: true, exitEpoch: epoch + 3, withdrawableEpoch: epoch + 7 };
    await manager.recordExit(key.id, ...(await proveValidator(leaving)));
    expect([await manager.accountedCount(), await manager.inFlightWei()]).to.deep.equal([1n, 0n]);
    expect(await sets.reservedPerSeat(1)).to.equal(0);
  });

  it("is over when nothing is left, nothing is on its way and nothing can come", async () => {
    const septet = await networkHelpers.loadFixture(proven);
    const { manager, operatorSets: sets, stakingPool: pool, key } = septet;
    await networkHelpers.time.increase(200);
    const epoch = await epochNow();
    const gone = { ...key.shown, exitEpoch: epoch - 5, withdrawableEpoch: epoch - 1, effectiveBalance: 0, balance: 0 };
    const withdrawn = async (changes: Partial<typeof gone>) => {
      const { anchor, proof, balances } = await proveBalance({ ...gone, ...changes });
      return manager.recordWithdrawn(key.id, anchor, proof, balances);
    };
    await expect(withdrawn({ withdrawableEpoch: epoch + 9 })).to.be.revertedWithCustomError(manager, "NotWithdrawable");
    await expect(withdrawn({ balance: 1 }))
      .to.be.revertedWithCustomError(manager, "BalanceLeft")
      .withArgs(key.id, 1);
    await expect(withdrawn({})).to.emit(manager, "Withdrawn").withArgs(key.id);
    expect((await manager.validator(key.id)).state).to.equal(6);
    expect([
      await manager.accountedCount(),
      await manager.accounted(0),
      await manager.special(0),
      await manager.liveKeyCount(1),
      await sets.stakeWei(1),
    ]).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
    // No key has the pool's ETH any more: no report is due.
    expect((await pool.stops()).closableAt).to.equal(2n ** 40n - 1n);
    await expect(withdrawn({})).to.be.revertedWithCustomError(manager, "WrongState");
  });

  it("stays counted in the report that is open, and is forgotten after it", async () => {
    const septet = await networkHelpers.loadFixture(proven);
    const { manager, balanceReport, key } = septet;
    await networkHelpers.time.increase(200);
    await report(septet, key.shown);
    const epoch = await epochNow();
    const gone = { ...key.shown, exitEpoch: epoch - 5, withdrawableEpoch: epoch - 1, effectiveBalance: 0, balance: 0 };
    const { anchor, proof, balances } = await proveBalance(gone);
    await manager.recordWithdrawn(key.id, anchor, proof, balances);
    expect([await manager.accountedCount(), await manager.accounted(0)]).to.deep.equal([1n, 1n << 17n]);
    expect(await balanceReport.isOpen()).to.equal(true);
    await expect(manager.forget(key.id)).to.be.revertedWithCustomError(manager, "ReportIsOpen");
  });

  it("expires a verified key that nobody deposited for, because leavers' bonds wait for its end", async () => {
    const { manager, operatorSets: sets, key } = await networkHelpers.loadFixture(verified);
    await expect(manager.expireKey(key.id)).to.be.revertedWithCustomError(manager, "KeyNotExpired");
    await networkHelpers.time.increase(30n * DAY + 1n);
    await expect(manager.expireKey(key.id)).to.emit(manager, "KeyExpired").withArgs(key.id);
    expect((await manager.validator(key.id)).state).to.equal(9);
    expect([await manager.liveKeyCount(1), await manager.committedWei(), await sets.stakeWei(1)]).to.deep.equal([
      0n,
      0n,
      0n,
    ]);
  });
});
