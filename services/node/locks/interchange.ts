import { z } from "zod";
import type { LockDatabase } from "./database.ts";
import { highestFloor } from "./floors.ts";
import type { Floor } from "./types.ts";
import { LockDatabaseError } from "./types.ts";

const MAX_VALIDATORS = 100_000;
const MAX_VOTES_PER_VALIDATOR = 1_000_000;

const uint = z.string().regex(/^(0|[1-9][0-9]{0,14})$/);
const root = z.string().regex(/^0x[0-9a-fA-F]{64}$/);

/** EIP-3076, complete format, version 5. */
const interchangeSchema = z.object({
  metadata: z.object({ interchange_format_version: z.literal("5"), genesis_validators_root: root }),
  data: z
    .array(
      z.object({
        pubkey: z.string().regex(/^0x[0-9a-fA-F]{96}$/),
        signed_blocks: z.array(z.object({ slot: uint, signing_root: root.optional() })).max(MAX_VOTES_PER_VALIDATOR),
        signed_attestations: z
          .array(z.object({ source_epoch: uint, target_epoch: uint, signing_root: root.optional() }))
          .max(MAX_VOTES_PER_VALIDATOR),
      }),
    )
    .max(MAX_VALIDATORS),
});

export type Interchange = z.infer<typeof interchangeSchema>;

interface ValidatorRow extends Floor {
  id: number;
  pubkey: string;
}

/**
 * Everything that binds this node's validators, as EIP-3076. Locks are listed as signed: whoever imports the file must
 * not sign against a COMMIT either. A floor is listed as the one vote that has its effect.
 */
export function exportInterchange(locks: LockDatabase): Interchange {
  const { db, genesisValidatorsRoot } = locks.connection;
  const validators = db
    .prepare(
      `SELECT id, pubkey, min_source_epoch AS minSourceEpoch, min_target_epoch AS minTargetEpoch,
              min_proposal_slot AS minProposalSlot FROM validators ORDER BY pubkey`,
    )
    .all() as unknown as ValidatorRow[];
  const blocks = db.prepare(
    `SELECT v.slot, iif(v.replaced, NULL, i.signing_root) AS signingRoot FROM proposal_votes v JOIN instances i ON i.id = v.instance_id
     WHERE v.validator_id = ? ORDER BY v.slot`,
  );
  const attestations = db.prepare(
    `SELECT v.source_epoch AS source, v.target_epoch AS target, iif(v.replaced, NULL, i.signing_root) AS signingRoot
     FROM attestation_votes v JOIN instances i ON i.id = v.instance_id WHERE v.validator_id = ? ORDER BY v.target_epoch, v.source_epoch`,
  );
  return {
    metadata: { interchange_format_version: "5", genesis_validators_root: genesisValidatorsRoot },
    data: validators.map((validator) => {
      const floor = highestFloor(locks.floor, validator);
      return {
        pubkey: validator.pubkey,
        signed_blocks: [
          ...floorBlocks(floor),
          ...blocks.all(validator.id).map((row) => ({ slot: String(row["slot"]), ...signingRoot(row) })),
        ],
        signed_attestations: [
          ...floorAttestations(floor),
          ...attestations.all(validator.id).map((row) => ({
            source_epoch: String(row["source"]),
            target_epoch: String(row["target"]),
            ...signingRoot(row),
          })),
        ],
      };
    }),
  };
}

/**
 * Takes over another client's history by the minimal strategy of EIP-3076: per validator, the highest source, target
 * and block slot of the file become floors.
 *
 * @throws {LockDatabaseError} `invalid-interchange` when the file is malformed, `wrong-chain` when it belongs to another
 */
export function importInterchange(locks: LockDatabase, file: unknown): void {
  const parsed = interchangeSchema.safeParse(file);
  if (!parsed.success) {
    throw new LockDatabaseError("invalid-interchange", z.prettifyError(parsed.error), { cause: parsed.error });
  }
  const { metadata, data } = parsed.data;
  if (metadata.genesis_validators_root.toLowerCase() !== locks.connection.genesisValidatorsRoot) {
    throw new LockDatabaseError("wrong-chain", `the file belongs to chain ${metadata.genesis_validators_root}`);
  }
  locks.raiseFloors(
    data.map((entry) => {
      const slots = entry.signed_blocks.map((block) => Number(block.slot));
      const sources = entry.signed_attestations.map((vote) => Number(vote.source_epoch));
      const targets = entry.signed_attestations.map((vote) => Number(vote.target_epoch));
      const floor = {
        minSourceEpoch: highest(sources, 0),
        minTargetEpoch: highest(targets, -1) + 1,
        minProposalSlot: highest(slots, -1) + 1,
      };
      return { pubkey: entry.pubkey.toLowerCase(), floor };
    }),
  );
}

function highest(values: readonly number[], none: number): number {
  return values.reduce((max, value) => Math.max(max, value), none);
}

function floorBlocks({ minProposalSlot }: Floor) {
  return minProposalSlot > 0 ? [{ slot: String(minProposalSlot - 1) }] : [];
}

function floorAttestations({ minSourceEpoch, minTargetEpoch }: Floor) {
  if (minTargetEpoch === 0) return [];
  return [{ source_epoch: String(minSourceEpoch), target_epoch: String(minTargetEpoch - 1) }];
}

function signingRoot(row: Record<string, unknown>): { signing_root?: string } {
  return typeof row["signingRoot"] === "string" ? { signing_root: row["signingRoot"] } : {};
}
