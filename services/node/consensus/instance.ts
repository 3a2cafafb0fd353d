import { ZeroHash } from "ethers";
import type { Timer } from "../../ports/clock.ts";
import { encodeCertificate, encodePacket } from "./codec.ts";
import { certify } from "./decision.ts";
import { Guards } from "./guards.ts";
import { isPrePrepareJustified, isRoundChangeJustified } from "./justification.ts";
import { MAX_PACKETS_PER_INTERVAL, MAX_ROUND } from "./limits.ts";
import { pubkeysRoot } from "./merkle.ts";
import { RoundChangeLog, refusedBy, VoteLog } from "./messageLog.ts";
import type { InstanceOptions, InstancePorts } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Proposals } from "./proposals.ts";
import { rateLimit } from "./rateLimit.ts";
import { leaderIndex, retransmitIntervalMs, roundAt, roundDeadlineMs } from "./timers.ts";
import type {
  ConsensusValue,
  DecidedPacket,
  Decision,
  Packet,
  PrePreparePacket,
  Proposal,
  RoundChangePacket,
  SignedMessage,
  Verdict,
} from "./types.ts";
import { hashValue, type ValueHashes } from "./value.ts";

/** Reason why a packet changed nothing, for its counter. */
type Dropped = string | undefined;

/** A value that this node saw prepared, with its proof. */
interface Prepared {
  round: number;
  proposal: Proposal;
  hashes: ValueHashes;
  prepares: SignedMessage[];
}

/** What this node has done in its round. A new object per round, so that late answers of callbacks find another one. */
interface Standing {
  round: number;
  proposing: boolean;
  verdict: "none" | "pending" | "accepted" | "refused";
  /** The head moved while the guards were being asked. */
  askAgain: boolean;
  committed: boolean;
  /** Until when the leader waits for more ROUND-CHANGEs. */
  reportsUntilMs?: number;
}

/** One QBFT instance (arXiv 2002.03613) at one seat: packets, timers and answers of callbacks in, packets out. */
export class Instance {
  readonly #options: InstanceOptions;
  readonly #ports: InstancePorts;
  readonly #guards: Guards;
  readonly #outbox: Outbox;
  readonly #proposals: Proposals;
  readonly #prePrepares = new Map<number, { packet: PrePreparePacket; hashes: ValueHashes }>();
  readonly #prepares = new VoteLog();
  readonly #commits = new VoteLog();
  readonly #roundChanges = new RoundChangeLog();
  readonly #mayReceive: (key: string) => boolean;
  readonly #mayAnswer: (key: string) => boolean;
  #standing = newStanding(0);
  #prepared: Prepared | undefined;
  #decision: Decision | undefined;
  #announced: Verdict | undefined;
  #roundTimer: Timer | undefined;
  #reportsTimer: Timer | undefined;
  #endTimer: Timer | undefined;
  #ended = false;

  constructor(options: InstanceOptions, ports: InstancePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#guards = new Guards(options, ports);
    this.#outbox = new Outbox(options, ports);
    this.#proposals = new Proposals(options.id, options.slotsPerEpoch);
    const windowMs = retransmitIntervalMs(options.timing.firstRoundMs, 1);
    const nowMs = () => ports.clock.nowMs();
    this.#mayReceive = rateLimit(nowMs, windowMs, MAX_PACKETS_PER_INTERVAL);
    this.#mayAnswer = rateLimit(nowMs, windowMs, 1);
  }

  get decision(): Decision | undefined {
    return this.#decision;
  }

  start(): void {
    const { clock } = this.#ports;
    this.#endTimer = clock.setTimer(this.#options.expiresAtMs, () => this.#end());
    this.#enterRound(roundAt(this.#options.timing, clock.nowMs()));
  }

  /** Stops at once, without calling back. */
  stop(): void {
    this.#ended = true;
    this.#outbox.stop();
    for (const timer of [this.#roundTimer, this.#reportsTimer, this.#endTimer]) timer?.cancel();
  }

  /** A head event: asks the guards again about what they refused. */
  reevaluate(): void {
    if (this.#ended) return;
    this.#standing.askAgain = true;
    if (!this.#decision) void this.#evaluate();
    else if (this.#announced?.ok === false) void this.#announce(this.#decision);
  }

  /** Takes a packet from the seat that the transport authenticated. Bad ones change nothing but a counter. */
  receive(from: number, packet: Packet): void {
    const dropped = this.#admit(from, packet);
    if (dropped) this.#ports.count(dropped);
  }

  #admit(from: number, packet: Packet): Dropped {
    if (this.#ended) return "after-deadline";
    if (!this.#mayReceive(`${from}:${packet.kind}`)) return "rate-limited";
    if (this.#decision && packet.kind !== "round-change") return undefined;
    if (packet.kind === "decided") return this.#onDecided(packet);
    const seat = this.#ports.seatOf(packet.signed);
    if (seat === undefined) return undefined;
    return seat === from ? this.#on(seat, packet) : "relayed";
  }

  #on(seat: number, packet: Exclude<Packet, DecidedPacket>): Dropped {
    if (packet.kind === "pre-prepare") return this.#onPrePrepare(seat, packet);
    if (packet.kind === "round-change") return this.#onRoundChange(seat, packet);
    return this.#onVote(seat, packet.kind, packet.signed);
  }

  #broadcast(packet: Exclude<Packet, DecidedPacket>): void {
    this.#outbox.broadcast(packet);
    const dropped = this.#on(this.#options.seat, packet);
    if (dropped) this.#ports.count(`own-${dropped}`);
  }

  #enterRound(round: number): void {
    const { clock } = this.#ports;
    const { timing } = this.#options;
    if (round > MAX_ROUND) return;
    this.#standing = newStanding(round);
    this.#prepares.forgetBefore(round);
    this.#outbox.enterRound(round);
    this.#roundTimer?.cancel();
    this.#reportsTimer?.cancel();
    this.#roundTimer = clock.setTimer(roundDeadlineMs(timing, round, clock.nowMs()), () =>
      this.#enterRound(Math.max(round + 1, roundAt(timing, clock.nowMs()))),
    );
    if (round > 1) this.#broadcast(this.#roundChange());
    if (this.#standing.round !== round) return;
    this.#tryPropose();
    void this.#evaluate();
    this.#tryCommit();
  }

  #roundChange(): RoundChangePacket {
    const { refused } = this.#guards;
    const prepared = this.#prepared;
    const signed = this.#outbox.sign("round-change", {
      preparedRound: prepared?.round ?? 0,
      preparedValueHash: prepared?.hashes.valueHash ?? ZeroHash,
      refusedRoot: pubkeysRoot(refused),
    });
    const packet = { kind: "round-change", instance: this.#options.id, signed, refused } as const;
    if (!prepared) return packet;
    return { ...packet, prepared: { proposal: prepared.proposal, prepares: prepared.prepares } };
  }

  #onRoundChange(seat: number, packet: RoundChangePacket): Dropped {
    const { message } = packet.signed;
    if (this.#decision) return this.#answer(seat, this.#decision);
    if (message.round < this.#standing.round) return "stale";
    if (message.refusedRoot !== pubkeysRoot(packet.refused)) return "invalid-refusals";
    const proposal = packet.prepared?.proposal;
    const hashes = proposal && this.#proposals.admit(proposal, { valueHash: message.preparedValueHash });
    if (!isRoundChangeJustified(packet, hashes, this.#options.set.quorum, this.#ports.seatOf)) {
      return "unjustified-round-change";
    }
    if (proposal && hashes) this.#proposals.learn(proposal, hashes);
    this.#roundChanges.add(seat, packet);
    const reached = this.#roundChanges.reachedBy(this.#blockingSeats);
    if (reached > this.#standing.round) this.#enterRound(reached);
    else this.#tryPropose();
    return undefined;
  }

  #tryPropose(): void {
    const standing = this.#standing;
    const { id, set, seat } = this.#options;
    if (standing.proposing || this.#decision || leaderIndex(id, standing.round, set.seats.length) !== seat) return;
    const roundChanges = this.#roundChanges.of(standing.round);
    if (standing.round > 1 && roundChanges.length < set.quorum) return;
    const highest = roundChanges
      .filter(({ prepared }) => prepared)
      .sort((a, b) => b.signed.message.preparedRound - a.signed.message.preparedRound)[0]?.prepared;
    if (!highest && this.#awaitsRefusals(standing, roundChanges)) return;
    standing.proposing = true;
    if (!highest) {
      void this.#proposeFresh(standing, roundChanges);
      return;
    }
    const hashes = hashValue(highest.proposal.value);
    const proposal = this.#proposals.best(highest.proposal, hashes);
    this.#publish(proposal, hashes, roundChanges, highest.prepares);
  }

  /**
   * A quorum may hold too few of the seats that refuse a validator, and the round would fail for the same reason as the
   * last one. So when anyone names validators the leader waits a moment for the other reports.
   */
  #awaitsRefusals(standing: Standing, roundChanges: RoundChangePacket[]): boolean {
    const { set, timing } = this.#options;
    const { clock } = this.#ports;
    if (roundChanges.length === set.seats.length || roundChanges.every(({ refused }) => refused.length === 0))
      return false;
    if (standing.reportsUntilMs === undefined) {
      standing.reportsUntilMs = clock.nowMs() + timing.firstRoundMs / 5;
      this.#reportsTimer = clock.setTimer(standing.reportsUntilMs, () => this.#tryPropose());
    }
    return clock.nowMs() < standing.reportsUntilMs;
  }

  async #proposeFresh(standing: Standing, roundChanges: RoundChangePacket[]): Promise<void> {
    const excluded = refusedBy(roundChanges, this.#blockingSeats);
    const view = await this.#guards.propose(standing.round, excluded);
    if (this.#standing !== standing || this.#decision || this.#ended) return;
    if (typeof view === "string") this.#ports.count(view);
    else this.#publish(view.proposal, view.hashes, roundChanges, []);
  }

  #publish(
    proposal: Proposal,
    hashes: ValueHashes,
    roundChanges: RoundChangePacket[],
    prepares: readonly SignedMessage[],
  ): void {
    const signed = this.#outbox.sign("pre-prepare", hashes);
    const reports = roundChanges.map((packet) => packet.signed);
    const instance = this.#options.id;
    this.#broadcast({ kind: "pre-prepare", instance, signed, proposal, roundChanges: reports, prepares });
  }

  #onPrePrepare(seat: number, packet: PrePreparePacket): Dropped {
    const { message } = packet.signed;
    const { id, set } = this.#options;
    if (leaderIndex(id, message.round, set.seats.length) !== seat) return "not-leader";
    const first = this.#prePrepares.get(message.round);
    if (first) return first.hashes.valueHash === message.valueHash ? undefined : "equivocation";
    const hashes = this.#proposals.admit(packet.proposal, message);
    if (!hashes) return "invalid-value";
    if (!isPrePrepareJustified(packet, hashes, set.quorum, this.#ports.seatOf)) return "unjustified-pre-prepare";
    this.#prePrepares.set(message.round, { packet, hashes });
    this.#proposals.learn(packet.proposal, hashes);
    // A quorum has left the earlier rounds, so this node follows without waiting for its own timer.
    if (message.round > this.#standing.round) this.#enterRound(message.round);
    else if (message.round === this.#standing.round) void this.#evaluate();
    this.#tryDecide(message.round);
    return undefined;
  }

  /** Asks guards and locks about the round's proposal, and prepares it when both accept. */
  async #evaluate(): Promise<void> {
    const standing = this.#standing;
    const proposed = this.#prePrepares.get(standing.round);
    if (!proposed || standing.verdict === "pending" || standing.verdict === "accepted") return;
    standing.verdict = "pending";
    const { hashes } = proposed;
    let verdict: Verdict;
    do {
      standing.askAgain = false;
      const proposal = this.#proposals.best(proposed.packet.proposal, hashes);
      verdict = await this.#guards.mayPrepare(proposal, hashes, standing.round);
      if (this.#standing !== standing || this.#decision || this.#ended) return;
    } while (!verdict.ok && standing.askAgain);
    if (!verdict.ok) {
      standing.verdict = "refused";
      this.#ports.count(`prepare-refused:${verdict.reason}`);
      return;
    }
    standing.verdict = "accepted";
    this.#proposals.markChecked(hashes.valueHash);
    this.#broadcast({ kind: "prepare", instance: this.#options.id, signed: this.#outbox.sign("prepare", hashes) });
  }

  #onVote(seat: number, kind: "prepare" | "commit", signed: SignedMessage): Dropped {
    const { round } = signed.message;
    if (kind === "prepare" && round < this.#standing.round) return "stale";
    const log = kind === "prepare" ? this.#prepares : this.#commits;
    if (!log.add(seat, signed)) return "equivocation";
    if (kind === "commit") this.#tryDecide(round);
    else if (round === this.#standing.round) this.#tryCommit();
    return undefined;
  }

  /** On a quorum of PREPAREs the value is prepared; COMMIT leaves only after the lock is durable. */
  #tryCommit(): void {
    const standing = this.#standing;
    const { round } = standing;
    const proposed = this.#prePrepares.get(round);
    if (!proposed || this.#decision) return;
    const { packet, hashes } = proposed;
    const prepares = this.#prepares.matching(round, hashes);
    if (prepares.length < this.#options.set.quorum) return;
    const proposal = this.#proposals.best(packet.proposal, hashes);
    if (this.#prepared?.round !== round) this.#prepared = { round, proposal, hashes, prepares };
    // A node whose guards refuse a value does not commit it, however many prepared it.
    if (standing.verdict !== "accepted" || standing.committed) return;
    standing.committed = true;
    const { value } = proposal;
    const verdict = this.#guards.bind(value, hashes, round, [
      { kind: "justification", bytes: encodePacket({ ...packet, proposal: { value } }) },
      { kind: "prepared", bytes: encodeCertificate(value, prepares) },
    ]);
    if (!verdict.ok) this.#ports.count(`commit-refused:${verdict.reason}`);
    else this.#broadcast({ kind: "commit", instance: this.#options.id, signed: this.#outbox.sign("commit", hashes) });
  }

  #tryDecide(round: number): void {
    for (const { proposal, hashes } of this.#proposals.all()) {
      if (this.#decision) return;
      const commits = this.#commits.matching(round, hashes);
      if (commits.length >= this.#commitQuorum(proposal.value)) this.#decide(proposal, hashes, commits);
    }
  }

  #onDecided({ proposal, commits }: DecidedPacket): Dropped {
    const valueHash = commits[0]?.message.valueHash;
    const hashes = valueHash === undefined ? undefined : this.#proposals.admit(proposal, { valueHash });
    if (!hashes) return "invalid-value";
    return this.#decide(proposal, hashes, commits) ? undefined : "unproven-decision";
  }

  #decide(offered: Proposal, hashes: ValueHashes, commits: readonly SignedMessage[]): boolean {
    const proposal = this.#proposals.best(offered, hashes);
    const decision = certify(proposal, hashes, commits, this.#commitQuorum(proposal.value), this.#ports.seatOf);
    if (!decision) return false;
    this.#decision = decision;
    this.#roundTimer?.cancel();
    this.#reportsTimer?.cancel();
    this.#outbox.stop();
    void this.#announce(decision);
    return true;
  }

  async #announce(decision: Decision): Promise<void> {
    const { callbacks, count } = this.#ports;
    const first = this.#announced === undefined;
    let verdict: Verdict;
    do {
      this.#standing.askAgain = false;
      verdict = await this.#guards.validate(decision.proposal, decision.round);
    } while (!verdict.ok && this.#standing.askAgain && !this.#ended);
    if (this.#ended || this.#announced?.ok || (!first && !verdict.ok)) return;
    this.#announced = verdict;
    try {
      callbacks.onDecided(decision, verdict);
    } catch {
      count("callback-failed");
    }
  }

  #answer(seat: number, { proposal, commits }: Decision): Dropped {
    if (seat === this.#options.seat || !this.#mayAnswer(String(seat))) return undefined;
    this.#outbox.sendTo(seat, { kind: "decided", instance: this.#options.id, proposal, commits });
    return undefined;
  }

  #end(): void {
    this.stop();
    if (!this.#decision) this.#ports.callbacks.onExpired?.(this.#standing.round);
    this.#ports.onEnd();
  }

  /** Seats of which at least one is honest: one more than may be faulty. */
  get #blockingSeats(): number {
    return this.#options.set.seats.length - this.#options.set.quorum + 1;
  }

  #commitQuorum(value: ConsensusValue): number {
    return Math.max(this.#options.set.quorum, this.#options.commitQuorum(value));
  }
}

function newStanding(round: number): Standing {
  return { round, proposing: false, verdict: "none", askAgain: false, committed: false };
}
