import type { LockResult, Locks } from "../locks/types.ts";
import type { SeatOf } from "./authenticator.ts";
import { encodeCertificate } from "./codec.ts";
import { isQuorum } from "./justification.ts";
import type { ConsensusValue, Decision, Proposal, Pubkey, Root, SignedMessage } from "./types.ts";
import { ConsensusError } from "./types.ts";
import { hashValue, type ValueHashes, voteOf } from "./value.ts";

const certified = new WeakSet<Decision>();

/** A decision, if the COMMITs are a quorum of distinct seats in one round for this value. */
export function certify(
  proposal: Proposal,
  hashes: ValueHashes,
  commits: readonly SignedMessage[],
  commitQuorum: number,
  seatOf: SeatOf,
): Decision | undefined {
  const first = commits[0]?.message;
  if (!first || !isQuorum(commits, first.round, hashes, commitQuorum, seatOf)) return undefined;
  const { instance, round } = first;
  const decision = Object.freeze({ instance, round, proposal, valueHash: hashes.valueHash, commits });
  certified.add(decision);
  return decision;
}

/**
 * Records that this node signs a decided value, durably and before any share signs. At t = 4 two honest and two Byzantine
 * partials would sign an undecided value, so a decision that was not certified here is refused whatever it claims.
 *
 * @param validators those of the value that this node signs for; all of them by default
 * @throws {ConsensusError} `uncertified`
 */
export function recordSigning(
  locks: Locks,
  decision: Decision,
  { validators, signingRoot }: { validators?: readonly Pubkey[]; signingRoot?: Root } = {},
): LockResult {
  if (!certified.has(decision)) throw new ConsensusError("uncertified", "no quorum of COMMITs was checked");
  const { instance, round, proposal, valueHash, commits } = decision;
  const value: ConsensusValue = proposal.value;
  const decided = new Set(value.validators);
  if (valueHash !== hashValue(value).valueHash || validators?.some((pubkey) => !decided.has(pubkey))) {
    throw new ConsensusError("uncertified", "not the certified value");
  }
  const vote = { ...voteOf(value, instance, round, valueHash), ...(validators && { validators }) };
  const evidence = [{ kind: "decided" as const, bytes: encodeCertificate(value, commits) }];
  return locks.recordSigning(signingRoot === undefined ? vote : { ...vote, signingRoot }, evidence);
}
