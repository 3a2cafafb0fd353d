import { expect } from "chai";
import { toBeHex } from "ethers";
import { networkHelpers } from "../support/chain.ts";
import { currentSlot, type ProvenValidator, proveBalance, proveValidator } from "../support/proofs.ts";
import { account, ETHER, type Septet, withSet } from "../support/septet.ts";
import { predeposit, prove, topUp, withVerified } from "../support/validators.ts";

const TOP_UP_GWEI = 31e9;
const TOP_UP_LEAVING = 6;

/** A key that leaves while its top-up waits in the queue. A "day" has 30 seconds: the grace of a report is three. */
async function leaving() {
  const septet = await withSet();
  const [key, other] = await withVerified(septet, ["leaving", "staying"]);
  if (!key || !other) throw new Error("two keys were asked for");
  for (const known of [key, other]) await predeposit(septet, known);
  await prove(septet, key);
  await topUp(septet, key);
  await septet.stakingPool.deposit(ETHER, septet.governance, { value: ETHER });
  const epoch = Math.floor((await currentSlot()) / 8);
  const shown = { ...key.shown, exitEpoch: epoch + 1, withdrawableEpoch: epoch + 2, pending: [TOP_UP_GWEI] };
  await septet.validatorManager.recordExit(key.id, ...(await proveValidator(shown)));
  await networkHelpers.time.increase(64);
  return { ...septet, manager: septet.validatorManager, pool: septet.stakingPool, key: { ...key, shown }, other };
}

type Leaving = Awaited<ReturnType<typeof leaving>>;
const fixture = () => networkHelpers.loadFixture(leaving);

/** Starts a report on the state with the validator, and proves it a second later. */
async function startAndProve({ balanceReport }: Septet, shown: ProvenValidator) {
  const proven = await proveBalance(shown, (await currentSlot()) + 2);
  await networkHelpers.time.setNextBlockTimestamp(proven.anchor.timestamp);
  await balanceReport.start();
  await networkHelpers.time.setNextBlockTimestamp(proven.anchor.timestamp + 1n);
  await balanceReport.prove(proven.anchor.header, proven.balances);
  return proven;
}

async function expectDepositsStopped({ pool, governance }: Leaving) {
  expect(await pool.maxDeposit(governance)).to.equal(0);
  await expect(pool.deposit(ETHER, governance, { value: ETHER }))
    .to.be.revertedWithCustomError(pool, "Stopped")
    .withArgs(TOP_UP_LEAVING);
}

describe("exit with top-up in flight, from real beacon states", () => {
  it("closes deposits, and counts the ETH in each report that shows it in the queue", async () => {
    const septet = await fixture();
    const { manager, balanceReport, key } = septet;
    await expectDepositsStopped(septet);
    for (let report = 1; report <= 2; report++) {
      const { anchor, balances, pendingDeposits } = await startAndProve(septet, key.shown);
      const [pending] = pendingDeposits;
      if (!pending) throw new Error("the state has a pending deposit");
      // Whoever starts the report can't write the top-up off before anyone shows it.
      expect(await balanceReport.provenCount()).to.equal(0);
      await expect(balanceReport.finish()).to.be.revertedWithCustomError(balanceReport, "ReportIncomplete");
      await manager.connect(account(septet, 12)).provePendingTopUp(key.id, anchor, pending);
      await networkHelpers.time.increase(5);
      await balanceReport.prove(anchor.header, balances);
      await balanceReport.finish();
      expect(await manager.inFlightWei()).to.equal(32n * ETHER);
      await expectDepositsStopped(septet);
      await networkHelpers.time.increase(30);
    }
  });

  it("gives it up when nobody shows it, opens deposits, and lets the key be Withdrawn", async () => {
    const septet = await fixture();
    const { manager, balanceReport, pool, governance, key } = septet;
    const gone = { ...key.shown, pending: [], balance: 0, effectiveBalance: 0 };
    const withdrawn = async () => {
      const { anchor, proof, balances } = await proveBalance(gone);
      return manager.recordWithdrawn(key.id, anchor, proof, balances);
    };
    await expect(withdrawn()).to.be.revertedWithCustomError(manager, "TopUpInFlight").withArgs(key.id);
    const { anchor, balances } = await startAndProve(septet, gone);
    await networkHelpers.time.increase(3);
    await expect(balanceReport.prove(anchor.header, balances))
      .to.emit(manager, "TopUpSettled")
      .withArgs(key.id, 31n * ETHER, false);
    await balanceReport.finish();
    // 1 ETH of the other key.
    expect([await manager.inFlightWei(), await manager.leavingTopUps()]).to.deep.equal([ETHER, 0n]);
    expect((await manager.validator(key.id)).sentGwei).to.equal(1_000_000_000n);
    await pool.deposit(ETHER, governance, { value: ETHER });
    await expect(withdrawn()).to.emit(manager, "Withdrawn").withArgs(key.id);
  });

  it("believes no entry of another key, amount, place or time", async () => {
    const septet = await fixture();
    const { manager, beaconVerifier, key, other } = septet;
    const old = await proveBalance(key.shown);
    const { anchor, pendingDeposits } = await startAndProve(septet, { ...key.shown, pending: [TOP_UP_GWEI, 5e9] });
    const [ours, small] = pendingDeposits;
    const [oldPending] = old.pendingDeposits;
    if (!ours || !small || !oldPending) throw new Error("the states have pending deposits");
    const strange = { ...other.shown, pending: [TOP_UP_GWEI] };
    const { pendingDeposits: strangers } = await proveBalance(strange);
    const refused = async (error: string, id: string, proofAnchor: typeof anchor, proof: typeof ours) =>
      expect(manager.provePendingTopUp(id, proofAnchor, proof), error).to.be.revertedWithCustomError(manager, error);
    await refused("PubkeyMismatch", key.id, anchor, strangers[0] ?? ours);
    await refused("NoTopUpInFlight", other.id, anchor, strangers[0] ?? ours);
    await refused("DepositAmountMismatch", key.id, anchor, small);
    await refused("AnchorTooOld", key.id, old.anchor, oldPending);
    const wrong = [
      { ...ours, depositIndex: 1n },
      { ...ours, deposit: { ...ours.deposit, slot: 2n } },
      { ...ours, siblings: [toBeHex(1, 32), ...ours.siblings.slice(1)] },
    ];
    for (const proof of wrong) {
      await expect(manager.provePendingTopUp(key.id, anchor, proof)).to.be.revertedWithCustomError(
        beaconVerifier,
        "InvalidProof",
      );
    }
    await manager.provePendingTopUp(key.id, anchor, ours);
  });
});
