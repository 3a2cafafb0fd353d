import { MAX_ROUND } from "./limits.ts";
import type { MessageHasher, Recover } from "./messageHash.ts";
import type { ConsensusSet, Count, SignedMessage } from "./types.ts";

const CACHE_ENTRIES = 4096;

/** Index of the seat whose node key signed the message, or `undefined` (counted) when it proves nothing. */
export type SeatOf = (signed: SignedMessage) => number | undefined;

/** Checks signatures for one configuration of a set; retransmissions and embedded copies cost no second recovery. */
export function authenticator(set: ConsensusSet, hash: MessageHasher, recover: Recover, count: Count): SeatOf {
  const seats = new Map(set.seats.map((seat, index) => [seat.nodeAddress.toLowerCase(), index]));
  const signers = new Map<string, number | undefined>();

  function signer(signed: SignedMessage): number | undefined {
    const digest = hash(signed.message);
    const key = digest + signed.signature;
    if (signers.has(key)) return signers.get(key);
    const seat = seats.get(recover(digest, signed.signature)?.toLowerCase() ?? "");
    if (signers.size >= CACHE_ENTRIES) signers.delete(signers.keys().next().value as string);
    signers.set(key, seat);
    return seat;
  }

  return (signed) => {
    const { instance, round, instanceCounter } = signed.message;
    if (instance.setId !== set.setId || instance.configuration !== set.configuration) return refuse("foreign-instance");
    if (round < 1 || round > MAX_ROUND) return refuse("round-out-of-range");
    const seat = signer(signed);
    if (seat === undefined) return refuse("bad-signature");
    // An older counter is a machine that its operator has replaced; a newer one is not final for this node yet.
    if (set.seats[seat]?.instanceCounter !== instanceCounter) return refuse("foreign-instance-counter");
    return seat;
  };

  function refuse(reason: string): undefined {
    count(reason);
    return undefined;
  }
}
