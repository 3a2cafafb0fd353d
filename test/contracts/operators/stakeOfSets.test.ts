import { expect } from "chai";
import type { StakingPool } from "../../../types/contracts/pool/StakingPool.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { ETHER, register, SEVEN, withSet } from "../support/septet.ts";

/**
 * Set 1 of operators 1–7 with bonds of 3 ETH: room for 2 ETH ÷ 25 bps = 800 ETH. Set 2 of operators 9–15 with 1.2 ETH: room
 * for 80 ETH, in whole keys 64. `managed` calls as ValidatorManager.
 */
async function withTwoSets() {
  const septet = await withSet();
  const { operatorSets: sets, operatorRegistry: registry } = septet;
  for (let number = 9n; number <= 15n; number++) {
    await register(septet, Number(number));
    await sets.setListed(number, true);
    await registry.bondEther(number, { value: (12n * ETHER) / 10n });
  }
  await sets.formSet([9n, 10n, 11n, 12n, 13n, 14n, 15n]);
  const manager = await septet.validatorManager.getAddress();
  await networkHelpers.impersonateAccount(manager);
  await networkHelpers.setBalance(manager, ETHER);
  return { ...septet, managed: sets.connect(await ethers.getSigner(manager)) };
}

/** Halves the booked total in storage, without the report that would prove such a loss. */
async function loseHalf(pool: StakingPool): Promise<void> {
  const [slot, half] = [8, 2n ** 88n];
  const packed = BigInt(await ethers.provider.getStorage(pool, slot));
  await networkHelpers.setStorageAt(await pool.getAddress(), slot, packed - (packed % half) + (packed % half) / 2n);
}

describe("OperatorSets: stake", () => {
  const fixture = () => networkHelpers.loadFixture(withTwoSets);

  it("counts capacity in whole keys, because room for half a key would block the other sets", async () => {
    const { operatorSets: sets } = await fixture();
    expect(await sets.capacityWei(1)).to.equal(800n * ETHER);
    expect(await sets.capacityWei(2)).to.equal(64n * ETHER);
    expect(await sets.totalCapacityWei()).to.equal(864n * ETHER);
  });

  it("follows the smallest bond of the seven", async () => {
    const { operatorSets: sets, operatorRegistry: registry } = await fixture();
    for (const number of SEVEN.slice(1)) await registry.bondEther(number, { value: ETHER });
    expect(await sets.refreshCapacity.staticCall(1)).to.equal(800n * ETHER);
    await registry.bondEther(1, { value: ETHER });
    await expect(sets.refreshCapacity(1))
      .to.emit(sets, "CapacityChanged")
      .withArgs(1, 1_184n * ETHER);
    expect(await sets.totalCapacityWei()).to.equal(1_248n * ETHER);
  });

  it("never lets a set grow beyond 50,000 ETH", async () => {
    const { operatorSets: sets, operatorRegistry: registry } = await fixture();
    for (const number of SEVEN) await registry.bondEther(number, { value: 500n * ETHER });
    expect(await sets.capacityWei(1)).to.equal(49_984n * ETHER);
  });

  it("gives stake only to sets at or below the average", async () => {
    const { operatorSets: sets, managed } = await fixture();
    await expect(managed.assignStake(2, 32n * ETHER))
      .to.emit(sets, "StakeChanged")
      .withArgs(2, 32n * ETHER);
    expect(await sets.canTakeKey(2)).to.equal(false);
    await expect(managed.assignStake(2, 32n * ETHER))
      .to.be.revertedWithCustomError(sets, "StakeAboveAverage")
      .withArgs(2);
    expect(await sets.canTakeKey(1)).to.equal(true);
    await managed.assignStake(1, 416n * ETHER);
    expect(await sets.canTakeKey(2)).to.equal(true);
    await managed.assignStake(2, 32n * ETHER);
    expect(await sets.totalStakeWei()).to.equal(480n * ETHER);
  });

  it("gives no stake beyond the capacity", async () => {
    const { operatorSets: sets, managed } = await fixture();
    expect(await sets.canTakeStake(2, 64n * ETHER)).to.equal(true);
    expect(await sets.canTakeStake(2, 96n * ETHER)).to.equal(false);
    await expect(managed.assignStake(2, 96n * ETHER))
      .to.be.revertedWithCustomError(sets, "CapacityExceeded")
      .withArgs(2, 96n * ETHER, 64n * ETHER);
  });

  it("holds 25 bps of the stake in each member's bond, over all its sets", async () => {
    const { operatorSets: sets, operatorRegistry: registry, managed } = await fixture();
    await sets.formSet([...SEVEN]);
    expect(await sets.capacityWei(3)).to.equal(384n * ETHER);
    await managed.assignStake(1, 320n * ETHER);
    for (const number of SEVEN) {
      expect(await sets.stakeBondWei(number)).to.equal((8n * ETHER) / 10n);
      expect(await sets.requiredBondWei(number)).to.equal((28n * ETHER) / 10n);
    }
    // Shares that cover an amount are rounded up, by one share for each of the two parts.
    expect(await registry.freeBondOf(1)).to.equal((2n * ETHER) / 10n - 2n);
    expect(await sets.capacityWei(3)).to.equal(64n * ETHER);
    await managed.releaseStake(1, 320n * ETHER);
    expect(await sets.requiredBondWei(1)).to.equal(2n * ETHER);
    expect(await sets.capacityWei(3)).to.equal(384n * ETHER);
  });

  it("decides by the live capacity, whatever was recorded", async () => {
    const { operatorSets: sets, managed } = await fixture();
    await sets.formSet([...SEVEN]);
    await managed.assignStake(1, 320n * ETHER);
    await managed.assignStake(2, 64n * ETHER);
    await expect(managed.assignStake(3, 96n * ETHER))
      .to.be.revertedWithCustomError(sets, "CapacityExceeded")
      .withArgs(3, 96n * ETHER, 64n * ETHER);
  });

  it("loses capacity below its stake when a loss of the pool shrinks the bonds", async () => {
    const { operatorSets: sets, stakingPool: pool, managed } = await fixture();
    await managed.assignStake(1, 320n * ETHER);
    // Bonds of 3 ETH become worth 1.5 ETH, of which 1.8 are needed: 0.3 ETH ÷ 25 bps = 120 ETH too much stake.
    await loseHalf(pool);
    expect(await sets.capacityWei(1)).to.equal(192n * ETHER);
    await sets.refreshCapacity(1);
    await expect(managed.assignStake(1, 32n * ETHER))
      .to.be.revertedWithCustomError(sets, "StakeAboveAverage")
      .withArgs(1);
  });

  it("leaves a suspended set out of the average, because it would keep the others from taking keys", async () => {
    const { operatorSets: sets, managed } = await fixture();
    await managed.assignStake(1, 32n * ETHER);
    expect(await sets.canTakeKey(1)).to.equal(false);
    await expect(managed.setSuspended(2, true)).to.emit(sets, "SetSuspended").withArgs(2, true);
    expect(await sets.isSuspended(2)).to.equal(true);
    expect(await sets.totalCapacityWei()).to.equal(800n * ETHER);
    expect(await sets.canTakeKey(1)).to.equal(true);
    await managed.setSuspended(2, true);
    expect(await sets.totalCapacityWei()).to.equal(800n * ETHER);
  });

  it("compares a suspended set with the average of the others and counts its stake again when it is back", async () => {
    const { operatorSets: sets, managed } = await fixture();
    await managed.assignStake(1, 32n * ETHER);
    await managed.setSuspended(2, true);
    await managed.assignStake(2, 32n * ETHER);
    expect(await sets.totalStakeWei()).to.equal(32n * ETHER);
    expect(await sets.canTakeKey(2)).to.equal(false);
    await managed.setSuspended(2, false);
    expect(await sets.totalStakeWei()).to.equal(64n * ETHER);
    expect(await sets.totalCapacityWei()).to.equal(864n * ETHER);
  });
});
