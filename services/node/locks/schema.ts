export const SCHEMA_VERSION = 2;

/**
 * WAL with `synchronous = FULL` syncs the log once per transaction, before COMMIT returns; a rollback journal would sync
 * journal and database separately for the same promise. The exclusive locking mode keeps a second process out for as
 * long as the database is open.
 */
export const PRAGMAS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA foreign_keys = ON;
`;

/**
 * A vote belongs to one instance. When the instance's record is replaced, its older votes stay, marked as replaced: they
 * bind other instances for ever, because the COMMITs are out there, and a COMMIT elsewhere that conflicts with one of them
 * is evidence, however the instance went on.
 */
export const SCHEMA = `
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema_version INTEGER NOT NULL,
    instance_counter INTEGER NOT NULL,
    genesis_validators_root TEXT,
    min_source_epoch INTEGER NOT NULL,
    min_target_epoch INTEGER NOT NULL,
    min_proposal_slot INTEGER NOT NULL,
    clean_stop_ms INTEGER
  ) STRICT;
  CREATE TABLE validators (
    id INTEGER PRIMARY KEY,
    pubkey TEXT NOT NULL UNIQUE,
    min_source_epoch INTEGER NOT NULL DEFAULT 0,
    min_target_epoch INTEGER NOT NULL DEFAULT 0,
    min_proposal_slot INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE instances (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL,
    configuration INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    type TEXT NOT NULL,
    round INTEGER NOT NULL,
    value_hash TEXT NOT NULL,
    signing_root TEXT,
    signed INTEGER NOT NULL,
    UNIQUE (set_id, configuration, slot, type)
  ) STRICT;
  CREATE TABLE attestation_votes (
    validator_id INTEGER NOT NULL REFERENCES validators (id),
    target_epoch INTEGER NOT NULL,
    source_epoch INTEGER NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    replaced INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (validator_id, target_epoch, source_epoch, instance_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attestation_votes_by_instance ON attestation_votes (instance_id);
  CREATE TABLE proposal_votes (
    validator_id INTEGER NOT NULL REFERENCES validators (id),
    slot INTEGER NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    replaced INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (validator_id, slot, instance_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX proposal_votes_by_instance ON proposal_votes (instance_id);
  CREATE TABLE evidence (
    set_id INTEGER NOT NULL,
    configuration INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    type TEXT NOT NULL,
    kind TEXT NOT NULL,
    round INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (slot, set_id, configuration, type, kind, round)
  ) STRICT;
`;
