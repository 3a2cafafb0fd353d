import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLockDatabase, type LockDatabase, openLockDatabase } from "../../../services/node/locks/database.ts";
import type { AttestationVote, ProposalVote } from "../../../services/node/locks/types.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

export const TIME = { genesisTimeMs: 0, slotDurationMs: 2_000, slotsPerEpoch: 8 };
export const EPOCH_MS = TIME.slotDurationMs * TIME.slotsPerEpoch;
export const GENESIS_ROOT = `0x${"ab".repeat(32)}`;

export const pubkey = (index: number) => `0x${index.toString(16).padStart(96, "0")}`;
export const valueHash = (index: number) => `0x${index.toString(16).padStart(64, "0")}`;

export function attestation(
  slot: number,
  [sourceEpoch, targetEpoch]: readonly [number, number],
  rest: Partial<AttestationVote> & { configuration?: number } = {},
): AttestationVote {
  const { configuration = 0, ...fields } = rest;
  const instance = { setId: 1, configuration, slot, type: "attestation" } as const;
  const vote = { type: "attestation", instance, round: 1, valueHash: valueHash(1), validators: [pubkey(1)] } as const;
  return { ...vote, sourceEpoch, targetEpoch, ...fields };
}

export function proposal(slot: number, rest: Partial<ProposalVote> & { configuration?: number } = {}): ProposalVote {
  const { configuration = 0, ...fields } = rest;
  const instance = { setId: 1, configuration, slot, type: "proposal" } as const;
  return { type: "proposal", instance, round: 1, valueHash: valueHash(1), validators: [pubkey(1)], ...fields };
}

/**
 * A new database file in a directory of its own, with a clock at genesis; `open` starts it as a process would. Its first
 * start leaves the floor of epoch 0: targets from 2, slots from 16.
 */
export function lockFile() {
  const directory = mkdtempSync(join(tmpdir(), "septet-locks-"));
  const path = join(directory, "locks.db");
  const clock = new VirtualClock();
  createLockDatabase(path, { instanceCounter: 0 });
  const options = { path, clock, time: TIME, genesisValidatorsRoot: GENESIS_ROOT, instanceCounter: 0 };
  const open = (overrides: Partial<typeof options> = {}): LockDatabase =>
    openLockDatabase({ ...options, ...overrides });
  return { path, clock, open, remove: () => rmSync(directory, { recursive: true }) };
}
