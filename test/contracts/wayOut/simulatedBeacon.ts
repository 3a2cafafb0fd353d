import "../../support/preset.ts";
import { getBytes, hexlify, Interface, toNumber } from "ethers";
import { openState, type StateProofs } from "../../../services/beacon/stateProofs.ts";
import type { Anchor } from "../../../services/beacon/types.ts";
import { CONSOLIDATION_REQUESTS, ethers, GENESIS_TIME, networkHelpers, WITHDRAWAL_REQUESTS } from "../support/chain.ts";
import { setSimulatedRoot } from "../support/simulatedRoots.ts";

const { ssz } = await import("@lodestar/types");

export const SECONDS_PER_SLOT = 12;
export const SLOTS_PER_EPOCH = 32;
export const WITHDRAWABILITY_EPOCHS = 256;
export const SLASHINGS_VECTOR = 8192;
const QUEUE_EPOCHS = 5;
const NEVER = Number.POSITIVE_INFINITY;
const DEPOSIT_EVENTS = new Interface([
  "event DepositEvent(bytes pubkey, bytes withdrawal_credentials, bytes amount, bytes signature, bytes index)",
]);

export interface Account {
  pubkey: string;
  credentials: string;
  balanceGwei: number;
  slashed: boolean;
  activationEpoch: number;
  exitEpoch: number;
  withdrawableEpoch: number;
}

interface Waiting {
  pubkey: string;
  credentials: string;
  amountGwei: number;
  slot: number;
}

interface Partial {
  index: number;
  amountGwei: number;
  epoch: number;
}

/** All that a copy must hold to go on from the same point. */
interface Chain {
  accounts: Account[];
  deposits: Waiting[];
  partials: Partial[];
  /** Source to target, until the source is withdrawable. */
  consolidations: [number, number][];
  /** First block whose logs were not read. */
  nextBlock: number;
  /** Rewards less penalties of our validators. */
  earnedGwei: number;
}

/** What one transaction in the block behind this state may prove. */
export interface Provable {
  anchor: Anchor;
  proofs: StateProofs;
}

/**
 * A beacon chain of a few validators. It takes deposits and requests from the logs of the real contracts and pays
 * withdrawals to the vault; its states are real SSZ, so that real proofs can be made of them. Simulated are the rules by
 * which one state follows from another: queues are empty, penalties are whatever a test says.
 */
export class SimulatedBeacon {
  #chain: Chain = { accounts: [], deposits: [], partials: [], consolidations: [], nextBlock: 0, earnedGwei: 0 };
  readonly #vault: string;
  readonly #depositContract: string;
  /** Requests that the chain drops in silence. */
  dropsRequests: () => boolean = () => false;

  constructor(vault: string, depositContract: string) {
    this.#vault = vault;
    this.#depositContract = depositContract;
  }

  copy(): Chain {
    return structuredClone(this.#chain);
  }

  restore(chain: Chain): void {
    this.#chain = structuredClone(chain);
  }

  get accounts(): readonly Account[] {
    return this.#chain.accounts;
  }

  get earnedWei(): bigint {
    return BigInt(this.#chain.earnedGwei) * 10n ** 9n;
  }

  /** Ours, wherever it is. */
  heldWei(): bigint {
    const held = [...this.#chain.accounts, ...this.#chain.deposits].filter(({ credentials }) =>
      this.#isOurs(credentials),
    );
    const gwei = held.reduce((sum, one) => sum + ("balanceGwei" in one ? one.balanceGwei : one.amountGwei), 0);
    return BigInt(gwei) * 10n ** 9n;
  }

  indexOf(pubkey: string): number {
    return this.#chain.accounts.findIndex((account) => account.pubkey === pubkey);
  }

  find(pubkey: string): Account | undefined {
    return this.#chain.accounts[this.indexOf(pubkey)];
  }

  /** Position in the deposit queue. */
  waitingOf(pubkey: string): number {
    return this.#chain.deposits.findIndex((deposit) => deposit.pubkey === pubkey);
  }

  /** Somebody's deposit, before ours. */
  insert(pubkey: string, credentials: string, balanceGwei: number): void {
    const far = { slashed: false, activationEpoch: NEVER, exitEpoch: NEVER, withdrawableEpoch: NEVER };
    this.#chain.accounts.push({ pubkey, credentials, balanceGwei, ...far });
  }

  earn(index: number, gwei: number): void {
    const account = this.#chain.accounts[index];
    if (!account || account.balanceGwei === 0) return;
    const change = Math.max(gwei, -account.balanceGwei);
    account.balanceGwei += change;
    if (this.#isOurs(account.credentials)) this.#chain.earnedGwei += change;
  }

  async exit(index: number): Promise<void> {
    const account = this.#chain.accounts[index];
    if (!account || account.exitEpoch !== NEVER || account.activationEpoch === NEVER) return;
    account.exitEpoch = (await this.epoch()) + QUEUE_EPOCHS;
    account.withdrawableEpoch = account.exitEpoch + WITHDRAWABILITY_EPOCHS;
  }

  async slash(index: number): Promise<void> {
    const account = this.#chain.accounts[index];
    if (!account || account.slashed || account.activationEpoch === NEVER) return;
    await this.exit(index);
    account.slashed = true;
    account.withdrawableEpoch = Math.max(account.withdrawableEpoch, (await this.epoch()) + SLASHINGS_VECTOR);
    this.earn(index, -Math.floor(account.balanceGwei / 4096));
  }

  async epoch(): Promise<number> {
    const slot = (await networkHelpers.time.latest()) - GENESIS_TIME;
    return Math.floor(slot / SECONDS_PER_SLOT / SLOTS_PER_EPOCH);
  }

  /** Time passes on both chains; this one takes all deposits, or leaves them in the queue. */
  async advance(seconds: number, takesDeposits = true): Promise<void> {
    await networkHelpers.time.increase(seconds);
    await this.#readLogs();
    const epoch = await this.epoch();
    if (takesDeposits) this.#takeDeposits(epoch);
    for (const account of this.#chain.accounts) {
      if (account.activationEpoch === NEVER && account.balanceGwei >= 32e9) account.activationEpoch = epoch + 1;
    }
    await this.#pay(epoch);
  }

  /** Makes the state provable in the next block, which comes at the next slot. */
  async provable(): Promise<Provable> {
    const now = await networkHelpers.time.latest();
    const blockSlot = Math.floor((now - GENESIS_TIME) / SECONDS_PER_SLOT) + 1;
    const timestamp = BigInt(GENESIS_TIME + blockSlot * SECONDS_PER_SLOT);
    const state = this.#state(blockSlot - 1);
    const header = {
      slot: blockSlot - 1,
      proposerIndex: 0,
      parentRoot: new Uint8Array(32).fill(3),
      stateRoot: state.hashTreeRoot(),
      bodyRoot: new Uint8Array(32).fill(4),
    };
    await setSimulatedRoot(timestamp, hexlify(ssz.phase0.BeaconBlockHeader.hashTreeRoot(header)));
    await networkHelpers.time.setNextBlockTimestamp(timestamp);
    const proofs = openState({ fork: "electra", state: state.serialize(), header });
    return { anchor: proofs.anchor(timestamp), proofs };
  }

  #state(slot: number) {
    const view = ssz.electra.BeaconState.defaultViewDU();
    view.slot = slot;
    for (const account of this.#chain.accounts) {
      const validator = {
        pubkey: getBytes(account.pubkey),
        withdrawalCredentials: getBytes(account.credentials),
        effectiveBalance: Math.min(Math.floor(account.balanceGwei / 1e9) * 1e9, 2048e9),
        slashed: account.slashed,
        activationEligibilityEpoch: account.activationEpoch,
        activationEpoch: account.activationEpoch,
        exitEpoch: account.exitEpoch,
        withdrawableEpoch: account.withdrawableEpoch,
      };
      view.validators.push(ssz.phase0.Validator.toViewDU(validator));
      view.balances.push(account.balanceGwei);
    }
    for (const deposit of this.#chain.deposits) {
      const entry = {
        pubkey: getBytes(deposit.pubkey),
        withdrawalCredentials: getBytes(deposit.credentials),
        amount: deposit.amountGwei,
        signature: new Uint8Array(96),
        slot: deposit.slot,
      };
      view.pendingDeposits.push(ssz.electra.PendingDeposit.toViewDU(entry));
    }
    view.earliestExitEpoch = Math.floor(slot / SLOTS_PER_EPOCH) + QUEUE_EPOCHS;
    return view;
  }

  async #readLogs(): Promise<void> {
    const address = [this.#depositContract, WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS];
    const epoch = await this.epoch();
    const logs = await Promise.all(
      address.map((from) => ethers.provider.getLogs({ address: from, fromBlock: this.#chain.nextBlock })),
    );
    this.#chain.nextBlock = (await ethers.provider.getBlockNumber()) + 1;
    for (const log of logs.flat()) {
      if (log.address === this.#depositContract) this.#queueDeposit(log, epoch);
      else if (this.dropsRequests()) continue;
      else if (log.address === WITHDRAWAL_REQUESTS) await this.#withdrawal(log.data, epoch);
      else await this.#consolidation(log.data);
    }
  }

  #queueDeposit(log: { topics: readonly string[]; data: string }, epoch: number): void {
    const [pubkey, credentials, amount] = DEPOSIT_EVENTS.decodeEventLog("DepositEvent", log.data, log.topics);
    const amountGwei = toNumber(getBytes(amount).reverse());
    this.#chain.deposits.push({ pubkey, credentials, amountGwei, slot: epoch * SLOTS_PER_EPOCH });
  }

  /** EIP-7002: source, key, amount; dropped in silence where consensus-specs do. */
  async #withdrawal(data: string, epoch: number): Promise<void> {
    const bytes = getBytes(data);
    const index = this.indexOf(hexlify(bytes.slice(20, 68)));
    const amountGwei = toNumber(bytes.slice(68, 76));
    const account = this.#chain.accounts[index];
    if (!account || account.exitEpoch !== NEVER || account.activationEpoch > epoch) return;
    const pendingGwei = this.#chain.partials
      .filter((partial) => partial.index === index)
      .reduce((sum, partial) => sum + partial.amountGwei, 0);
    if (amountGwei === 0) {
      if (pendingGwei === 0) await this.exit(index);
    } else if (account.balanceGwei > 32e9 + pendingGwei) {
      this.#chain.partials.push({ index, amountGwei, epoch: epoch + QUEUE_EPOCHS + WITHDRAWABILITY_EPOCHS });
    }
  }

  /** EIP-7251: source, its key, the target's key. */
  async #consolidation(data: string): Promise<void> {
    const bytes = getBytes(data);
    const source = this.indexOf(hexlify(bytes.slice(20, 68)));
    const target = this.indexOf(hexlify(bytes.slice(68, 116)));
    if (this.#chain.accounts[source]?.exitEpoch !== NEVER || this.#chain.accounts[target]?.exitEpoch !== NEVER) return;
    await this.exit(source);
    this.#chain.consolidations.push([source, target]);
  }

  /** A deposit to a validator that leaves waits until that is withdrawable. */
  #takeDeposits(epoch: number): void {
    const waiting: Waiting[] = [];
    for (const deposit of this.#chain.deposits) {
      const account = this.find(deposit.pubkey);
      if (account && account.exitEpoch !== NEVER && account.withdrawableEpoch > epoch) waiting.push(deposit);
      else if (account) account.balanceGwei += deposit.amountGwei;
      else this.insert(deposit.pubkey, deposit.credentials, deposit.amountGwei);
    }
    this.#chain.deposits = waiting;
  }

  async #pay(epoch: number): Promise<void> {
    const { accounts, partials, consolidations } = this.#chain;
    let paidGwei = 0;
    for (const [source, target] of consolidations) {
      const [from, to] = [accounts[source], accounts[target]];
      if (!from || !to || from.withdrawableEpoch > epoch) continue;
      to.balanceGwei += from.balanceGwei;
      from.balanceGwei = 0;
    }
    for (const { index, amountGwei, epoch: due } of partials) {
      const account = accounts[index];
      if (!account || due > epoch || account.exitEpoch !== NEVER) continue;
      const paid = Math.max(0, Math.min(amountGwei, account.balanceGwei - 32e9));
      account.balanceGwei -= paid;
      paidGwei += paid;
    }
    this.#chain.partials = partials.filter((partial) => partial.epoch > epoch);
    for (const account of accounts) {
      if (account.withdrawableEpoch > epoch || !this.#isOurs(account.credentials)) continue;
      paidGwei += account.balanceGwei;
      account.balanceGwei = 0;
    }
    if (paidGwei === 0) return;
    const balance = await ethers.provider.getBalance(this.#vault);
    await networkHelpers.setBalance(this.#vault, balance + BigInt(paidGwei) * 10n ** 9n);
  }

  #isOurs(credentials: string): boolean {
    return credentials.toLowerCase().endsWith(this.#vault.toLowerCase().slice(2));
  }
}
