import { expect } from "chai";
import { concat, toBeHex } from "ethers";
import { balanceGwei } from "../../../services/beacon/balances.ts";
import { DAY, ethers, networkHelpers, WITHDRAWAL_REQUESTS } from "../support/chain.ts";
import { currentSlot, proveBalance } from "../support/proofs.ts";
import { account, ETHER } from "../support/septet.ts";
import { evidence, needOf, REASON, report, requestsIn, withTwoActive } from "../support/validators.ts";

const GWEI = 10n ** 9n;
const fixture = () => networkHelpers.loadFixture(withTwoActive);
const amount = (gwei: bigint) => toBeHex(gwei, 8);

/** Gwei, as the contract will read it. */
const shownBalance = ({ validator, balances }: Awaited<ReturnType<typeof evidence>>[1]) =>
  balanceGwei({ proof: validator, balances });

describe("ValidatorExits: full exits", () => {
  it("exits a small key when redemptions need it, and counts its balance as expected", async () => {
    const septet = await fixture();
    const { exits, manager, first, withdrawalVault } = septet;
    await needOf(septet, 20n * ETHER);
    const need = await exits.needWei();
    expect(need).to.be.closeTo(20n * ETHER, 1000n);
    const [anchor, key] = await evidence(first);
    const balance = shownBalance(key);
    const sent = await exits.connect(account(septet, 12)).requestExit(REASON.liquidity, anchor, key, { value: 5n });
    const vault = await withdrawalVault.getAddress();
    expect(await requestsIn(sent, WITHDRAWAL_REQUESTS)).to.deep.equal([
      concat([vault, first.key.pubkey, amount(0n)]).toLowerCase(),
    ]);
    await expect(sent).to.emit(exits, "ExitRequested").withArgs(first.id, REASON.liquidity, balance);
    expect((await manager.validator(first.id)).state).to.equal(5);
    expect(await exits.expectedWei()).to.equal(balance * GWEI);
    expect(await exits.needWei()).to.equal(0);
    // The fee is 1 wei and the vault was empty: the caller paid it and got the rest back.
    expect(await ethers.provider.getBalance(exits)).to.equal(0);
    expect(await ethers.provider.getBalance(WITHDRAWAL_REQUESTS)).to.equal(1);
  });

  it("asks nobody without need, and stops asking when what was asked for covers it", async () => {
    const septet = await fixture();
    const { exits, first, second } = septet;
    await expect(
      exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n }),
    ).to.be.revertedWithCustomError(exits, "NoNeed");
    await needOf(septet, 20n * ETHER);
    await exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n });
    await expect(
      exits.requestExit(REASON.liquidity, ...(await evidence(second)), { value: 1n }),
    ).to.be.revertedWithCustomError(exits, "NoNeed");
  });

  it("does not exit 2,048 ETH for a request of 0.01 ETH, but any key once the need is three days old", async () => {
    const septet = await fixture();
    const { exits, first } = septet;
    await needOf(septet, ETHER / 100n);
    const large = { balance: 2048e9, effectiveBalance: 2048e9 };
    const [anchor, key] = await evidence(first, large);
    await expect(exits.requestExit(REASON.liquidity, anchor, key, { value: 1n }))
      .to.be.revertedWithCustomError(exits, "BalanceBeyondNeed")
      .withArgs(first.id, shownBalance(key), 64n * ETHER);
    await exits.recordNeed();
    await networkHelpers.time.increase(3n * DAY);
    await exits.requestExit(REASON.liquidity, ...(await evidence(first, large)), { value: 1n });
  });

  it("exits a key of twice the need", async () => {
    const septet = await fixture();
    const { exits, first } = septet;
    await needOf(septet, 40n * ETHER);
    const limit = 2n * (await exits.needWei());
    const above = { balance: Number(limit / GWEI) + 1e9 };
    await expect(
      exits.requestExit(REASON.liquidity, ...(await evidence(first, above)), { value: 1n }),
    ).to.be.revertedWithCustomError(exits, "BalanceBeyondNeed");
    await exits.requestExit(REASON.liquidity, ...(await evidence(first, { balance: Number(limit / GWEI) })), {
      value: 1n,
    });
  });

  it("refuses what the consensus layer would drop in silence", async () => {
    const septet = await fixture();
    const { exits, first } = septet;
    await needOf(septet, 20n * ETHER);
    const epoch = Math.floor(((await currentSlot()) + 1) / 8);
    const cases: [Parameters<typeof evidence>[1], string][] = [
      [{ activationEpoch: epoch - 3 }, "ActiveTooShortly"],
      [{ exitEpoch: epoch + 3, withdrawableEpoch: epoch + 7 }, "ValidatorIsExiting"],
      [{ slashed: true, exitEpoch: epoch + 3 }, "ValidatorIsSlashed"],
    ];
    for (const [changes, error] of cases) {
      await expect(
        exits.requestExit(REASON.liquidity, ...(await evidence(first, changes)), { value: 1n }),
        error,
      ).to.be.revertedWithCustomError(exits, error);
    }
    const old = await evidence(first, {}, (await currentSlot()) - 17);
    await expect(exits.requestExit(REASON.liquidity, ...old, { value: 1n })).to.be.revertedWithCustomError(
      exits,
      "AnchorTooOld",
    );
    await exits.requestExit(REASON.liquidity, ...(await evidence(first, { activationEpoch: epoch - 5 })), {
      value: 1n,
    });
  });

  it("takes governance's word and nobody else's, and other reasons only when they hold", async () => {
    const septet = await fixture();
    const { exits, operatorSets: sets, first, second } = septet;
    const stranger = exits.connect(account(septet, 12));
    for (const reason of [REASON.governance, REASON.leaverDeadline, REASON.closing]) {
      await expect(stranger.requestExit(reason, ...(await evidence(first)), { value: 1n }))
        .to.be.revertedWithCustomError(exits, "ReasonNotGiven")
        .withArgs(first.id, reason);
    }
    await expect(
      stranger.requestExit(REASON.bondShortfall, ...(await evidence(first)), { value: 1n }),
    ).to.be.revertedWithCustomError(sets, "ShortfallExitNotDue");
    await exits.requestExit(REASON.governance, ...(await evidence(second)), { value: 1n });
  });

  // A timelock waits longer than any proof is valid: governance alone could never exit a key.
  it("lets anyone carry out days later what governance ordered, with a proof of that day", async () => {
    const septet = await fixture();
    const { exits, first, second } = septet;
    const stranger = exits.connect(account(septet, 12));
    const old = await evidence(second);
    await networkHelpers.time.increase(3n * DAY);
    await expect(exits.requestExit(REASON.governance, ...old, { value: 1n })).to.be.revertedWithCustomError(
      exits,
      "AnchorTooOld",
    );
    await expect(stranger.order(second.id, second.id)).to.be.revertedWithCustomError(exits, "Unauthorized");
    await expect(exits.order(first.id, second.id)).to.emit(exits, "Ordered").withArgs(first.id, second.id);
    await exits.order(second.id, second.id);
    await exits.order(second.id, ethers.ZeroHash);
    for (const known of [first, second]) {
      await expect(
        stranger.requestExit(REASON.governance, ...(await evidence(known)), { value: 1n }),
      ).to.be.revertedWithCustomError(exits, "ReasonNotGiven");
    }
    await exits.order(second.id, second.id);
    await networkHelpers.time.increase(3n * DAY);
    await expect(stranger.requestExit(REASON.governance, ...(await evidence(second)), { value: 1n }))
      .to.emit(exits, "ExitRequested")
      .withArgs(second.id, REASON.governance, 32n * GWEI);
  });

  it("repeats an exit that was dropped, without need and without expecting its ETH twice", async () => {
    const septet = await fixture();
    const { exits, first } = septet;
    await needOf(septet, 20n * ETHER);
    await exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n });
    const expected = await exits.expectedWei();
    await expect(exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n }))
      .to.be.revertedWithCustomError(exits, "RequestPending")
      .withArgs(first.id, 1);
    const early = await proveBalance(first.shown);
    await expect(exits.lapse(first.id, early.anchor, early.proof)).to.be.revertedWithCustomError(
      exits,
      "LapseTooEarly",
    );

    await networkHelpers.time.increase(DAY);
    const epoch = Math.floor((await currentSlot()) / 8);
    const leaving = await proveBalance({ ...first.shown, exitEpoch: epoch + 4, withdrawableEpoch: epoch + 8 });
    await expect(exits.lapse(first.id, leaving.anchor, leaving.proof)).to.be.revertedWithCustomError(
      exits,
      "ValidatorIsExiting",
    );
    const dropped = await proveBalance(first.shown);
    await expect(exits.lapse(first.id, dropped.anchor, dropped.proof))
      .to.emit(exits, "RequestLapsed")
      .withArgs(first.id, 1);
    await exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n });
    expect(await exits.expectedWei()).to.equal(expected);
  });

  it("exits anything from a closed pool without a proof, once a day", async () => {
    const septet = await fixture();
    const { exits, stakingPool: pool, first } = septet;
    await expect(exits.requestExitAfterClosing(first.key.pubkey, { value: 1n })).to.be.revertedWithCustomError(
      exits,
      "ReasonNotGiven",
    );
    await networkHelpers.time.increase(61n * DAY);
    await pool.close();
    const stranger = exits.connect(account(septet, 12));
    await stranger.requestExitAfterClosing(first.key.pubkey, { value: 1n });
    await expect(stranger.requestExitAfterClosing(first.key.pubkey, { value: 1n })).to.be.revertedWithCustomError(
      exits,
      "RequestPending",
    );
    await networkHelpers.time.increase(DAY);
    await stranger.requestExitAfterClosing(first.key.pubkey, { value: 1n });
  });
});

describe("ValidatorExits: partial withdrawals", () => {
  const large = { balance: 200e9, effectiveBalance: 200e9 };

  it("takes what redemptions need of a large key, eight ether at least and 32 left", async () => {
    const septet = await fixture();
    const { exits, first, second, withdrawalVault } = septet;
    await needOf(septet, ETHER / 100n);
    const sent = await exits.requestPartial(...(await evidence(first, large)), { value: 1n });
    expect(await requestsIn(sent, WITHDRAWAL_REQUESTS)).to.deep.equal([
      concat([await withdrawalVault.getAddress(), first.key.pubkey, amount(8n * GWEI)]).toLowerCase(),
    ]);
    expect(await exits.expectedWei()).to.equal(8n * ETHER);
    await expect(exits.requestPartial(...(await evidence(second, large)), { value: 1n })).to.be.revertedWithCustomError(
      exits,
      "NoNeed",
    );
  });

  it("leaves 32 ETH, and leaves keys of 64 ETH or less to full exits", async () => {
    const septet = await fixture();
    const { exits, first, second } = septet;
    await needOf(septet, 60n * ETHER);
    await expect(
      exits.requestPartial(...(await evidence(first, { balance: 64e9 })), { value: 1n }),
    ).to.be.revertedWithCustomError(exits, "BalanceTooSmall");
    const [anchor, key] = await evidence(second, { balance: 70e9 });
    const balance = shownBalance(key);
    await expect(exits.requestPartial(anchor, key, { value: 1n }))
      .to.emit(exits, "PartialRequested")
      .withArgs(second.id, balance - 32n * GWEI, balance);
  });

  it("a partial that blocks an exit: one request at a time, because a pending partial drops the exit silently", async () => {
    const septet = await fixture();
    const { exits, manager, first, second } = septet;
    await needOf(septet, 70n * ETHER);
    await exits.requestPartial(...(await evidence(first, { balance: 65e9 })), { value: 1n });
    await expect(exits.requestExit(REASON.governance, ...(await evidence(first)), { value: 1n }))
      .to.be.revertedWithCustomError(exits, "RequestPending")
      .withArgs(first.id, 2);
    expect((await manager.validator(first.id)).requestOpen).to.equal(true);

    await exits.requestExit(REASON.liquidity, ...(await evidence(second)), { value: 1n });
    await expect(exits.requestPartial(...(await evidence(second, large)), { value: 1n })).to.be.revertedWithCustomError(
      exits,
      "RequestPending",
    );
  });

  it("is over when a report sees the balance fall, and expected until then", async () => {
    const septet = await fixture();
    const { exits, manager, first, second } = septet;
    await needOf(septet, ETHER);
    await exits.requestPartial(...(await evidence(first, large)), { value: 1n });
    await expect(report(septet, { ...first.shown, ...large })).not.to.emit(exits, "PartialPaid");
    expect((await exits.request(first.id)).kind).to.equal(2);
    await networkHelpers.time.increase(2n * DAY);
    await expect(report(septet, { ...first.shown, balance: 192e9, effectiveBalance: 200e9 }))
      .to.emit(exits, "PartialPaid")
      .withArgs(first.id, 8n * GWEI);
    expect((await exits.request(first.id)).kind).to.equal(0);
    expect((await manager.validator(first.id)).requestOpen).to.equal(false);
    expect((await manager.validator(second.id)).requestOpen).to.equal(false);
  });

  it("lapses when it must have been paid long ago and the balance did not fall", async () => {
    const septet = await fixture();
    const { exits, first } = septet;
    await needOf(septet, ETHER);
    await exits.requestPartial(...(await evidence(first, large)), { value: 1n });
    const shown = { ...first.shown, ...large };
    const early = await proveBalance(shown);
    await expect(exits.scheduleLapse(first.id, early.anchor, early.earliestExitEpoch)).to.be.revertedWithCustomError(
      exits,
      "LapseTooEarly",
    );
    await networkHelpers.time.increase(DAY);
    const day = await proveBalance(shown);
    await exits.scheduleLapse(first.id, day.anchor, day.earliestExitEpoch);
    await expect(exits.lapsePartial(first.id, day.anchor, day.balances)).to.be.revertedWithCustomError(
      exits,
      "LapseEpochNotReached",
    );
    const { lapseEpoch } = await exits.request(first.id);
    const now = await currentSlot();
    await networkHelpers.time.increase((Number(lapseEpoch) * 8 - now) * 2 + 2);
    const paid = await proveBalance({ ...shown, balance: 192e9 });
    await expect(exits.lapsePartial(first.id, paid.anchor, paid.balances)).to.be.revertedWithCustomError(
      exits,
      "PartialWasPaid",
    );
    const late = await proveBalance(shown);
    await expect(exits.lapsePartial(first.id, late.anchor, late.balances))
      .to.emit(exits, "RequestLapsed")
      .withArgs(first.id, 2);
  });
});

describe("ValidatorExits: fees", () => {
  it("bears 0.01 ETH of a spiked fee out of the vault and leaves the rest to the caller", async () => {
    const septet = await fixture();
    const { exits, withdrawalVault: vault, governance, first } = septet;
    await needOf(septet, 20n * ETHER);
    // Excess of 700 requests: e^(700 / 17) wei.
    await networkHelpers.setStorageAt(WITHDRAWAL_REQUESTS, 0, 700);
    const fee = await vault.withdrawalFee();
    expect(fee).to.be.greaterThan(ETHER / 100n);
    await governance.sendTransaction({ to: vault, value: ETHER });
    const due = fee - ETHER / 100n;
    await expect(exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: due - 1n }))
      .to.be.revertedWithCustomError(vault, "FeeNotCovered")
      .withArgs(due, due - 1n);
    const proof = await evidence(first);
    await expect(exits.requestExit(REASON.liquidity, ...proof, { value: due + 7n })).to.changeEtherBalances(
      ethers,
      [governance, vault],
      [-due, -ETHER / 100n],
    );
  });

  it("makes no request where the predeploy is missing, because a call to nothing succeeds", async () => {
    const septet = await fixture();
    const { exits, withdrawalVault: vault, first } = septet;
    await needOf(septet, 20n * ETHER);
    await networkHelpers.setCode(WITHDRAWAL_REQUESTS, "0x");
    await expect(exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n }))
      .to.be.revertedWithCustomError(vault, "PredeployMissing")
      .withArgs(WITHDRAWAL_REQUESTS);
  });

  it("lets ValidatorExits alone use the vault, and BalanceReport alone settle", async () => {
    const septet = await fixture();
    const { exits, withdrawalVault: vault, first, governance } = septet;
    for (const call of [
      vault.requestWithdrawal(first.key.pubkey, 0),
      vault.requestConsolidation(first.key.pubkey, first.key.pubkey),
    ]) {
      await expect(call).to.be.revertedWithCustomError(vault, "Unauthorized");
    }
    for (const call of [exits.onReportFinished(1, 0), exits.settle(first.id, 1, 1)]) {
      await expect(call).to.be.revertedWithCustomError(exits, "Unauthorized");
    }
    await expect(governance.sendTransaction({ to: exits, value: 1n })).to.be.revertedWithCustomError(
      exits,
      "Unauthorized",
    );
  });
});
