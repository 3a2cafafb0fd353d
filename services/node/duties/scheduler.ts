import type { BeaconAccess, HeadEvent } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import { attestationDueAtMs, type ChainSpec, epochOf, slotAt, slotStartMs } from "../chainSpec.ts";
import type { AttestationDuty, ProposalDuty } from "../dutyTypes.ts";
import type { DutyBook } from "./dutyBook.ts";

export interface SchedulerOptions {
  beacon: BeaconAccess;
  book: DutyBook;
  clock: Clock;
  spec: ChainSpec;
  /** The slot's block has come, or attestations are due without it. */
  onAttestation: (duty: AttestationDuty) => void;
  /** The slot has begun. */
  onProposal: (duty: ProposalDuty) => void;
  /** A proposal of this or the next slot is known: time for its RANDAO reveal. May come again. */
  onUpcomingProposal: (duty: ProposalDuty) => void;
  /** The list of active validators was read again. */
  onValidators: () => void;
  onError: (task: string, error: unknown) => void;
}

/** Turns time and head events into duties. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #begun = new Set<string>();
  #unsubscribe: (() => void) | undefined;
  #stopped = false;
  #head: HeadEvent | undefined;
  #refreshing = false;
  #refreshAgain = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  start(): void {
    const { beacon, clock, spec } = this.#options;
    this.#unsubscribe = beacon.onHead((head) => this.#onHead(head));
    const slot = Math.max(0, slotAt(clock.nowMs(), spec.time));
    this.#at(slotStartMs(slot, spec.time), () => this.#onSlot(slot));
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
  }

  #onSlot(slot: number): void {
    const { spec, clock } = this.#options;
    const { time } = spec;
    // The clock may have jumped over slots while the process was suspended.
    const next = Math.max(slot, slotAt(clock.nowMs(), time)) + 1;
    this.#at(slotStartMs(next, time), () => this.#onSlot(next));
    this.#at(attestationDueAtMs(slot, spec), () => this.#onDue(slot));
    this.#forgetBefore(slot - 2 * time.slotsPerEpoch);
    this.#beginProposals(slot);
    const epoch = epochOf(slot, time);
    if (!this.#options.book.isComplete(epoch)) void this.#refreshAll(epoch);
  }

  #onDue(slot: number): void {
    const { book, spec } = this.#options;
    this.#beginAttestations(slot);
    // Proposers of the next epoch: known now but for balance changes, and the first of them needs its RANDAO reveal.
    const nextEpoch = epochOf(slot + 1, spec.time);
    if (nextEpoch === epochOf(slot, spec.time)) return;
    void this.#try("proposer duties", () => book.refreshProposers(nextEpoch)).then(() => this.#prepareProposals(slot));
  }

  #onHead(head: HeadEvent): void {
    if (this.#stopped) return;
    const { time } = this.#options.spec;
    const before = this.#head;
    this.#head = head;
    const isReshuffled =
      before !== undefined &&
      (before.previousDutyDependentRoot !== head.previousDutyDependentRoot ||
        before.currentDutyDependentRoot !== head.currentDutyDependentRoot);
    if (isReshuffled) void this.#refreshAll(epochOf(Math.max(head.slot, this.#currentSlot()), time));
    if (head.slot === this.#currentSlot()) this.#beginAttestations(head.slot);
  }

  /** A failure leaves the book as it was; the next slot tries again. */
  async #refreshAll(epoch: number): Promise<void> {
    if (this.#refreshing) {
      // What was just asked may have been answered before the chain changed.
      this.#refreshAgain = true;
      return;
    }
    this.#refreshing = true;
    const { book, onValidators } = this.#options;
    if (await this.#try("validators", () => book.refreshValidators(epoch))) onValidators();
    await Promise.all([
      this.#try("attester duties", () => book.refreshAttesters(epoch)),
      this.#try("attester duties", () => book.refreshAttesters(epoch + 1)),
      this.#try("proposer duties", () => book.refreshProposers(epoch)),
    ]);
    this.#refreshing = false;
    if (this.#stopped) return;
    const slot = this.#currentSlot();
    if (this.#refreshAgain) {
      this.#refreshAgain = false;
      void this.#refreshAll(epochOf(Math.max(0, slot), this.#options.spec.time));
    }
    this.#beginProposals(slot);
    if (this.#options.clock.nowMs() >= attestationDueAtMs(slot, this.#options.spec)) this.#beginAttestations(slot);
  }

  #beginAttestations(slot: number): void {
    for (const duty of this.#options.book.attestations(slot)) {
      this.#once(`attestation/${duty.instance.setId}/${slot}`, () => this.#options.onAttestation(duty));
    }
  }

  #beginProposals(slot: number): void {
    this.#prepareProposals(slot);
    for (const duty of this.#options.book.proposals(slot)) {
      this.#once(`proposal/${duty.pubkey}/${slot}`, () => this.#options.onProposal(duty));
    }
  }

  #prepareProposals(slot: number): void {
    const { book, onUpcomingProposal } = this.#options;
    for (const duty of [...book.proposals(slot), ...book.proposals(slot + 1)]) onUpcomingProposal(duty);
  }

  #once(key: string, begin: () => void): void {
    if (this.#stopped || this.#begun.has(key)) return;
    this.#begun.add(key);
    begin();
  }

  #forgetBefore(slot: number): void {
    for (const key of this.#begun) if (Number(key.slice(key.lastIndexOf("/") + 1)) < slot) this.#begun.delete(key);
  }

  #currentSlot(): number {
    return slotAt(this.#options.clock.nowMs(), this.#options.spec.time);
  }

  #at(atMs: number, callback: () => void): void {
    this.#options.clock.setTimer(atMs, () => {
      if (!this.#stopped) callback();
    });
  }

  async #try(task: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!this.#stopped) this.#options.onError(task, error);
      return false;
    }
  }
}
