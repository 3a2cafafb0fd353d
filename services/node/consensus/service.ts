import type { SigningKey } from "ethers";
import { computeAddress } from "ethers";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { OperatorId, Peers } from "../../ports/peers.ts";
import type { ChainTime, InstanceId, Locks } from "../locks/types.ts";
import { authenticator, type SeatOf } from "./authenticator.ts";
import { decodePacket } from "./codec.ts";
import { EarlyPackets } from "./earlyPackets.ts";
import { Instance } from "./instance.ts";
import { EARLY_EPOCHS, LATE_SLOTS, MAX_BODY_BYTES, MAX_PACKET_BYTES, MAX_SEATS } from "./limits.ts";
import { messageHasher, messageSigner, type Recover, recoverSigner, type SigningDomain } from "./messageHash.ts";
import { firstRoundMs } from "./timers.ts";
import type { ConsensusSet, ConsensusValue, Count, InstanceCallbacks, Packet } from "./types.ts";
import { ConsensusError } from "./types.ts";

export const QBFT_PROTOCOL = "/septet/qbft/1";
const PROTOCOL_LIMITS = { maxBytes: MAX_PACKET_BYTES + MAX_BODY_BYTES, maxMessagesPerSecond: 1_000 };
/** How long an instance that ran is remembered, so that it never runs twice. */
const REMEMBERED_EPOCHS = 4;

export interface ConsensusServiceOptions {
  domain: SigningDomain;
  operatorId: OperatorId;
  nodeKey: SigningKey;
  time: ChainTime;
  clock: Clock;
  peers: Peers;
  locks: Locks;
  count: Count;
  /** Recovers signers; a simulation of seven nodes shares one that remembers. */
  recover?: Recover;
}

export interface RunOptions {
  /** Start of the duty in its slot: the base of the absolute round timers. The instance itself starts at once. */
  startMs: number;
  /** When the value can no longer be included. */
  expiresAtMs: number;
  callbacks: InstanceCallbacks;
  /** COMMITs that decide a value; the set's quorum by default. */
  commitQuorum?: (value: ConsensusValue) => number;
}

interface Member {
  set: ConsensusSet;
  seat: number;
  seatByOperator: Map<OperatorId, number>;
  seatOf: SeatOf;
}

/** Runs the consensus instances of all sets of this node over the protocol `/septet/qbft/1`. */
export class ConsensusService {
  readonly #options: ConsensusServiceOptions;
  readonly #members = new Map<string, Member>();
  readonly #instances = new Map<string, Instance>();
  /** Slot of every instance that ever ran, by key. */
  readonly #ran = new Map<string, number>();
  readonly #early = new EarlyPackets();
  #startedAtMs = Number.POSITIVE_INFINITY;
  #evictionTimer: Timer | undefined;

  constructor(options: ConsensusServiceOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, peers } = this.#options;
    this.#startedAtMs = clock.nowMs();
    peers.handle(QBFT_PROTOCOL, PROTOCOL_LIMITS, (from, bytes) => this.#receive(from, bytes));
    this.#scheduleEviction();
  }

  stop(): void {
    this.#startedAtMs = Number.POSITIVE_INFINITY;
    this.#evictionTimer?.cancel();
    for (const instance of this.#instances.values()) instance.stop();
    this.#instances.clear();
  }

  /**
   * Makes a configuration of a set known; its instances can run and its members' packets are taken from now on.
   *
   * @throws {ConsensusError} `unsafe-quorum`, `not-a-member`
   */
  configure(set: ConsensusSet): void {
    const { domain, operatorId, nodeKey, recover = recoverSigner, count } = this.#options;
    const seats = set.seats.length;
    const distinct = new Set(set.seats.map(({ nodeAddress }) => nodeAddress.toLowerCase())).size === seats;
    if (seats > MAX_SEATS || !distinct || set.quorum > seats || set.quorum * 3 < seats * 2) {
      throw new ConsensusError("unsafe-quorum", `quorum ${set.quorum} of ${seats} seats`);
    }
    const seat = set.seats.findIndex((candidate) => candidate.operatorId === operatorId);
    const address = computeAddress(nodeKey.publicKey).toLowerCase();
    if (set.seats[seat]?.nodeAddress.toLowerCase() !== address) {
      throw new ConsensusError("not-a-member", `operator ${operatorId} has no seat with its key in set ${set.setId}`);
    }
    const seatByOperator = new Map(set.seats.map((member, index) => [member.operatorId, index]));
    const seatOf = authenticator(set, messageHasher(domain), recover, count);
    this.#members.set(configurationKey(set), { set, seat, seatByOperator, seatOf });
  }

  /** Forgets a configuration that is over. Its running instances end at their deadlines. */
  forget(setId: number, configuration: number): void {
    this.#members.delete(configurationKey({ setId, configuration }));
  }

  /**
   * Runs one instance for all validators of the set that have the duty in this slot.
   *
   * @throws {ConsensusError} `unknown-set`; `instance-before-start`: a restart in the middle of an instance would make an
   * honest node forget what it prepared, so only slots later than the start of the process are joined;
   * `instance-exists`, `instance-too-old`: an instance never runs twice in one process
   */
  run(id: InstanceId, { startMs, expiresAtMs, callbacks, commitQuorum }: RunOptions): void {
    const { clock, time, domain, nodeKey, locks, count, peers } = this.#options;
    const member = this.#members.get(configurationKey(id));
    if (!member) throw new ConsensusError("unknown-set", `set ${id.setId} in configuration ${id.configuration}`);
    const { set, seat, seatOf } = member;
    const key = instanceKey(id);
    if (this.#slotStartMs(id.slot) <= this.#startedAtMs) {
      throw new ConsensusError("instance-before-start", `slot ${id.slot} began before this process`);
    }
    if (this.#ran.has(key)) throw new ConsensusError("instance-exists", `${key} has run`);
    if (id.slot < this.#oldestRememberedSlot) throw new ConsensusError("instance-too-old", `slot ${id.slot}`);
    const { slotsPerEpoch, slotDurationMs } = time;
    const timing = { type: id.type, startMs, firstRoundMs: firstRoundMs(slotDurationMs) };
    const instance = new Instance(
      { id, set, seat, timing, expiresAtMs, slotsPerEpoch, commitQuorum: commitQuorum ?? (() => set.quorum) },
      {
        clock,
        locks,
        seatOf,
        count,
        callbacks,
        sign: messageSigner(domain, nodeKey),
        send: (to, packet) => peers.send(set.seats[to]?.operatorId as OperatorId, QBFT_PROTOCOL, packet),
        onEnd: () => this.#instances.delete(key),
      },
    );
    this.#ran.set(key, id.slot);
    this.#instances.set(key, instance);
    instance.start();
    for (const { from, packet } of this.#early.take(key)) this.#deliver(member, instance, from, packet);
  }

  /** Asks the guards of every running instance again. */
  headChanged(): void {
    for (const instance of this.#instances.values()) instance.reevaluate();
  }

  /** Instances that run now, decided or not. */
  get running(): number {
    return this.#instances.size;
  }

  #receive(from: OperatorId, bytes: Uint8Array): void {
    const dropped = this.#admit(from, bytes);
    if (dropped) this.#options.count(dropped);
  }

  /** Routes a packet to its instance or keeps it for one that will run; otherwise returns why it was dropped. */
  #admit(from: OperatorId, bytes: Uint8Array): string | undefined {
    const { clock, time } = this.#options;
    let packet: Packet;
    try {
      packet = decodePacket(bytes);
    } catch (error) {
      return error instanceof ConsensusError ? error.code : "malformed-packet";
    }
    const { instance: id } = packet;
    const member = this.#members.get(configurationKey(id));
    if (!member) return "unknown-set";
    if (!member.seatByOperator.has(from)) return "not-a-seat";
    const key = instanceKey(id);
    const instance = this.#instances.get(key);
    if (instance) {
      this.#deliver(member, instance, from, packet);
      return undefined;
    }
    if (this.#ran.has(key)) return "after-deadline";
    if (id.slot < this.#slot - LATE_SLOTS || this.#slotStartMs(id.slot) <= this.#startedAtMs) return "stale";
    const lastEarlyMs = clock.nowMs() + EARLY_EPOCHS * time.slotsPerEpoch * time.slotDurationMs;
    if (this.#slotStartMs(id.slot) > lastEarlyMs) return "too-early";
    return this.#early.add(key, from, packet, bytes.length) ? undefined : "early-budget";
  }

  #deliver({ seatByOperator }: Member, instance: Instance, from: OperatorId, packet: Packet): void {
    const seat = seatByOperator.get(from);
    if (seat !== undefined) instance.receive(seat, packet);
  }

  #scheduleEviction(): void {
    const { clock, count } = this.#options;
    this.#evictionTimer = clock.setTimer(Math.max(clock.nowMs() + 1, this.#slotStartMs(this.#slot + 1)), () => {
      for (let dropped = this.#early.dropBefore(this.#slot - LATE_SLOTS); dropped > 0; dropped--) count("never-run");
      for (const [key, slot] of this.#ran) {
        if (slot < this.#oldestRememberedSlot && !this.#instances.has(key)) this.#ran.delete(key);
      }
      this.#scheduleEviction();
    });
  }

  get #slot(): number {
    const { clock, time } = this.#options;
    return Math.floor((clock.nowMs() - time.genesisTimeMs) / time.slotDurationMs);
  }

  get #oldestRememberedSlot(): number {
    return this.#slot - REMEMBERED_EPOCHS * this.#options.time.slotsPerEpoch;
  }

  #slotStartMs(slot: number): number {
    return this.#options.time.genesisTimeMs + slot * this.#options.time.slotDurationMs;
  }
}

function configurationKey({ setId, configuration }: { setId: number; configuration: number }): string {
  return `${setId}/${configuration}`;
}

function instanceKey(id: InstanceId): string {
  return `${configurationKey(id)}/${id.slot}/${id.type}`;
}
