import type { DatabaseSync } from "node:sqlite";
import type { BrokenRule, Floor, InstanceId, LockResult, RefusedValidator, Vote } from "./types.ts";
import { LockDatabaseError } from "./types.ts";

const PUBKEY = /^0x[0-9a-f]{96}$/;
const ROOT = /^0x[0-9a-f]{64}$/;

/** One row of `instances`: the value that binds the validators of the instance. */
interface InstanceRecord {
  id: number;
  round: number;
  valueHash: string;
  signed: number;
}

interface ValidatorRecord extends Floor {
  id: number;
}

/** Throws `invalid-vote` unless every field has its form and range. */
export function checkVoteForm(vote: Vote): void {
  const { setId, configuration, slot, type } = vote.instance;
  const numbers = [setId, configuration, slot, vote.round];
  if (vote.type === "attestation") numbers.push(vote.sourceEpoch, vote.targetEpoch);
  const formed =
    type === vote.type &&
    numbers.every((value) => Number.isSafeInteger(value) && value >= 0) &&
    ROOT.test(vote.valueHash) &&
    (vote.signingRoot === undefined || ROOT.test(vote.signingRoot)) &&
    vote.validators.every((pubkey) => PUBKEY.test(pubkey)) &&
    vote.validators.length > 0 &&
    new Set(vote.validators).size === vote.validators.length &&
    (vote.type === "proposal" ? vote.validators.length === 1 : vote.sourceEpoch <= vote.targetEpoch);
  if (!formed) throw new LockDatabaseError("invalid-vote", `malformed vote for slot ${slot}`);
}

/** Statements over the votes of an open database; callers provide the transaction. */
export function voteRecords(db: DatabaseSync, databaseFloor: () => Floor) {
  const selectInstance = db.prepare(
    `SELECT id, round, value_hash AS valueHash, signed FROM instances
     WHERE set_id = ? AND configuration = ? AND slot = ? AND type = ?`,
  );
  const insertInstance = db.prepare(
    `INSERT INTO instances (set_id, configuration, slot, type, round, value_hash, signing_root, signed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateInstance = db.prepare(
    "UPDATE instances SET round = ?, value_hash = ?, signing_root = coalesce(?, signing_root), signed = ? WHERE id = ?",
  );
  const clearSigningRoot = db.prepare("UPDATE instances SET signing_root = NULL WHERE id = ?");
  const replaceAttestations = db.prepare("UPDATE attestation_votes SET replaced = 1 WHERE instance_id = ?");
  const replaceProposals = db.prepare("UPDATE proposal_votes SET replaced = 1 WHERE instance_id = ?");
  const selectValidator = db.prepare(
    `SELECT id, min_source_epoch AS minSourceEpoch, min_target_epoch AS minTargetEpoch,
            min_proposal_slot AS minProposalSlot
     FROM validators WHERE pubkey = ?`,
  );
  const insertValidator = db.prepare("INSERT INTO validators (pubkey) VALUES (?) ON CONFLICT DO NOTHING");
  const insertAttestation = db.prepare(
    "INSERT INTO attestation_votes VALUES (?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET replaced = 0",
  );
  const insertProposal = db.prepare(
    "INSERT INTO proposal_votes VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET replaced = 0",
  );
  // EIP-3076 conditions 3 and 5, made stricter: an equal root does not excuse a second vote from another instance.
  const selectAttestationConflict = db.prepare(
    `SELECT CASE WHEN target_epoch = :target THEN 'double-vote'
                 WHEN target_epoch > :target THEN 'surrounded-vote' ELSE 'surrounding-vote' END AS rule
     FROM attestation_votes
     WHERE validator_id = :validator AND instance_id IS NOT :instance
       AND (target_epoch = :target
         OR (target_epoch > :target AND source_epoch < :source)
         OR (target_epoch < :target AND source_epoch > :source))
     ORDER BY target_epoch LIMIT 1`,
  );
  const selectProposalConflict = db.prepare(
    `SELECT 'double-proposal' AS rule FROM proposal_votes
     WHERE validator_id = ? AND slot = ? AND instance_id IS NOT ? LIMIT 1`,
  );

  function findInstance({ setId, configuration, slot, type }: InstanceId): InstanceRecord | undefined {
    return selectInstance.get(setId, configuration, slot, type) as InstanceRecord | undefined;
  }

  function brokenRule(vote: Vote, pubkey: string, instance: number | null): BrokenRule | undefined {
    const floor = databaseFloor();
    const validator = selectValidator.get(pubkey) as ValidatorRecord | undefined;
    if (belowFloor(vote, floor) || (validator && belowFloor(vote, validator))) return "below-floor";
    if (!validator) return undefined;
    const conflict =
      vote.type === "attestation"
        ? selectAttestationConflict.get({
            validator: validator.id,
            instance,
            source: vote.sourceEpoch,
            target: vote.targetEpoch,
          })
        : selectProposalConflict.get(validator.id, vote.instance.slot, instance);
    return conflict?.["rule"] as BrokenRule | undefined;
  }

  /** `signing` tells a decided value, which replaces whatever the node committed, from a COMMIT, which needs a later round. */
  function judge(vote: Vote, signing: boolean): LockResult {
    const record = findInstance(vote.instance);
    if (record && record.valueHash !== vote.valueHash) {
      if (record.signed) return { ok: false, reason: "already-signed" };
      if (!signing && vote.round <= record.round) return { ok: false, reason: "stale-round" };
    }
    const refused: RefusedValidator[] = [];
    for (const pubkey of vote.validators) {
      const rule = brokenRule(vote, pubkey, record?.id ?? null);
      if (rule) refused.push({ pubkey, rule });
    }
    return refused.length > 0 ? { ok: false, reason: "conflict", refused } : { ok: true };
  }

  function writeInstance(vote: Vote, signing: boolean): number {
    const record = findInstance(vote.instance);
    const signingRoot = vote.signingRoot ?? null;
    if (!record) {
      const { setId, configuration, slot, type } = vote.instance;
      const row = [setId, configuration, slot, type, vote.round, vote.valueHash, signingRoot, Number(signing)];
      return Number(insertInstance.run(...row).lastInsertRowid);
    }
    if (record.valueHash !== vote.valueHash) {
      clearSigningRoot.run(record.id);
      replaceAttestations.run(record.id);
      replaceProposals.run(record.id);
    }
    const round = record.valueHash === vote.valueHash ? Math.max(record.round, vote.round) : vote.round;
    updateInstance.run(round, vote.valueHash, signingRoot, signing || record.signed ? 1 : 0, record.id);
    return record.id;
  }

  /** Writes what `judge` accepted. A value that was recorded before keeps its validators; new ones are added. */
  function record(vote: Vote, signing: boolean): void {
    const instance = writeInstance(vote, signing);
    for (const pubkey of vote.validators) {
      const validator = validatorId(pubkey);
      if (vote.type === "attestation") {
        insertAttestation.run(validator, vote.targetEpoch, vote.sourceEpoch, instance);
      } else {
        insertProposal.run(validator, vote.instance.slot, instance);
      }
    }
  }

  function validatorId(pubkey: string): number {
    insertValidator.run(pubkey);
    return (selectValidator.get(pubkey) as unknown as ValidatorRecord).id;
  }

  return { judge, record };
}

function belowFloor(vote: Vote, floor: Floor): boolean {
  return vote.type === "attestation"
    ? vote.sourceEpoch < floor.minSourceEpoch || vote.targetEpoch < floor.minTargetEpoch
    : vote.instance.slot < floor.minProposalSlot;
}
