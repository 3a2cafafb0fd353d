import {
  ForkSeq,
  MAX_ATTESTER_SLASHINGS_ELECTRA,
  MAX_BLS_TO_EXECUTION_CHANGES,
  MAX_PROPOSER_SLASHINGS,
  MAX_VOLUNTARY_EXITS,
} from "@lodestar/params";
import {
  assertValidAttesterSlashing,
  assertValidProposerSlashing,
  type CachedBeaconStateElectra,
  getVoluntaryExitValidity,
  isSlashableValidator,
  isValidBlsToExecutionChange,
  VoluntaryExitValidity,
} from "@lodestar/state-transition";
import type { capella, electra, phase0 } from "@lodestar/types";
import { Rejection } from "./errors.ts";

const MAX_PENDING_PER_KIND = 128;

function invalid(reason: string): never {
  throw new Rejection("OPERATION_INVALID", reason);
}

function checked(check: () => void): void {
  try {
    check();
  } catch (error) {
    invalid((error as Error).message);
  }
}

/** Verified exits, slashings and credential changes that wait for a block. Each kind is bounded, newest refused first. */
export class OperationPool {
  readonly voluntaryExits = new Map<number, phase0.SignedVoluntaryExit>();
  readonly blsToExecutionChanges = new Map<number, capella.SignedBLSToExecutionChange>();
  readonly proposerSlashings = new Map<number, phase0.ProposerSlashing>();
  readonly attesterSlashings = new Map<string, electra.AttesterSlashing>();

  /** @throws Rejection; so do the other `add…` */
  addVoluntaryExit(state: CachedBeaconStateElectra, exit: phase0.SignedVoluntaryExit): void {
    checked(() => {
      const validity = getVoluntaryExitValidity(ForkSeq.electra, state, exit);
      if (validity !== VoluntaryExitValidity.valid) throw new Error(`voluntary exit: ${validity}`);
    });
    put(this.voluntaryExits, exit.message.validatorIndex, exit);
  }

  addBlsToExecutionChange(state: CachedBeaconStateElectra, change: capella.SignedBLSToExecutionChange): void {
    checked(() => {
      const result = validateBlsChange(state, change, true);
      if (!result.valid) throw result.error;
    });
    put(this.blsToExecutionChanges, change.message.validatorIndex, change);
  }

  addProposerSlashing(state: CachedBeaconStateElectra, slashing: phase0.ProposerSlashing): void {
    checked(() => {
      const { proposerIndex } = slashing.signedHeader1.message;
      const proposer = state.validators.getReadonly(proposerIndex);
      assertValidProposerSlashing(state.config, state.epochCtx.pubkeyCache, state.slot, slashing, proposer, true);
    });
    put(this.proposerSlashings, slashing.signedHeader1.message.proposerIndex, slashing);
  }

  addAttesterSlashing(state: CachedBeaconStateElectra, slashing: electra.AttesterSlashing): void {
    checked(() => {
      const { config, epochCtx, slot, validators } = state;
      assertValidAttesterSlashing(config, epochCtx.pubkeyCache, slot, validators.length, slashing, true);
    });
    if (slashable(state, slashing).length === 0) invalid("attester slashing: nobody in it is slashable");
    put(this.attesterSlashings, slashedByBoth(slashing).join(","), slashing);
  }

  /** What the state still accepts, within a block's limits; drops the rest. */
  forBlock(state: CachedBeaconStateElectra) {
    const isActive = (index: number) => isSlashableValidator(state.validators.getReadonly(index), state.epochCtx.epoch);
    const exitValidity = (exit: phase0.SignedVoluntaryExit) =>
      getVoluntaryExitValidity(ForkSeq.electra, state, exit, false);
    retain(this.proposerSlashings, (slashing) => isActive(slashing.signedHeader1.message.proposerIndex));
    retain(this.attesterSlashings, (slashing) => slashable(state, slashing).length > 0);
    retain(this.voluntaryExits, (exit) => exitValidity(exit) !== VoluntaryExitValidity.alreadyExited);
    retain(this.blsToExecutionChanges, (change) => validateBlsChange(state, change, false).valid);

    const proposerSlashings = [...this.proposerSlashings.values()].slice(0, MAX_PROPOSER_SLASHINGS);
    const attesterSlashings = [...this.attesterSlashings.values()].slice(0, MAX_ATTESTER_SLASHINGS_ELECTRA);
    // A slashing in the same block ends the validator before its exit is processed.
    const slashed = new Set([
      ...proposerSlashings.map((slashing) => slashing.signedHeader1.message.proposerIndex),
      ...attesterSlashings.flatMap((slashing) => slashable(state, slashing)),
    ]);
    return {
      proposerSlashings: proposerSlashings.filter(
        (slashing) =>
          !attesterSlashings.some((other) =>
            slashable(state, other).includes(slashing.signedHeader1.message.proposerIndex),
          ),
      ),
      attesterSlashings,
      voluntaryExits: [...this.voluntaryExits.values()]
        .filter((exit) => exitValidity(exit) === VoluntaryExitValidity.valid)
        .filter((exit) => !slashed.has(exit.message.validatorIndex))
        .slice(0, MAX_VOLUNTARY_EXITS),
      blsToExecutionChanges: [...this.blsToExecutionChanges.values()].slice(0, MAX_BLS_TO_EXECUTION_CHANGES),
    };
  }
}

function validateBlsChange(
  state: CachedBeaconStateElectra,
  change: capella.SignedBLSToExecutionChange,
  verifySignature: boolean,
) {
  const validator = state.validators.getReadonly(change.message.validatorIndex);
  return isValidBlsToExecutionChange(state.config, validator, change, verifySignature);
}

function slashedByBoth({ attestation1, attestation2 }: electra.AttesterSlashing): number[] {
  const second = new Set(attestation2.attestingIndices);
  return attestation1.attestingIndices.filter((index) => second.has(index));
}

function slashable(state: CachedBeaconStateElectra, slashing: electra.AttesterSlashing): number[] {
  return slashedByBoth(slashing).filter((index) => {
    return isSlashableValidator(state.validators.getReadonly(index), state.epochCtx.epoch);
  });
}

function put<K, V>(pool: Map<K, V>, key: K, value: V): void {
  if (pool.has(key)) return;
  if (pool.size >= MAX_PENDING_PER_KIND) invalid("too many operations of this kind are waiting");
  pool.set(key, value);
}

function retain<K, V>(pool: Map<K, V>, keep: (value: V) => boolean): void {
  for (const [key, value] of pool) if (!keep(value)) pool.delete(key);
}
