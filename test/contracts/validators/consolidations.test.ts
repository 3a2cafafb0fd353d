import { expect } from "chai";
import { concat } from "ethers";
import { CONSOLIDATION_REQUESTS, DAY, networkHelpers } from "../support/chain.ts";
import { twoOf } from "../support/pairs.ts";
import { currentSlot, proveBalance, proveValidator } from "../support/proofs.ts";
import { account, ETHER } from "../support/septet.ts";
import { evidence, REASON, requestsIn, withTwoActive } from "../support/validators.ts";

const fixture = () => networkHelpers.loadFixture(withTwoActive);

describe("ValidatorExits: consolidations", () => {
  async function pair() {
    const septet = await fixture();
    const { first, second } = septet;
    const slot = (await currentSlot()) + 1;
    return { septet, ...(await twoOf(first, second, slot)) };
  }

  it("moves one key's balance to another by governance, and both count until the source is gone", async () => {
    const { septet, anchor, source, target } = await pair();
    const { exits, manager, first, second, withdrawalVault } = septet;
    await expect(
      exits.connect(account(septet, 12)).requestConsolidation(REASON.governance, anchor, source, target, { value: 1n }),
    ).to.be.revertedWithCustomError(exits, "ReasonNotGiven");
    await exits.order(first.id, first.id);
    await expect(
      exits.connect(account(septet, 12)).requestConsolidation(REASON.governance, anchor, source, target, { value: 1n }),
    ).to.be.revertedWithCustomError(exits, "ReasonNotGiven");
    await exits.order(first.id, second.id);
    const sent = await exits
      .connect(account(septet, 12))
      .requestConsolidation(REASON.governance, anchor, source, target, { value: 1n });
    expect(await requestsIn(sent, CONSOLIDATION_REQUESTS)).to.deep.equal([
      concat([await withdrawalVault.getAddress(), first.key.pubkey, second.key.pubkey]).toLowerCase(),
    ]);
    for (const { id } of [first, second]) expect((await manager.validator(id)).requestOpen).to.equal(true);
    expect(await manager.accountedCount()).to.equal(2);
    // No ETH comes to the vault by it.
    expect(await exits.expectedWei()).to.equal(0);
    await expect(exits.finishConsolidation(first.id)).to.be.revertedWithCustomError(exits, "SourceNotWithdrawn");
  });

  it("moves nothing to a set that takes no keys, because its bonds will answer for the moved balance", async () => {
    const septet = await fixture();
    const { exits, first, second, holder, operatorRegistry: registry, setChanges, stakingPool } = septet;
    await stakingPool.connect(holder).approve(registry, 3n * ETHER);
    await registry.connect(holder).bond(8, 3n * ETHER);
    await setChanges.proposeRotation(1, [1, 2, 3, 4, 5, 6, 8]);
    const { anchor, source, target } = await twoOf(first, second, (await currentSlot()) + 1);
    await expect(exits.requestConsolidation(REASON.governance, anchor, source, target, { value: 1n }))
      .to.be.revertedWithCustomError(exits, "KeyNotLive")
      .withArgs(second.id);
  });

  it("is finished when the source is Withdrawn: both keys take requests again, the target keeps the stake", async () => {
    const { septet, anchor, source, target } = await pair();
    const { exits, manager, operatorSets: sets, first, second } = septet;
    await exits.requestConsolidation(REASON.governance, anchor, source, target, { value: 1n });
    const both = await sets.stakeWei(1);
    await networkHelpers.time.increase(200);
    const epoch = Math.floor((await currentSlot()) / 8);
    const leaving = { ...first.shown, exitEpoch: epoch - 6, withdrawableEpoch: epoch - 2 };
    await manager.recordExit(first.id, ...(await proveValidator(leaving)));
    // The exit of the source is no exit that was asked for: its ETH goes to the target.
    await expect(exits.finishConsolidation(first.id)).to.be.revertedWithCustomError(exits, "SourceNotWithdrawn");
    const gone = await proveBalance({ ...leaving, effectiveBalance: 0, balance: 0 });
    await manager.recordWithdrawn(first.id, gone.anchor, gone.proof, gone.balances);
    await expect(exits.finishConsolidation(second.id)).to.be.revertedWithCustomError(exits, "NoSuchRequest");
    await expect(exits.connect(account(septet, 12)).finishConsolidation(first.id))
      .to.emit(exits, "ConsolidationFinished")
      .withArgs(first.id, second.id);
    for (const { id } of [first, second]) {
      expect((await exits.request(id)).kind).to.equal(0);
      expect((await manager.validator(id)).requestOpen).to.equal(false);
    }
    // 32 ETH of the source's own are given back, those of its balance stay with the target.
    expect(await sets.stakeWei(1)).to.equal(both - 32n * ETHER);
    expect(await manager.accountedCount()).to.equal(1);
    await expect(exits.finishConsolidation(first.id)).to.be.revertedWithCustomError(exits, "NoSuchRequest");
    await exits.requestExit(REASON.governance, ...(await evidence(second)), { value: 1n });
  });

  // Else the balance of the source would arrive at a key that no report counts: a loss that is none, at which some are
  // paid out and others buy.
  it("does not call a target Withdrawn that left by itself while a balance is still on its way to it", async () => {
    const { septet, anchor, source, target } = await pair();
    const { exits, manager, operatorSets: sets, first, second } = septet;
    await exits.requestConsolidation(REASON.governance, anchor, source, target, { value: 1n });
    const withBoth = await sets.stakeWei(1);
    await networkHelpers.time.increase(200);
    const epoch = Math.floor((await currentSlot()) / 8);
    const left = { exitEpoch: epoch - 6, withdrawableEpoch: epoch - 2, effectiveBalance: 0, balance: 0 };
    const empty = await proveBalance({ ...second.shown, ...left });
    const { anchor: seen, proof, balances } = empty;
    await manager.recordExit(second.id, seen, proof);
    await expect(manager.recordWithdrawn(second.id, seen, proof, balances))
      .to.be.revertedWithCustomError(manager, "ConsolidationInFlight")
      .withArgs(second.id);
    expect(await manager.accountedCount()).to.equal(2);

    const gone = await proveBalance({ ...first.shown, ...left });
    await manager.recordWithdrawn(first.id, gone.anchor, gone.proof, gone.balances);
    await exits.finishConsolidation(first.id);
    const swept = await proveBalance({ ...second.shown, ...left });
    await manager.recordWithdrawn(second.id, swept.anchor, swept.proof, swept.balances);
    expect(await sets.stakeWei(1)).to.equal(withBoth - 3n * 32n * ETHER);
    expect(await manager.accountedCount()).to.equal(0);
  });

  it("gives the target's set the stake of a second key, and takes it back when the request lapses", async () => {
    const { septet, anchor, source, target } = await pair();
    const { exits, manager, operatorSets: sets, first, second } = septet;
    const before = await sets.stakeWei(1);
    await exits.requestConsolidation(REASON.governance, anchor, source, target, { value: 1n });
    expect(await sets.stakeWei(1)).to.equal(before + 32n * ETHER);
    await networkHelpers.time.increase(DAY);
    const { anchor: later, proof } = await proveBalance(first.shown);
    await exits.lapse(first.id, later, proof);
    expect(await sets.stakeWei(1)).to.equal(before);
    for (const { id } of [first, second]) expect((await manager.validator(id)).requestOpen).to.equal(false);
  });
});
