import { decodePacket, encodePacket } from "../../../../services/node/consensus/codec.ts";
import type {
  ConsensusValue,
  Packet,
  RoundChangePacket,
  SignedMessage,
} from "../../../../services/node/consensus/types.ts";
import { hashValue } from "../../../../services/node/consensus/value.ts";
import type { InstanceId } from "../../../../services/node/locks/types.ts";
import { leaderOf, operatorOf, root, SEATS, signAs, signValue } from "./fixtures.ts";
import type { World } from "./world.ts";

const MAX_ROUND_PLAYED = 8;

/**
 * Two colluding Byzantine seats with all keys but the honest ones. They lead with two values at once, vote for every
 * value they hear of in every round, lie in ROUND-CHANGEs, hide what is prepared when they lead, and replay old packets.
 */
export class Adversary {
  readonly #world: World;
  readonly #seats: readonly number[];
  readonly #id: InstanceId;
  readonly #values: readonly ConsensusValue[];
  readonly #said = new Set<string>();
  readonly #heard: Uint8Array[] = [];
  readonly #roundChanges = new Map<string, RoundChangePacket>();
  /** Leads with values of its own even when the ROUND-CHANGEs show another one prepared. */
  readonly #hides: boolean;

  constructor(world: World, seats: readonly number[], id: InstanceId, values: readonly ConsensusValue[]) {
    this.#world = world;
    this.#seats = seats;
    this.#id = id;
    this.#values = values;
    this.#hides = world.random() < 0.7;
    for (const seat of seats) {
      world.network
        .peers(operatorOf(seat))
        .handle("", { maxBytes: 0, maxMessagesPerSecond: 0 }, (_from, bytes) => this.#hear(bytes));
    }
    for (const value of values) this.#vote(value, 1);
    if (seats.includes(leaderOf(id, 1))) this.#equivocate(1, []);
  }

  #hear(bytes: Uint8Array): void {
    this.#heard.push(bytes);
    this.#replay();
    const packet = decodePacket(bytes);
    if (packet.kind === "decided" || packet.instance.slot !== this.#id.slot) return;
    const { round } = packet.signed.message;
    if (round > MAX_ROUND_PLAYED) return;
    if (packet.kind === "round-change") this.#onRoundChange(packet);
    if (packet.kind === "pre-prepare") this.#vote(packet.proposal.value, round);
    this.#lie(round + 1);
  }

  /** PREPARE and COMMIT of both seats for a value, each to a random half of the others. */
  #vote(value: ConsensusValue, round: number): void {
    if (!this.#once(`vote ${hashValue(value).valueHash} ${round}`)) return;
    for (const seat of this.#seats) {
      for (const kind of ["prepare", "commit"] as const) {
        const signed = signValue(seat, kind, value, round);
        this.#send(seat, { kind, instance: this.#id, signed }, () => this.#world.random() < 0.7);
      }
    }
  }

  /** ROUND-CHANGEs that report nothing prepared, whatever the seat prepared, or claim what nobody prepared. */
  #lie(round: number): void {
    if (!this.#once(`round-change ${round}`)) return;
    for (const seat of this.#seats) {
      const message = { kind: "round-change", instance: this.#id, round } as const;
      this.#send(seat, { kind: "round-change", instance: this.#id, signed: signAs(seat, message), refused: [] });
      const claim = { ...message, preparedRound: round - 1, preparedValueHash: root(666) };
      this.#send(seat, { kind: "round-change", instance: this.#id, signed: signAs(seat, claim), refused: [] });
    }
  }

  #onRoundChange(packet: RoundChangePacket): void {
    const { round } = packet.signed.message;
    this.#roundChanges.set(packet.signed.signature, packet);
    if (!this.#seats.includes(leaderOf(this.#id, round))) return;
    const reports = [...this.#roundChanges.values()].filter(({ signed }) => signed.message.round === round);
    const own = this.#seats.map((seat) => signAs(seat, { kind: "round-change", instance: this.#id, round }));
    const byPreparedRound = reports
      .map(({ signed }) => signed)
      .sort((a, b) => a.message.preparedRound - b.message.preparedRound);
    const quorum = [...own, ...byPreparedRound].slice(0, SEATS.length);
    const prepared = reports.find((report) => report.prepared)?.prepared;
    if (!prepared || this.#hides) this.#equivocate(round, quorum);
    else this.#lead(round, prepared.proposal.value, quorum, prepared.prepares, () => true);
  }

  #equivocate(round: number, roundChanges: readonly SignedMessage[]): void {
    this.#values.forEach((value, i) => {
      this.#lead(round, value, roundChanges, [], (to) => to % this.#values.length === i);
    });
  }

  #lead(
    round: number,
    value: ConsensusValue,
    roundChanges: readonly SignedMessage[],
    prepares: readonly SignedMessage[],
    to: (seat: number) => boolean,
  ): void {
    const leader = leaderOf(this.#id, round);
    if (!this.#once(`lead ${round} ${hashValue(value).valueHash} ${roundChanges.length}`)) return;
    const signed = signValue(leader, "pre-prepare", value, round);
    const packet = { kind: "pre-prepare", instance: this.#id, signed, proposal: { value }, roundChanges, prepares };
    this.#send(leader, packet as Packet, to);
    this.#vote(value, round);
  }

  #replay(): void {
    if (this.#world.random() > 0.3) return;
    const old = this.#heard[Math.floor(this.#world.random() * this.#heard.length)];
    const from = this.#seats[Math.floor(this.#world.random() * this.#seats.length)] as number;
    const to = Math.floor(this.#world.random() * SEATS.length);
    if (old && !this.#seats.includes(to)) this.#world.network.send(operatorOf(from), operatorOf(to), old);
  }

  #send(from: number, packet: Packet, to: (seat: number) => boolean = () => true): void {
    const bytes = encodePacket(packet);
    for (const seat of SEATS) {
      if (!this.#seats.includes(seat) && to(seat)) this.#world.network.send(operatorOf(from), operatorOf(seat), bytes);
    }
  }

  #once(what: string): boolean {
    if (this.#said.has(what)) return false;
    this.#said.add(what);
    return true;
  }
}
