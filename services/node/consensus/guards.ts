import type { Evidence, LockResult } from "../locks/types.ts";
import { MAX_VALIDATORS } from "./limits.ts";
import type { InstanceOptions, InstancePorts } from "./options.ts";
import type { ConsensusValue, Proposal, Pubkey, Verdict } from "./types.ts";
import { checkValue, hashValue, type ValueHashes, voteOf } from "./value.ts";

/** Everything that may keep this node from supporting a value: the pipeline's guards and its own locks. */
export class Guards {
  readonly #options: InstanceOptions;
  readonly #ports: Pick<InstancePorts, "locks" | "callbacks">;
  readonly #refused = new Set<Pubkey>();

  constructor(options: InstanceOptions, ports: Pick<InstancePorts, "locks" | "callbacks">) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Validators that the last judgement naming them refused, sorted, for the next ROUND-CHANGE. */
  get refused(): Pubkey[] {
    return [...this.#refused].sort();
  }

  /** The pipeline's checks alone, as a signer of a decided value asks them. */
  async validate(proposal: Proposal, round: number): Promise<Verdict> {
    try {
      return await this.#ports.callbacks.validateValue(proposal, round);
    } catch {
      return { ok: false, reason: "validation-failed" };
    }
  }

  /** May this node prepare the value? Reads the locks, binds nothing. */
  async mayPrepare(proposal: Proposal, hashes: ValueHashes, round: number): Promise<Verdict> {
    const verdict = await this.validate(proposal, round);
    if (!verdict.ok) return this.#note(proposal.value, verdict);
    const vote = voteOf(proposal.value, this.#options.id, round, hashes.valueHash);
    return this.#note(
      proposal.value,
      askLocks(() => this.#ports.locks.check(vote)),
    );
  }

  /** Binds this node to the value; the lock is durable on return. */
  bind(value: ConsensusValue, hashes: ValueHashes, round: number, evidence: readonly Evidence[]): Verdict {
    const vote = voteOf(value, this.#options.id, round, hashes.valueHash);
    return this.#note(
      value,
      askLocks(() => this.#ports.locks.lockCommit(vote, evidence)),
    );
  }

  /**
   * The leader's present view without the excluded validators and those that its own locks refuse, or the reason why it
   * has nothing to propose.
   */
  async propose(
    round: number,
    excluded: readonly Pubkey[],
  ): Promise<{ proposal: Proposal; hashes: ValueHashes } | string> {
    const { callbacks, locks } = this.#ports;
    const { id, slotsPerEpoch } = this.#options;
    const without = new Set(excluded);
    try {
      for (let attempt = 0; attempt < 2; attempt++) {
        const proposal = await callbacks.proposeValue(round, [...without].sort());
        if (!proposal) return "nothing-to-propose";
        checkValue(proposal.value, id, slotsPerEpoch);
        const hashes = hashValue(proposal.value);
        const bound = locks.check(voteOf(proposal.value, id, round, hashes.valueHash));
        if (bound.ok) return { proposal, hashes };
        if (bound.reason !== "conflict") break;
        for (const { pubkey } of bound.refused) without.add(pubkey);
      }
      return "own-locks-refuse";
    } catch {
      return "propose-failed";
    }
  }

  #note(value: ConsensusValue, verdict: Verdict): Verdict {
    for (const pubkey of value.validators) this.#refused.delete(pubkey);
    const named = !verdict.ok && "refused" in verdict ? verdict.refused : [];
    for (const pubkey of named) if (this.#refused.size < MAX_VALIDATORS) this.#refused.add(pubkey);
    return verdict;
  }
}

function askLocks(ask: () => LockResult): Verdict {
  try {
    const result = ask();
    if (result.ok || result.reason !== "conflict") return result;
    return { ok: false, reason: "locked", refused: result.refused.map(({ pubkey }) => pubkey) };
  } catch {
    return { ok: false, reason: "lock-database-failed" };
  }
}
