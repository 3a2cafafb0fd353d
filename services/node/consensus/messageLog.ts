import type { Pubkey, RoundChangePacket, SignedMessage } from "./types.ts";
import type { ValueHashes } from "./value.ts";

/** PREPAREs or COMMITs of one instance: the first of each seat in each round counts. */
export class VoteLog {
  readonly #rounds = new Map<number, Map<number, SignedMessage>>();

  /** False when the seat has already said something else in this round. */
  add(seat: number, signed: SignedMessage): boolean {
    const { round, valueHash, validatorsRoot } = signed.message;
    const votes = this.#rounds.get(round) ?? new Map<number, SignedMessage>();
    this.#rounds.set(round, votes);
    const first = votes.get(seat)?.message;
    if (first) return first.valueHash === valueHash && first.validatorsRoot === validatorsRoot;
    votes.set(seat, signed);
    return true;
  }

  matching(round: number, { valueHash, validatorsRoot }: ValueHashes): SignedMessage[] {
    const votes = [...(this.#rounds.get(round)?.values() ?? [])];
    return votes.filter(({ message }) => message.valueHash === valueHash && message.validatorsRoot === validatorsRoot);
  }

  forgetBefore(round: number): void {
    for (const old of this.#rounds.keys()) if (old < round) this.#rounds.delete(old);
  }
}

/** The ROUND-CHANGE for the highest round of each seat. */
export class RoundChangeLog {
  readonly #latest = new Map<number, RoundChangePacket>();

  add(seat: number, packet: RoundChangePacket): void {
    const known = this.#latest.get(seat);
    if (!known || known.signed.message.round < packet.signed.message.round) this.#latest.set(seat, packet);
  }

  of(round: number): RoundChangePacket[] {
    return [...this.#latest.values()].filter(({ signed }) => signed.message.round === round);
  }

  /** The highest round that `seats` seats have reached, so that at least one honest one has left the earlier rounds. */
  reachedBy(seats: number): number {
    const rounds = [...this.#latest.values()].map(({ signed }) => signed.message.round);
    return rounds.sort((a, b) => b - a)[seats - 1] ?? 0;
  }
}

/** Validators that at least `seats` of the ROUND-CHANGEs refuse: with more than f of them an honest seat is among them. */
export function refusedBy(roundChanges: readonly RoundChangePacket[], seats: number): Pubkey[] {
  const named = new Map<Pubkey, number>();
  for (const { refused } of roundChanges) {
    for (const pubkey of new Set(refused)) named.set(pubkey, (named.get(pubkey) ?? 0) + 1);
  }
  return [...named].filter(([, times]) => times >= seats).map(([pubkey]) => pubkey);
}
