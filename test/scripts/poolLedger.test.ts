import "../support/preset.ts";
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { readLedgerTerms, readPoolEvents } from "../../scripts/world/poolEvents.ts";
import { createPoolLedger } from "../../scripts/world/poolLedger.ts";
import { startReport } from "../contracts/support/busy.ts";
import { DAY, ethers, networkHelpers } from "../contracts/support/chain.ts";
import { account, ETHER, type Septet, withSet } from "../contracts/support/septet.ts";

/** Pseudo-random numbers, the same in each run. */
function randomness(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("the pool's books, folded from its events", { timeout: 240_000 }, () => {
  let septet: Septet;
  let fresh: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;

  before(async () => {
    septet = await withSet();
    fresh = await networkHelpers.takeSnapshot();
  });
  beforeEach(() => fresh.restore());

  /** Compares the fold with the contract at the newest block. */
  async function compare(what: string) {
    const { stakingPool, deployment } = septet;
    const block = await ethers.provider.getBlock("latest");
    assert.ok(block);
    const placed = await readPoolEvents(septet, ethers.provider, deployment.deployedAtBlock, block.number);
    const ledger = createPoolLedger(await readLedgerTerms(septet), placed[0]?.timestamp ?? 0n);
    for (const { event, timestamp } of placed) ledger.apply(event, timestamp);
    const now = BigInt(block.timestamp);
    const at = { blockTag: block.number };
    const books = await stakingPool.books(at);
    assert.deepEqual(
      {
        rate: ledger.rate(now),
        bookedWei: ledger.bookedWei(),
        supply: ledger.supply(),
        unstreamedWei: ledger.unstreamedWei(now),
      },
      {
        rate: await stakingPool.convertToAssets(ETHER, at),
        bookedWei: await stakingPool.bookedWei(at),
        supply: await stakingPool.totalSupply(at),
        unstreamedWei: books.unstreamedNetWei + books.unstreamedFeeWei + books.dueFeeWei + books.coverWei,
      },
      what,
    );
    return new Set(placed.map(({ event }) => event.name));
  }

  it("are the contract's to the wei over seeded walks of deposits, gains, losses, fees and fills", async () => {
    const seen = new Set<string>();
    for (const seed of [1, 2, 3]) {
      await fresh.restore();
      const random = randomness(seed);
      const pool = septet.stakingPool.connect(account(septet, 10));
      const holder = account(septet, 10);
      const address = await pool.getAddress();
      for (let step = 0; step < 24; step++) {
        const what = `seed ${seed}, step ${step}`;
        await networkHelpers.time.increase(1 + random(Number(DAY)));
        switch (random(6)) {
          case 0: {
            const value = ETHER + BigInt(random(1e9));
            // Deposits are closed when the last report is old.
            if ((await pool.maxDeposit(holder)) > value) await pool.deposit(value, holder, { value });
            break;
          }
          case 1:
            await pool.requestRedeem(ETHER + BigInt(random(1e9)), holder, holder);
            break;
          case 2:
            // Without fees that are due the call leaves no event, only a rounding.
            if ((await pool.books()).dueFeeWei > 0n) await pool.mintFees();
            break;
          case 3:
            await pool.fill(4).catch(() => {});
            break;
          default: {
            await networkHelpers.time.increase(DAY);
            // A gain or a loss of ETH that nobody sent.
            const balance = await ethers.provider.getBalance(address);
            const change = BigInt(random(2e9)) * 10n ** 9n;
            const falls = random(4) === 0;
            await networkHelpers.setBalance(address, falls ? balance - change : balance + change);
            await startReport(septet);
            await septet.balanceReport.finish();
          }
        }
        for (const name of await compare(what)) seen.add(name);
      }
    }
    for (const name of ["Deposit", "FeesMinted", "ReportBooked", "CyclesFilled"]) assert.ok(seen.has(name), name);
  });
});
