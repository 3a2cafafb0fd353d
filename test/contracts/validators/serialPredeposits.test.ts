import { expect } from "chai";
import { networkHelpers } from "../support/chain.ts";
import { proveValidator } from "../support/proofs.ts";
import { account, ETHER, SEVEN, withSet } from "../support/septet.ts";
import { type Known, predeposit, withVerified } from "../support/validators.ts";

const FOREIGN = `0x02${"00".repeat(11)}${"66".repeat(20)}`;

async function withManyEther() {
  const septet = await withSet();
  const holder = account(septet, 10);
  await septet.stakingPool.connect(holder).deposit(1000n * ETHER, holder, { value: 1000n * ETHER });
  return septet;
}

describe("ValidatorManager: bonds behind predeposits", () => {
  it("serial predeposits: seats that lie about each key pay for each one, and run out of bond before the pool of ETH", async () => {
    const septet = await networkHelpers.loadFixture(withManyEther);
    const { validatorManager: manager, operatorRegistry: registry, operatorSets: sets, stakingPool: pool } = septet;
    const made: Known[] = [];
    const refusals: string[] = [];
    while (refusals.length === 0 && made.length < 30) {
      try {
        const [known] = await withVerified(septet, [`serial ${made.length}`]);
        if (!known) throw new Error("a key was asked for");
        await predeposit(septet, known);
        made.push(known);
      } catch (error) {
        refusals.push(String(error));
      }
    }
    expect(made.length).to.be.greaterThan(3).and.lessThan(30);
    expect(refusals[0]).to.match(/CapacityExceeded|InsufficientBond/);
    const reserved = await sets.reservedPerSeat(1);
    const lostWei = BigInt(made.length) * ETHER;
    expect(await pool.convertToAssets(7n * reserved)).to.be.greaterThanOrEqual((lostWei * 11n) / 10n);
    for (const number of SEVEN) expect(await registry.bondOf(number)).to.be.greaterThanOrEqual(reserved);

    const before = await Promise.all(SEVEN.map((number) => registry.bondOf(number)));
    for (const { id, shown } of made) {
      await manager.proveForeign(id, ...(await proveValidator({ ...shown, withdrawalCredentials: FOREIGN })));
    }
    expect(await sets.reservedPerSeat(1)).to.equal(0);
    for (const [i, number] of SEVEN.entries()) {
      expect(await registry.bondOf(number)).to.equal((before[i] ?? 0n) - reserved);
    }
    // What was burnt waits to cover the loss that the next report finds.
    expect((await pool.books()).coverWei).to.be.greaterThanOrEqual(lostWei);
    expect(await manager.inFlightWei()).to.equal(0);
  });
});
