import "../support/preset.ts";
import { aggregateSerializedPublicKeys, SecretKey } from "@chainsafe/blst";
import { createBeaconConfig, createChainForkConfig } from "@lodestar/config";
import { MAX_SEED_LOOKAHEAD, SLOTS_PER_EPOCH, SYNC_COMMITTEE_SIZE } from "@lodestar/params";
import { createCachedBeaconState, createEmptyEpochCacheImmutableData, processSlots } from "@lodestar/state-transition";
import { type electra, type phase0, ssz } from "@lodestar/types";

export interface BeaconFixture {
  /** SSZ of the state. */
  state: Uint8Array;
  /** Header of a block with that post-state. */
  header: phase0.BeaconBlockHeader;
  blockRoot: Uint8Array;
}

/** `balance` in gwei is the effective one by default. */
type ValidatorChanges = Partial<phase0.Validator> & { balance?: number };

const GENESIS_EPOCH_FORKS = {
  ALTAIR_FORK_EPOCH: 0,
  BELLATRIX_FORK_EPOCH: 0,
  CAPELLA_FORK_EPOCH: 0,
  DENEB_FORK_EPOCH: 0,
  ELECTRA_FORK_EPOCH: 0,
};

/** Public key of a deterministic secret. */
export function pubkeyOf(number: number): Uint8Array {
  return SecretKey.fromKeygen(new Uint8Array(32).fill(number + 1))
    .toPublicKey()
    .toBytes();
}

/**
 * An Electra state with 16 active validators and those given, with `pending` in the deposit queue, moved on to `slot` from
 * the start of its epoch by the real state transition, and the header of a block on top of it. Finality is recent,
 * *because* a chain that never finalised leaks the balances away the later `slot` is.
 */
export function beaconFixture(
  slot: number,
  added: ValidatorChanges[],
  pending: Omit<electra.PendingDeposit, "signature">[] = [],
): BeaconFixture {
  const view = ssz.electra.BeaconState.defaultViewDU();
  const interop = Array.from({ length: 16 }, (_, number) => ({
    pubkey: pubkeyOf(number),
    withdrawalCredentials: new Uint8Array(32).fill(1),
    activationEligibilityEpoch: 0,
    activationEpoch: 0,
  }));
  for (const { balance, ...changes } of [...interop, ...added] as ValidatorChanges[]) {
    const validator = { ...ssz.phase0.Validator.defaultValue(), ...FRESH, ...changes };
    view.validators.push(ssz.phase0.Validator.toViewDU(validator));
    view.balances.push(balance ?? validator.effectiveBalance);
    view.previousEpochParticipation.push(0);
    view.currentEpochParticipation.push(0);
    view.inactivityScores.push(0);
  }
  for (const deposit of pending) {
    view.pendingDeposits.push(ssz.electra.PendingDeposit.toViewDU({ ...deposit, signature: new Uint8Array(96) }));
  }
  view.slot = slot - (slot % SLOTS_PER_EPOCH);
  const epoch = view.slot / SLOTS_PER_EPOCH;
  view.finalizedCheckpoint = ssz.phase0.Checkpoint.toViewDU({ epoch, root: new Uint8Array(32) });
  // As when somebody has just asked to leave.
  view.earliestExitEpoch = epoch + 1 + MAX_SEED_LOOKAHEAD;
  view.genesisValidatorsRoot = view.validators.hashTreeRoot();
  view.currentSyncCommittee = view.nextSyncCommittee = syncCommittee();
  view.commit();
  const config = createBeaconConfig(createChainForkConfig(GENESIS_EPOCH_FORKS), view.genesisValidatorsRoot);
  const cached = createCachedBeaconState(view, createEmptyEpochCacheImmutableData(config, view));
  const state = slot === view.slot ? cached : processSlots(cached, slot);
  const header = {
    slot,
    proposerIndex: 5,
    parentRoot: new Uint8Array(32).fill(3),
    stateRoot: state.hashTreeRoot(),
    bodyRoot: new Uint8Array(32).fill(4),
  };
  return { state: state.serialize(), header, blockRoot: ssz.phase0.BeaconBlockHeader.hashTreeRoot(header) };
}

function syncCommittee() {
  const pubkeys = Array.from({ length: SYNC_COMMITTEE_SIZE }, (_, position) => pubkeyOf(position % 16));
  const aggregatePubkey = aggregateSerializedPublicKeys(pubkeys).toBytes();
  return ssz.altair.SyncCommittee.toViewDU({ pubkeys, aggregatePubkey });
}

const FRESH: Omit<phase0.Validator, "pubkey" | "withdrawalCredentials"> = {
  effectiveBalance: 32_000_000_000,
  slashed: false,
  activationEligibilityEpoch: Number.POSITIVE_INFINITY,
  activationEpoch: Number.POSITIVE_INFINITY,
  exitEpoch: Number.POSITIVE_INFINITY,
  withdrawableEpoch: Number.POSITIVE_INFINITY,
};
