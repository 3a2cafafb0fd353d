import { expect } from "chai";
import { BrowserProvider, Contract } from "ethers";
import { type Busy, busyPool, finishReport } from "./support/busy.ts";
import { DAY, ethers, networkHelpers, provider } from "./support/chain.ts";
import { ETHER } from "./support/septet.ts";

const FEE = { value: ETHER / 100n };

/** The contracts through ethers alone: address, ABI and a key, as the deployment record has them. */
async function plainContracts({ deployment, holder }: Busy) {
  const browser = new BrowserProvider(provider, undefined, { cacheTimeout: -1 });
  const signer = await browser.getSigner(holder.address);
  const connect = (name: keyof typeof deployment.contracts) =>
    new Contract(deployment.contracts[name], deployment.abis[name], signer);
  return {
    pool: connect("StakingPool"),
    report: connect("BalanceReport"),
    exits: connect("ValidatorExits"),
    votes: connect("VoteToken"),
  };
}

const send = async (contract: Contract, method: string, ...args: unknown[]) => {
  const sent = await contract.getFunction(method)(...args);
  return sent.wait();
};

const read = (contract: Contract, method: string, ...args: unknown[]) => contract.getFunction(method)(...args);

describe("without us", () => {
  it("a holder proves, fills and claims by plain calls", async () => {
    const septet = await networkHelpers.loadFixture(busyPool);
    const contracts = await plainContracts(septet);
    const { pool } = contracts;
    const holder = septet.holder.address;
    const [waiting, before] = [10n * ETHER, await ethers.provider.getBalance(holder)];
    await send(pool, "redeem", 5n * ETHER, holder, holder);
    await finishReport(septet, contracts.report as unknown as Busy["balanceReport"]);
    await send(pool, "fill", 10);
    expect(await read(pool, "maxRedeem", holder)).to.equal(waiting);
    await send(pool, "redeem", waiting, holder, holder);
    // Nothing was earned or lost, so the rate is one; what lacks is the gas of these calls.
    const gained = (await ethers.provider.getBalance(holder)) - before;
    expect(gained).to.be.within(15n * ETHER - ETHER / 10n, 15n * ETHER);
  });

  it("a holder closes the pool, exits its keys and draws, without any proof", async () => {
    const septet = await networkHelpers.loadFixture(busyPool);
    const { pool, exits, votes } = await plainContracts(septet);
    const holder = septet.holder.address;
    await networkHelpers.time.increase(60n * DAY + 1n);
    await send(pool, "close");
    await send(exits, "requestExitAfterClosing", septet.proven.pubkey, FEE);
    await send(pool, "redeem", 5n * ETHER, holder, holder);
    await send(pool, "returnShares", holder, [2, 3]);
    await send(votes, "withdrawTo", holder, 10n * ETHER);
    const shares = await read(pool, "balanceOf", holder);
    // 340 ETH staked, less the 5 that were claimed.
    expect(shares).to.equal(335n * ETHER);
    await send(pool, "lock", shares);
    const before = await ethers.provider.getBalance(holder);
    await send(pool, "draw", holder);
    const drawn = (await ethers.provider.getBalance(holder)) - before;
    // The validator's ETH comes after the exit queue, when nobody asks any more: the same part of it is there to draw.
    const supply = await read(pool, "closedSupply");
    await networkHelpers.setBalance(await septet.withdrawalVault.getAddress(), ETHER);
    expect(await read(pool, "drawableOf", holder)).to.be.closeTo((ETHER * shares) / supply, 1n);
    await send(pool, "draw", holder);
    const held = 340n * ETHER + 24n * ETHER + ETHER - 5n * ETHER;
    expect(drawn).to.be.closeTo(((held - ETHER) * shares) / supply, ETHER / 10n);
  });
});
