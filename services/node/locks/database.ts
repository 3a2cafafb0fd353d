import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../ports/clock.ts";
import { clockFloor, configurationFloor, epochAt, highestFloor, NO_FLOOR } from "./floors.ts";
import { PRAGMAS, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import type { ChainTime, Evidence, Floor, LockResult, Locks, Vote } from "./types.ts";
import { LockDatabaseError } from "./types.ts";
import { checkVoteForm, voteRecords } from "./votes.ts";

const SQLITE_BUSY = 5;

export interface OpenLockDatabaseOptions {
  path: string;
  clock: Clock;
  time: ChainTime;
  /** `0x` and 64 hex digits. The first start binds the database to this chain. */
  genesisValidatorsRoot: string;
  /** The operator's instance counter on chain. */
  instanceCounter: number;
}

/**
 * Creates the slashing-protection database of a new operator; `operator init` calls it, nothing else does. It carries no
 * clean-stop marker, so its first start follows the clock rule.
 *
 * @throws {LockDatabaseError} `exists`
 */
export function createLockDatabase(path: string, { instanceCounter }: { instanceCounter: number }): void {
  // Made beside its place and linked into it whole: a run that dies here leaves nothing that looks like a database.
  const draft = `${path}.draft`;
  for (const leftover of [draft, `${draft}-wal`]) rmSync(leftover, { force: true });
  closeSync(openSync(draft, "wx", 0o600));
  const db = new DatabaseSync(draft);
  db.exec(PRAGMAS);
  db.exec(`BEGIN; ${SCHEMA}`);
  db.prepare("INSERT INTO state VALUES (1, ?, ?, NULL, 0, 0, 0, NULL)").run(SCHEMA_VERSION, instanceCounter);
  db.exec("COMMIT");
  db.close();
  try {
    linkSync(draft, path);
  } catch (cause) {
    throw new LockDatabaseError("exists", `cannot create lock database ${path}`, { cause });
  } finally {
    rmSync(draft);
  }
  const directory = openSync(dirname(path), "r");
  fsyncSync(directory);
  closeSync(directory);
}

/**
 * Opens the database of this node. A clean-stop marker younger than one epoch makes its history trusted; the marker is
 * removed before this returns. After any other stop (kill, power loss, restored snapshot) the clock rule's floor is
 * recorded, which costs about two epochs of silence.
 *
 * @throws {LockDatabaseError} `missing`, `in-use`, `corrupt`, `unsupported-schema`, `counter-mismatch`, `wrong-chain`
 */
export function openLockDatabase(options: OpenLockDatabaseOptions): LockDatabase {
  if (!existsSync(options.path)) {
    throw new LockDatabaseError("missing", `no lock database at ${options.path}: refusing to start without history`);
  }
  const db = new DatabaseSync(options.path);
  try {
    db.exec(PRAGMAS);
    const integrity = db.prepare("PRAGMA quick_check").get()?.["quick_check"];
    if (integrity !== "ok") throw new LockDatabaseError("corrupt", `lock database is damaged: ${integrity}`);
    admit(db, options);
    return new LockDatabase(db, options);
  } catch (cause) {
    db.close();
    if (cause instanceof LockDatabaseError) throw cause;
    const busy = (cause as { errcode?: number }).errcode === SQLITE_BUSY;
    throw new LockDatabaseError(busy ? "in-use" : "corrupt", `cannot open lock database ${options.path}`, { cause });
  }
}

interface StateRow extends Floor {
  schemaVersion: number;
  instanceCounter: number;
  genesisValidatorsRoot: string | null;
  cleanStopMs: number | null;
}

function readState(db: DatabaseSync): StateRow {
  return db
    .prepare(
      `SELECT schema_version AS schemaVersion, instance_counter AS instanceCounter,
              genesis_validators_root AS genesisValidatorsRoot, min_source_epoch AS minSourceEpoch,
              min_target_epoch AS minTargetEpoch, min_proposal_slot AS minProposalSlot, clean_stop_ms AS cleanStopMs
       FROM state`,
    )
    .get() as unknown as StateRow;
}

/** The start table: decides whether the history is trusted, and makes the decision durable before anything is signed. */
function admit(db: DatabaseSync, options: OpenLockDatabaseOptions): void {
  const { clock, time, genesisValidatorsRoot, instanceCounter } = options;
  const state = readState(db);
  if (state.schemaVersion !== SCHEMA_VERSION) {
    throw new LockDatabaseError("unsupported-schema", `schema version ${state.schemaVersion}`);
  }
  if (state.instanceCounter !== instanceCounter) {
    const counters = `${state.instanceCounter}, on chain ${instanceCounter}`;
    throw new LockDatabaseError("counter-mismatch", `the database was made for instance counter ${counters}`);
  }
  if (state.genesisValidatorsRoot !== null && state.genesisValidatorsRoot !== genesisValidatorsRoot) {
    throw new LockDatabaseError("wrong-chain", `the database belongs to chain ${state.genesisValidatorsRoot}`);
  }
  const nowMs = clock.nowMs();
  const stopMs = state.cleanStopMs;
  const trusted = stopMs !== null && stopMs <= nowMs && nowMs - stopMs < time.slotsPerEpoch * time.slotDurationMs;
  // A stop in the future means that one of the two clocks was wrong; the later one silences longer.
  const epoch = epochAt(Math.max(nowMs, stopMs ?? 0), time);
  const floor = trusted ? state : highestFloor(state, clockFloor(epoch, time.slotsPerEpoch));
  db.prepare(
    `UPDATE state SET clean_stop_ms = NULL, genesis_validators_root = ?, min_source_epoch = ?, min_target_epoch = ?,
                      min_proposal_slot = ?`,
  ).run(genesisValidatorsRoot, floor.minSourceEpoch, floor.minTargetEpoch, floor.minProposalSlot);
}

/**
 * The node's slashing protection: one database for all shares, generations and configurations, keyed by the validator's
 * public key, because a database per share forgets at each rotation.
 */
export class LockDatabase implements Locks {
  readonly #db: DatabaseSync;
  readonly #options: OpenLockDatabaseOptions;
  readonly #votes: ReturnType<typeof voteRecords>;
  readonly #databaseFloor: Floor;

  constructor(db: DatabaseSync, options: OpenLockDatabaseOptions) {
    this.#db = db;
    this.#options = options;
    this.#databaseFloor = readState(db);
    this.#votes = voteRecords(db, () => this.#databaseFloor);
  }

  /** Floor of every validator of this node, as the start table left it. */
  get floor(): Floor {
    const { minSourceEpoch, minTargetEpoch, minProposalSlot } = this.#databaseFloor;
    return { minSourceEpoch, minTargetEpoch, minProposalSlot };
  }

  check(vote: Vote): LockResult {
    checkVoteForm(vote);
    return this.#votes.judge(vote, false);
  }

  lockCommit(vote: Vote, evidence: readonly Evidence[] = []): LockResult {
    return this.#bind(vote, false, evidence);
  }

  recordSigning(vote: Vote, evidence: readonly Evidence[] = []): LockResult {
    return this.#bind(vote, true, evidence);
  }

  #bind(vote: Vote, signing: boolean, evidence: readonly Evidence[]): LockResult {
    checkVoteForm(vote);
    return this.#transaction(() => {
      const result = this.#votes.judge(vote, signing);
      if (!result.ok) return result;
      this.#votes.record(vote, signing);
      const { setId, configuration, slot, type } = vote.instance;
      const insert = this.#db.prepare("INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)");
      for (const { kind, bytes } of evidence) insert.run(setId, configuration, slot, type, kind, vote.round, bytes);
      return result;
    });
  }

  /** Binds validators to the no-history rule of a configuration that starts at `startEpoch`. Floors never go down. */
  raiseConfigurationFloor(pubkeys: readonly string[], startEpoch: number): void {
    const floor = configurationFloor(startEpoch, this.#options.time.slotsPerEpoch);
    this.raiseFloors(pubkeys.map((pubkey) => ({ pubkey, floor })));
  }

  /** Raises the floors of single validators in one transaction. */
  raiseFloors(floors: readonly { pubkey: string; floor: Partial<Floor> }[]): void {
    const upsert = this.#db.prepare(
      `INSERT INTO validators (pubkey, min_source_epoch, min_target_epoch, min_proposal_slot) VALUES (?, ?, ?, ?)
       ON CONFLICT (pubkey) DO UPDATE SET min_source_epoch = max(min_source_epoch, excluded.min_source_epoch),
         min_target_epoch = max(min_target_epoch, excluded.min_target_epoch),
         min_proposal_slot = max(min_proposal_slot, excluded.min_proposal_slot)`,
    );
    this.#transaction(() => {
      for (const { pubkey, floor } of floors) {
        const { minSourceEpoch, minTargetEpoch, minProposalSlot } = { ...NO_FLOOR, ...floor };
        upsert.run(pubkey, minSourceEpoch, minTargetEpoch, minProposalSlot);
      }
    });
  }

  /**
   * Forgets votes with a target (or slot) before `beforeEpoch` after raising each validator's floor to the highest
   * source and past the highest target (or slot) forgotten: whatever they forbade stays forbidden. Evidence is kept back
   * to `evidenceBeforeEpoch`.
   */
  prune({ beforeEpoch, evidenceBeforeEpoch }: { beforeEpoch: number; evidenceBeforeEpoch: number }): void {
    const { slotsPerEpoch } = this.#options.time;
    const beforeSlot = beforeEpoch * slotsPerEpoch;
    this.#transaction(() => {
      this.#db
        .prepare(
          `UPDATE validators SET min_source_epoch = max(min_source_epoch, old.source),
                                 min_target_epoch = max(min_target_epoch, old.target + 1)
           FROM (SELECT validator_id, max(source_epoch) AS source, max(target_epoch) AS target FROM attestation_votes
                 WHERE target_epoch < ? GROUP BY validator_id) AS old WHERE old.validator_id = validators.id`,
        )
        .run(beforeEpoch);
      this.#db
        .prepare(
          `UPDATE validators SET min_proposal_slot = max(min_proposal_slot, old.slot + 1)
           FROM (SELECT validator_id, max(slot) AS slot FROM proposal_votes WHERE slot < ? GROUP BY validator_id) AS old
           WHERE old.validator_id = validators.id`,
        )
        .run(beforeSlot);
      this.#db.prepare("DELETE FROM attestation_votes WHERE target_epoch < ?").run(beforeEpoch);
      this.#db.prepare("DELETE FROM proposal_votes WHERE slot < ?").run(beforeSlot);
      this.#db
        .prepare(
          `DELETE FROM instances WHERE slot < ? AND id NOT IN (SELECT instance_id FROM attestation_votes)
             AND id NOT IN (SELECT instance_id FROM proposal_votes)`,
        )
        .run(beforeSlot);
      this.#db.prepare("DELETE FROM evidence WHERE slot < ?").run(evidenceBeforeEpoch * slotsPerEpoch);
    });
  }

  /** Runs `work` in one transaction that is durable when this returns; an exception leaves nothing of it. */
  #transaction<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (cause) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw cause;
    }
  }

  /** For the interchange only: the open connection and what the database is bound to. */
  get connection(): { db: DatabaseSync; genesisValidatorsRoot: string } {
    return { db: this.#db, genesisValidatorsRoot: this.#options.genesisValidatorsRoot };
  }

  /** A clean stop: call it when nothing can be signed any more. Writes the marker that makes the next start trusted. */
  close(): void {
    if (!this.#db.isOpen) return;
    this.#db.prepare("UPDATE state SET clean_stop_ms = ?").run(this.#options.clock.nowMs());
    this.#db.close();
  }
}
