import { concat, type ErrorDescription, Interface, sha256 } from "ethers";
import { ethers, networkHelpers } from "../support/chain.ts";
import { signDeposit, type TestKey } from "../support/keys.ts";
import { account, depositTerms, ETHER, SEVEN, type Septet, withOperatorsOn } from "../support/septet.ts";
import {
  type Provable,
  SECONDS_PER_SLOT,
  SimulatedBeacon,
  SLASHINGS_VECTOR,
  SLOTS_PER_EPOCH,
  WITHDRAWABILITY_EPOCHS,
} from "./simulatedBeacon.ts";

export const DAY = 86_400;
export const TARGET_ETHER = 100;
/** The request contracts ask for 1 wei; what is too much comes back. */
export const FEE = { value: 1_000n };
/** Accounts that stake for themselves, and governance with the treasury's shares. */
export const HOLDERS = [0, 10, 11, 12] as const;
export const OPERATORS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
export const NEWCOMER = 13;
export const STRANGER = 14;
export const GUARDIAN = 15;

/** The numbers of IValidatorRecords. */
export const STATE = {
  verified: 1n,
  predeposited: 2n,
  proven: 3n,
  active: 4n,
  exiting: 5n,
  withdrawn: 6n,
  foreign: 7n,
  slashed: 8n,
  expired: 9n,
};

export const KIND = { none: 0n, exit: 1n, partial: 2n, source: 3n, target: 4n };

export interface Key {
  key: TestKey;
  id: string;
}

/** What the test knows beside the chains. Copied with them. */
interface Memory {
  keys: Key[];
  requests: { id: bigint; names: string[] }[];
  /** The state that the open report is about. */
  cut?: Provable;
}

/** Pseudo-random numbers below a limit, the same for the same seed (mulberry32). */
export function randomness(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** All contracts as deployed, the request and deposit contracts of Hoodi, and a simulated beacon chain. */
export class World {
  readonly septet: Septet;
  readonly beacon: SimulatedBeacon;
  memory: Memory = { keys: [], requests: [] };
  /** How often each call was made with success. */
  readonly done = new Map<string, number>();
  readonly #errors: Interface;

  constructor(septet: Septet, beacon: SimulatedBeacon) {
    this.septet = septet;
    this.beacon = beacon;
    const fragments = Object.values(septet.deployment.abis).flat();
    this.#errors = new Interface(fragments.filter(({ type }) => type === "error"));
  }

  static async create(): Promise<World> {
    const septet = await withOperatorsOn({
      daySeconds: DAY,
      secondsPerSlot: SECONDS_PER_SLOT,
      slotsPerEpoch: SLOTS_PER_EPOCH,
      shardCommitteePeriod: 256,
      epochsPerSlashingsVector: SLASHINGS_VECTOR,
      minValidatorWithdrawabilityDelay: WITHDRAWABILITY_EPOCHS,
      targetBalanceEther: TARGET_ETHER,
    });
    const { operatorRegistry, operatorSets, guardian, withdrawalVault, depositContract } = septet;
    await operatorRegistry.bondEther(8, { value: 3n * ETHER });
    await operatorSets.formSet([...SEVEN]);
    await guardian.setGuardian(account(septet, GUARDIAN));
    const [vault, deposits] = await Promise.all([withdrawalVault.getAddress(), depositContract.getAddress()]);
    const world = new World(septet, new SimulatedBeacon(vault, deposits));
    world.beacon.restore({ ...world.beacon.copy(), nextBlock: (await ethers.provider.getBlockNumber()) + 1 });
    return world;
  }

  signer(number: number) {
    return number === 0 ? this.septet.governance : account(this.septet, number);
  }

  /**
   * Makes a call that may be refused. A contract that refuses says why by an error of its own: a panic or an empty revert is
   * a failure of the test.
   */
  async attempt(name: string, call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
    } catch (error) {
      const refusal = this.#refusal(error);
      if (refusal === undefined) throw new Error(`${name} failed without saying why`, { cause: error });
      return false;
    }
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
    return true;
  }

  /** Both chains as they are, to come back to. */
  async save(): Promise<() => Promise<void>> {
    const [snapshot, beacon, memory] = [await networkHelpers.takeSnapshot(), this.beacon.copy(), { ...this.memory }];
    const [keys, requests] = [[...memory.keys], [...memory.requests]];
    return async () => {
      await snapshot.restore();
      this.beacon.restore(beacon);
      this.memory = { ...memory, keys: [...keys], requests: [...requests] };
    };
  }

  async predeposit({ key }: Key) {
    const { compressed } = signDeposit(key.groupSecret, key.pubkey, await depositTerms(this.septet));
    return this.septet.validatorManager.predeposit(key.pubkey, compressed);
  }

  /** Key, validator and balance as ValidatorExits takes them; undefined before the beacon chain knows the key. */
  async evidence({ key }: Key) {
    const index = this.beacon.indexOf(key.pubkey);
    if (index < 0) return undefined;
    const { anchor, proofs } = await this.beacon.provable();
    const [validator, balances] = [proofs.validator(index), proofs.balances([index])];
    return {
      anchor,
      proofs,
      validator,
      balances,
      exit: [anchor, { pubkey: key.pubkey, validator, balances }] as const,
    };
  }

  /** All ETH of the system, in any contract and on the beacon chain. */
  async heldWei(): Promise<bigint> {
    const { stakingPool, withdrawalVault, validatorManager, validatorExits } = this.septet;
    let sum = this.beacon.heldWei();
    for (const contract of [stakingPool, withdrawalVault, validatorManager, validatorExits]) {
      sum += await ethers.provider.getBalance(contract);
    }
    return sum;
  }

  #refusal(error: unknown): ErrorDescription | undefined {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      const { data } = cause as { data?: unknown };
      const found = typeof data === "string" ? this.#errors.parseError(data) : undefined;
      if (found) return found.name === "Panic" ? undefined : found;
    }
    return undefined;
  }
}

export const idOf = (pubkey: string) => sha256(concat([pubkey, `0x${"00".repeat(16)}`]));
