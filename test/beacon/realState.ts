import "../support/preset.ts";
import { createHash } from "node:crypto";
import { SecretKey } from "@chainsafe/blst";
import { type GenesisValidator, RealChain, type StateSnapshot } from "./realChain.ts";

/** Our validators with a story; the numbers are those of the last block. */
const ROLES = [
  /** A stranger's deposits stand before and behind its top-up of 100 ETH, all three of one slot and none credited. */
  "toppedUp",
  /** Its top-up of 10 ETH was credited long ago. */
  "credited",
  /** Its full exit was asked for, then it was topped up by 16 ETH: the entry is put back to the tail again and again. */
  "exitingWithTopUp",
  /** Has 96 ETH, of which 20 are asked for and not paid yet. */
  "partial",
  /** Its balance is to go to `consolidationTarget`. */
  "consolidationSource",
  "consolidationTarget",
  "slashed",
  /** Exited, and the sweep took everything. */
  "withdrawn",
  /** New: 1 ETH was deposited and credited, nothing more came. */
  "proven",
  /** New: 1 ETH was deposited and is in the queue; not among the validators yet, so its index is undefined. */
  "predeposited",
] as const;

export type OurRole = (typeof ROLES)[number];

export interface OurValidator {
  secretKey: SecretKey;
  /** 48 bytes. */
  pubkey: Uint8Array;
  index: number | undefined;
  /** All that was deposited for it, credited or not. */
  sentGwei: number;
}

export interface RealStateOptions {
  /** Unix seconds. */
  genesisTime?: number;
  secondsPerSlot?: number;
  /** 32 bytes, 0x02: those of all our validators. */
  withdrawalCredentials?: Uint8Array;
  /** Secret of the validator with a role or of `steady 0`, `steady 1`, …; the same for the same name by default. */
  secretKeyOf?: (name: string) => SecretKey;
  /** Our validators without a story: 64 ETH each, all side by side, then two lonely ones far apart. */
  steadyCount?: number;
  /** At least 500. */
  strangerCount?: number;
  gloasForkEpoch?: number;
}

export interface RealState extends StateSnapshot {
  /** May be run on for later states. */
  chain: RealChain;
  withdrawalCredentials: Uint8Array;
  ours: Record<OurRole, OurValidator>;
  steady: OurValidator[];
  /** Index of a stranger whose switch to compounding put an entry of slot 0 into the queue. */
  switched: number;
  /** Before the stories: all that are there from genesis are active, and none leaves. */
  early: StateSnapshot;
}

const ETH = 1_000_000_000;
const SWEEP_LIMIT_EPOCH = 40;

/** A deterministic secret. */
export function namedSecret(name: string): SecretKey {
  return SecretKey.fromKeygen(createHash("sha256").update(name).digest());
}

/**
 * A state of about a thousand validators after some 25 epochs of real processing, with everything in it that makes the
 * accounting of a pool hard.
 */
export function realState(options: RealStateOptions = {}): RealState {
  const { withdrawalCredentials = Uint8Array.of(2, ...new Uint8Array(11), ...new Uint8Array(20).fill(0x77)) } = options;
  const { secretKeyOf = namedSecret, strangerCount = 1000, steadyCount = 20 } = options;
  const validators: GenesisValidator[] = Array.from({ length: strangerCount }, (_, number) => stranger(number));
  const place = (at: number, name: string, gwei: number): OurValidator => {
    const secretKey = secretKeyOf(name);
    const pubkey = secretKey.toPublicKey().toBytes();
    validators[at] = { pubkey, withdrawalCredentials, balanceGwei: gwei };
    return { secretKey, pubkey, index: at, sentGwei: gwei };
  };
  // Three of the chunk that a run starts in are a stranger's, and so is one in the middle of the list of roles.
  const steady = Array.from({ length: steadyCount }, (_, number) => {
    const lonely = { [steadyCount - 2]: 7, [steadyCount - 1]: strangerCount - 1 }[number];
    return place(lonely ?? 203 + number, `steady ${number}`, 64 * ETH);
  });
  const gwei: Partial<Record<OurRole, number>> = { partial: 96 * ETH };
  const ours = Object.fromEntries(
    ROLES.map((role, number) => {
      const isNew = role === "proven" || role === "predeposited";
      if (!isNew) return [role, place(401 + number + Number(number > 3), role, gwei[role] ?? 32 * ETH)];
      const secretKey = secretKeyOf(role);
      return [role, { secretKey, pubkey: secretKey.toPublicKey().toBytes(), index: undefined, sentGwei: 0 }];
    }),
  ) as Record<OurRole, OurValidator>;

  const { genesisTime = 1_893_456_000, secondsPerSlot = 2, gloasForkEpoch } = options;
  const fork = gloasForkEpoch === undefined ? {} : { gloasForkEpoch };
  const chain = new RealChain({ genesisTime, secondsPerSlot, validators, ...fork });
  const story = new Story(chain, withdrawalCredentials, ours);
  // Validators may exit when they were active for SHARD_COMMITTEE_PERIOD.
  chain.runToEpoch(5);
  const early = chain.snapshot();
  const switched = story.tell();
  return { ...chain.snapshot(), chain, withdrawalCredentials, ours, steady, switched, early };
}

/** One in sixteen has an address and is swept; the others are not, so that the sweep gets round soon. */
function stranger(number: number): GenesisValidator {
  const withdrawalCredentials = new Uint8Array(32).fill(number % 251);
  withdrawalCredentials.set(number % 16 === 0 ? [1, ...new Uint8Array(11)] : [0], 0);
  const pubkey = namedSecret(`stranger ${number}`).toPublicKey().toBytes();
  return { pubkey, withdrawalCredentials, balanceGwei: 32 * ETH };
}

class Story {
  readonly #chain: RealChain;
  readonly #credentials: Uint8Array;
  readonly #ours: Record<OurRole, OurValidator>;

  constructor(chain: RealChain, credentials: Uint8Array, ours: Record<OurRole, OurValidator>) {
    this.#chain = chain;
    this.#credentials = credentials;
    this.#ours = ours;
  }

  /** Returns the index of the validator that switched to compounding. */
  tell(): number {
    const chain = this.#chain;
    chain.requestWithdrawal(this.#indexOf("withdrawn"), 0n);
    this.#depositNew("proven");
    this.#topUp("credited", 10);
    chain.runBlocks(1);
    this.#runUntilWithdrawn();

    chain.requestWithdrawal(this.#indexOf("exitingWithTopUp"), 0n);
    chain.runBlocks(1);
    this.#topUp("exitingWithTopUp", 16);
    // Until finality has passed the deposit, so that it was looked at and put back.
    chain.runToEpoch(chain.epoch + 5);

    chain.requestWithdrawal(this.#indexOf("partial"), BigInt(20 * ETH));
    chain.requestConsolidation(this.#indexOf("consolidationSource"), this.#indexOf("consolidationTarget"));
    const switched = this.#switchOne();
    chain.slash(this.#indexOf("slashed"));
    this.#topUpStranger(3, 50);
    this.#topUp("toppedUp", 100);
    this.#topUpStranger(4, 50);
    chain.runBlocks(1);
    this.#depositNew("predeposited");
    chain.runBlocks(2);
    this.#findProven();
    return switched;
  }

  #runUntilWithdrawn(): void {
    const index = this.#indexOf("withdrawn");
    while (this.#chain.state.balances.get(index) > 0) {
      if (this.#chain.epoch > SWEEP_LIMIT_EPOCH) throw new Error("the sweep did not take the balance in time");
      this.#chain.runBlocks(1);
    }
  }

  /** A stranger with an address switches to compounding: what it has above 32 ETH goes into the queue, with slot 0. */
  #switchOne(): number {
    const { validators, balances } = this.#chain.state;
    for (let index = 0; index < validators.length; index++) {
      if (validators.getReadonly(index).withdrawalCredentials[0] === 1 && balances.get(index) > 32 * ETH) {
        this.#chain.requestConsolidation(index, index);
        return index;
      }
    }
    throw new Error("no stranger has more than 32 ETH");
  }

  #findProven(): void {
    const { proven } = this.#ours;
    const { validators } = this.#chain.state;
    for (let index = 0; index < validators.length; index++) {
      if (Buffer.compare(validators.getReadonly(index).pubkey, proven.pubkey) === 0) proven.index = index;
    }
  }

  #depositNew(role: "proven" | "predeposited"): void {
    const validator = this.#ours[role];
    const signature = this.#chain.signDeposit(validator.secretKey, this.#credentials, ETH);
    this.#chain.deposit(validator.pubkey, this.#credentials, ETH, signature);
    validator.sentGwei += ETH;
  }

  #topUp(role: OurRole, eth: number): void {
    const validator = this.#ours[role];
    this.#chain.deposit(validator.pubkey, this.#credentials, eth * ETH);
    validator.sentGwei += eth * ETH;
  }

  #topUpStranger(index: number, eth: number): void {
    const { pubkey, withdrawalCredentials } = this.#chain.state.validators.getReadonly(index);
    this.#chain.deposit(pubkey, withdrawalCredentials, eth * ETH);
  }

  #indexOf(role: OurRole): number {
    const { index } = this.#ours[role];
    if (index === undefined) throw new Error(`${role} has no index yet`);
    return index;
  }
}
