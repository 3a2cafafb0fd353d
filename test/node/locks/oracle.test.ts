import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import type { LockDatabase } from "../../../services/node/locks/database.ts";
import type { AttestationVote } from "../../../services/node/locks/types.ts";
import { attestation, EPOCH_MS, lockFile, pubkey, valueHash } from "./support.ts";

/** What a node without any cleverness would remember: every vote that binds or bound it, one line per validator. */
interface Line {
  validator: string;
  slot: number;
  source: number;
  target: number;
}

interface Bound {
  round: number;
  value: string;
  signed: boolean;
}

/** The rules of EIP-3076 over a plain list, written without a look at the database. */
class Oracle {
  readonly lines: Line[] = [];
  readonly signed: (Line & { value: string })[] = [];
  readonly instances = new Map<number, Bound>();
  minSource = 0;
  minTarget = 2;

  accepts(vote: AttestationVote, signing: boolean): boolean {
    const bound = this.instances.get(vote.instance.slot);
    if (bound && bound.value !== vote.valueHash) {
      if (bound.signed || (!signing && vote.round <= bound.round)) return false;
    }
    return vote.validators.every((validator) => this.#free(validator, vote));
  }

  #free(validator: string, { sourceEpoch: s, targetEpoch: t, instance: { slot } }: AttestationVote): boolean {
    if (s < this.minSource || t < this.minTarget) return false;
    return this.lines
      .filter((line) => line.validator === validator && line.slot !== slot)
      .every(
        (line) => line.target !== t && !(line.source < s && t < line.target) && !(s < line.source && line.target < t),
      );
  }

  record(vote: AttestationVote, signing: boolean): void {
    const { slot } = vote.instance;
    const bound = this.instances.get(slot);
    const same = bound?.value === vote.valueHash;
    const round = same ? Math.max(bound?.round ?? 0, vote.round) : vote.round;
    this.instances.set(slot, { round, value: vote.valueHash, signed: signing || (same && (bound?.signed ?? false)) });
    for (const validator of vote.validators) {
      const line = { validator, slot, source: vote.sourceEpoch, target: vote.targetEpoch };
      this.lines.push(line);
      if (signing) this.signed.push({ ...line, value: vote.valueHash });
    }
  }

  /** Pairs of signed votes that the beacon chain would slash. */
  slashable(): [Line, Line][] {
    const pairs: [Line, Line][] = [];
    for (const a of this.signed) {
      for (const b of this.signed) {
        if (a.validator !== b.validator || (a.slot === b.slot && a.value === b.value)) continue;
        if (a.target === b.target || (a.source < b.source && b.target < a.target)) pairs.push([a, b]);
      }
    }
    return pairs;
  }
}

interface Bind {
  do: "commit" | "sign";
  slot: number;
  round: number;
  value: number;
  span: number;
  back: number;
  keys: number[];
}
type Step = Bind | { do: "restart" | "crash" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom("commit", "commit", "sign"),
      slot: fc.integer({ min: 1, max: 8 }),
      round: fc.integer({ min: 1, max: 4 }),
      value: fc.integer({ min: 1, max: 3 }),
      span: fc.integer({ min: 0, max: 5 }),
      back: fc.integer({ min: 0, max: 3 }),
      keys: fc.subarray([1, 2, 3], { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("restart", "crash") }) },
) as fc.Arbitrary<Step>;

/** A value fixes its epochs and validators within its instance, as its hash does. */
function voteOf({ slot, round, value, span, back, keys }: Bind): AttestationVote {
  const target = 2 + slot - back;
  const epochs = [Math.max(0, target - 1 - span), Math.max(1, target)] as const;
  const hash = valueHash(
    slot * 100_000 + value * 10_000 + span * 1_000 + back * 100 + keys.reduce((a, k) => a * 4 + k, 0),
  );
  return attestation(slot, epochs, { round, valueHash: hash, validators: keys.map(pubkey) });
}

it("accepts and refuses exactly as a naive list does, and never signs a slashable pair, across restarts", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const file = lockFile();
      const oracle = new Oracle();
      let locks: LockDatabase = file.open();
      try {
        for (const action of steps) {
          if (!("slot" in action)) {
            locks.close();
            locks = action.do === "restart" ? file.open() : openAfterAnEpoch();
            continue;
          }
          const vote = voteOf(action);
          const signing = action.do === "sign";
          const expected = oracle.accepts(vote, signing);
          if (!signing) assert.equal(locks.check(vote).ok, expected, "check");
          const result = signing ? locks.recordSigning(vote) : locks.lockCommit(vote);
          assert.equal(result.ok, expected);
          if (result.ok) oracle.record(vote, signing);
        }
        assert.deepEqual(oracle.slashable(), []);
      } finally {
        locks.close();
        file.remove();
      }

      function openAfterAnEpoch(): LockDatabase {
        file.clock.jumpTo(file.clock.nowMs() + EPOCH_MS);
        const epoch = Math.floor(file.clock.nowMs() / EPOCH_MS);
        oracle.minSource = epoch;
        oracle.minTarget = epoch + 2;
        return file.open();
      }
    }),
    { numRuns: 120 },
  );
});
