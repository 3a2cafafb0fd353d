import { ZeroHash } from "ethers";
import type { SeatOf } from "./authenticator.ts";
import type { PrePreparePacket, Root, RoundChangePacket, SignedMessage } from "./types.ts";
import type { ValueHashes } from "./value.ts";

/** The predicates of the QBFT paper (arXiv 2002.03613, algorithm 4), over messages that carry their own proof. */

/** `quorum` distinct seats say the same of one value in one round, and nothing else is in the list. */
export function isQuorum(
  messages: readonly SignedMessage[],
  round: number,
  { valueHash, validatorsRoot }: ValueHashes,
  quorum: number,
  seatOf: SeatOf,
): boolean {
  const same = messages.every(
    ({ message }) =>
      message.round === round && message.valueHash === valueHash && message.validatorsRoot === validatorsRoot,
  );
  return same && messages.length >= quorum && distinctSeats(messages, seatOf);
}

/** A ROUND-CHANGE either reports nothing prepared, or proves with a quorum of PREPAREs what it reports. */
export function isRoundChangeJustified(
  { signed: { message }, prepared }: RoundChangePacket,
  hashes: ValueHashes | undefined,
  quorum: number,
  seatOf: SeatOf,
): boolean {
  if (!isReportFormed(message.preparedRound, message.preparedValueHash, message.round)) return false;
  if (message.preparedRound === 0) return prepared === undefined;
  if (!prepared || hashes?.valueHash !== message.preparedValueHash) return false;
  return isQuorum(prepared.prepares, message.preparedRound, hashes, quorum, seatOf);
}

/**
 * Round 1 needs no justification. Later a quorum of ROUND-CHANGEs for the round is needed, and the value must be the
 * highest prepared one among them, proven by its PREPAREs; it is free only when none of them prepared.
 */
export function isPrePrepareJustified(
  { signed: { message }, roundChanges, prepares }: PrePreparePacket,
  hashes: ValueHashes,
  quorum: number,
  seatOf: SeatOf,
): boolean {
  if (message.round === 1) return roundChanges.length === 0 && prepares.length === 0;
  const formed = roundChanges.every(
    ({ message: report }) =>
      report.round === message.round && isReportFormed(report.preparedRound, report.preparedValueHash, report.round),
  );
  if (!formed || roundChanges.length < quorum || !distinctSeats(roundChanges, seatOf)) return false;
  const highest = Math.max(...roundChanges.map(({ message: report }) => report.preparedRound));
  if (highest === 0) return prepares.length === 0;
  const agreed = roundChanges.every(
    ({ message: report }) => report.preparedRound !== highest || report.preparedValueHash === hashes.valueHash,
  );
  return agreed && isQuorum(prepares, highest, hashes, quorum, seatOf);
}

function isReportFormed(preparedRound: number, preparedValueHash: Root, round: number): boolean {
  return preparedRound < round && (preparedRound === 0) === (preparedValueHash === ZeroHash);
}

function distinctSeats(messages: readonly SignedMessage[], seatOf: SeatOf): boolean {
  const seats = new Set<number>();
  for (const signed of messages) {
    const seat = seatOf(signed);
    if (seat === undefined || seats.has(seat)) return false;
    seats.add(seat);
  }
  return true;
}
