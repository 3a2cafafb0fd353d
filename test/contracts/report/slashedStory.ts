import "../../support/preset.ts";
import { expect } from "chai";
import type { StateProofs } from "../../../services/beacon/stateProofs.ts";
import type { Anchor } from "../../../services/beacon/types.ts";
import type { StateSnapshot } from "../../beacon/realChain.ts";
import { networkHelpers } from "../support/chain.ts";
import { account, ETHER, SEVEN } from "../support/septet.ts";
import { GWEI, indexOf, reportOn, SECONDS_PER_SLOT, validatorIdOf, type World } from "./realWorld.ts";
import { SlashedAccount } from "./slashedAccount.ts";

const { ssz } = await import("@lodestar/types");

/** Of contracts/interfaces: IParameters, IPoolBooks, IValidatorRecords. */
const TOTAL_ACTIVE_WEI = 28;
const FROZEN = 1;
const STATE = { withdrawn: 6n, slashed: 8n };

const VECTOR_EPOCHS = 64;
const SLOTS_PER_EPOCH = 8;
const SECONDS_PER_EPOCH = SLOTS_PER_EPOCH * SECONDS_PER_SLOT;
/** Of 10,000 seconds, and what a report waits for. */
const REPORT_INTERVAL_EPOCHS = 12;
const SWEEP_LIMIT_BLOCKS = 200;

const stateOf = ({ state }: StateSnapshot) => ssz.electra.BeaconState.deserializeToViewDU(state);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

/** The slashed validator of the real state, from its slashed proof to its last ether. All figures in gwei. */
export class SlashedStory {
  readonly #world: World;
  readonly #account: SlashedAccount;
  readonly #id: string;
  readonly #index: number;
  readonly #evidence: { proofs: StateProofs; anchor: Anchor };
  readonly #balances: bigint[];
  #reserved = 0n;

  private constructor(world: World, slashed: SlashedAccount, evidence: { proofs: StateProofs; anchor: Anchor }) {
    this.#world = world;
    this.#account = slashed;
    this.#id = validatorIdOf(world.real.ours.slashed);
    this.#index = indexOf(world.real.ours.slashed);
    this.#evidence = evidence;
    this.#balances = [BigInt(stateOf(world.next).balances.get(this.#index))];
  }

  /** A redemption is asked for, and a report takes the key for a sound one, as nobody has shown the slashing yet. */
  static async begin(world: World): Promise<SlashedStory> {
    const { parameters, stakingPool } = world.septet;
    const { slot, validators } = stateOf(world.next);
    const slashed = validators.getReadonly(indexOf(world.real.ours.slashed));
    const now = Math.floor(slot / SLOTS_PER_EPOCH);
    const totalActiveGwei = validators
      .getAllReadonlyValues()
      .filter(({ activationEpoch, exitEpoch }) => activationEpoch <= now && now < exitEpoch)
      .reduce((sum, { effectiveBalance }) => sum + BigInt(effectiveBalance), 0n);
    await parameters.set(TOTAL_ACTIVE_WEI, totalActiveGwei * GWEI);

    const holder = account(world.septet, 10);
    await stakingPool.connect(holder).requestRedeem(20n * ETHER, holder, holder);
    const { totalWei, ...evidence } = await reportOn(world, world.next);
    expect(await stakingPool.bookedWei()).to.equal(totalWei);
    const terms = {
      epoch: slashed.withdrawableEpoch - VECTOR_EPOCHS,
      effectiveGwei: BigInt(slashed.effectiveBalance),
      vectorEpochs: VECTOR_EPOCHS,
      totalActiveGwei,
    };
    return new SlashedStory(world, new SlashedAccount(terms), evidence);
  }

  /** Anyone shows the slashing: fills and deposits stop, the bonds answer for all that is expected. */
  async record(): Promise<void> {
    const { septet } = this.#world;
    const { slashings, stakingPool, validatorManager } = septet;
    const { proofs, anchor } = this.#evidence;
    const stranger = account(septet, 12);
    await slashings.connect(stranger).recordSlashed(this.#id, anchor, proofs.validator(this.#index));
    expect((await validatorManager.validator(this.#id)).state).to.equal(STATE.slashed);
    this.#reserved = this.#account.lossGwei + this.#account.remainingGwei;
    await this.#expectFigures(0n);
    for (const stopped of [stakingPool.fill(1), stakingPool.deposit(ETHER, stranger, { value: ETHER })]) {
      await expect(stopped).to.be.revertedWithCustomError(stakingPool, "Stopped").withArgs(FROZEN);
    }
  }

  /** A report on the state so many epochs after the slashing: the balance less what is expected, plus what bonds owe. */
  async reportAt(epochsLater: number): Promise<void> {
    const { real, septet } = this.#world;
    real.chain.runToEpoch(this.#account.withdrawableEpoch - VECTOR_EPOCHS + epochsLater);
    const snapshot = real.chain.snapshot();
    const balance = BigInt(stateOf(snapshot).balances.get(this.#index));
    this.#balances.push(balance);
    this.#account.see({ epoch: real.chain.epoch, balanceGwei: balance });
    const { totalWei } = await reportOn(this.#world, snapshot);

    const { lossGwei, remainingGwei } = this.#account;
    const answered = smaller(lossGwei + remainingGwei, this.#reserved);
    expect(await septet.stakingPool.bookedWei()).to.equal(totalWei + (answered - remainingGwei) * GWEI);
    if (lossGwei + remainingGwei > this.#reserved) this.#reserved = lossGwei + remainingGwei;
    await this.#expectFigures(balance);
  }

  /** The first report that began after the slashed proof has ended the freeze. */
  async fill(): Promise<void> {
    const { stakingPool } = this.#world.septet;
    await expect(stakingPool.fill(1)).to.emit(stakingPool, "CycleFilled");
    expect(await stakingPool.reservedWei()).to.be.greaterThan(0n);
  }

  /** When no penalty can come any more, seven bonds pay the loss in equal parts; the pool's total stays. */
  async settle(): Promise<void> {
    const { septet, genesisTime } = this.#world;
    const { slashings, stakingPool } = septet;
    const { withdrawableEpoch, lossGwei, remainingGwei } = this.#account;
    const opensAt = genesisTime + withdrawableEpoch * SECONDS_PER_EPOCH;
    await networkHelpers.time.setNextBlockTimestamp(opensAt - 1);
    await expect(slashings.settle(this.#id)).to.be.revertedWithCustomError(slashings, "NotWithdrawable");

    const [bonds, booked] = [await this.#bonds(), await stakingPool.bookedWei()];
    const lossWei = (lossGwei + remainingGwei) * GWEI;
    await networkHelpers.time.setNextBlockTimestamp(opensAt);
    const owed = await stakingPool.convertToShares(lossWei, { blockTag: "pending" });
    await networkHelpers.time.setNextBlockTimestamp(opensAt);
    const settling = slashings.settle(this.#id);
    await expect(settling).to.emit(slashings, "SlashingSettled");
    const paid = (await this.#bonds()).map((bond, seat) => (bonds[seat] ?? 0n) - bond);
    expect(paid.reduce((sum, shares) => sum + shares, 0n)).to.equal(owed);
    for (const shares of paid) expect(shares - owed / 7n).to.be.oneOf([0n, 1n]);
    expect(await stakingPool.bookedWei()).to.equal(booked);
    // Rounded down for each of the seven.
    const { coverWei } = await stakingPool.books();
    expect(lossWei - coverWei)
      .to.be.greaterThanOrEqual(0n)
      .and.lessThanOrEqual(14n);
    expect((await slashings.slashing(this.#id)).settled).to.equal(true);
    this.#reserved = 0n;

    // What the state took since the slashing: never more than was charged, and less by the margin of two epochs only.
    const fallGwei = (this.#balances[0] ?? 0n) - (this.#balances.at(-1) ?? 0n);
    const takenWei = (this.#account.atOnceGwei + fallGwei) * GWEI;
    expect(lossWei)
      .to.be.greaterThanOrEqual(takenWei)
      .and.lessThan((takenWei * 101n) / 100n);
  }

  /** The chain sweeps the key empty: it is Withdrawn by proofs, and the books are what state and vault hold again. */
  async end(): Promise<void> {
    const { real, septet } = this.#world;
    const { stakingPool, validatorManager, balanceReport } = septet;
    const { chain } = real;
    chain.runToEpoch(this.#account.withdrawableEpoch + REPORT_INTERVAL_EPOCHS);
    for (let blocks = 0; chain.state.balances.get(this.#index) > 0; blocks++) {
      if (blocks > SWEEP_LIMIT_BLOCKS) throw new Error("the sweep did not take the balance in time");
      chain.runBlocks(1);
    }
    const { totalWei, proofs, anchor } = await reportOn(this.#world, chain.snapshot());
    expect(await stakingPool.bookedWei()).to.equal(totalWei);
    expect((await stakingPool.books()).coverWei).to.equal(0n);

    const count = await validatorManager.accountedCount();
    const [validator, balances] = [proofs.validator(this.#index), proofs.balances([this.#index])];
    await validatorManager.recordWithdrawn(this.#id, anchor, validator, balances);
    expect((await validatorManager.validator(this.#id)).state).to.equal(STATE.withdrawn);
    chain.runToEpoch(chain.epoch + REPORT_INTERVAL_EPOCHS);
    const last = await reportOn(this.#world, chain.snapshot());
    expect(await balanceReport.validatorCount()).to.equal(count - 1n);
    expect(await stakingPool.bookedWei()).to.equal(last.totalWei);
  }

  #bonds(): Promise<bigint[]> {
    const { operatorRegistry } = this.#world.septet;
    return Promise.all(SEVEN.map((number) => operatorRegistry.bondOf(number)));
  }

  async #expectFigures(balanceGwei: bigint): Promise<void> {
    const { lossGwei, remainingGwei } = this.#account;
    const seen = await this.#world.septet.slashings.slashing(this.#id);
    expect([seen.balanceGwei, seen.lossGwei, seen.remainingGwei, seen.reservedWei]).to.deep.equal([
      ...[balanceGwei, lossGwei, remainingGwei],
      this.#reserved * GWEI,
    ]);
  }
}
