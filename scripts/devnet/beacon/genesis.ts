import type { SecretKey } from "@chainsafe/blst";
import { type BeaconConfig, type ChainForkConfig, createBeaconConfig } from "@lodestar/config";
import {
  EFFECTIVE_BALANCE_INCREMENT,
  FAR_FUTURE_EPOCH,
  ForkSeq,
  GENESIS_EPOCH,
  MIN_ACTIVATION_BALANCE,
  UNSET_DEPOSIT_REQUESTS_START_INDEX,
} from "@lodestar/params";
import {
  type BeaconStateElectra,
  type CachedBeaconStateElectra,
  createCachedBeaconState,
  createPubkeyCache,
  getActiveValidatorIndices,
  getEffectiveBalanceIncrementsWithLen,
  getGenesisBeaconState,
  getNextSyncCommittee,
  getTemporaryBlockHeader,
} from "@lodestar/state-transition";
import { ssz } from "@lodestar/types";

export interface GenesisInput {
  config: ChainForkConfig;
  /** Unix seconds. */
  genesisTime: number;
  executionBlockHash: Uint8Array;
  /** Each becomes an active validator of 32 ETH. */
  secretKeys: SecretKey[];
  /** 32 bytes. */
  withdrawalCredentials: Uint8Array;
}

/** An Electra genesis state whose validators are active at once, on top of the execution chain's genesis block. */
export function createGenesisState(input: GenesisInput): { config: BeaconConfig; state: CachedBeaconStateElectra } {
  const eth1Data = { ...ssz.phase0.Eth1Data.defaultValue(), blockHash: input.executionBlockHash };
  const header = getTemporaryBlockHeader(input.config, ssz.electra.BeaconBlock.defaultValue());
  const state = getGenesisBeaconState(input.config, eth1Data, header) as BeaconStateElectra;

  state.genesisTime = input.genesisTime;
  state.depositRequestsStartIndex = UNSET_DEPOSIT_REQUESTS_START_INDEX;
  state.latestExecutionPayloadHeader = ssz.electra.ExecutionPayloadHeader.toViewDU({
    ...ssz.electra.ExecutionPayloadHeader.defaultValue(),
    blockHash: input.executionBlockHash,
  });
  for (const secretKey of input.secretKeys) addValidator(state, secretKey, input.withdrawalCredentials);
  state.commit();
  state.genesisValidatorsRoot = state.validators.hashTreeRoot();
  setSyncCommittees(state);
  state.commit();

  const config = createBeaconConfig(input.config, state.genesisValidatorsRoot);
  return { config, state: createCachedBeaconState(state, { config, pubkeyCache: createPubkeyCache() }) };
}

function addValidator(state: BeaconStateElectra, secretKey: SecretKey, withdrawalCredentials: Uint8Array): void {
  const validator = {
    pubkey: secretKey.toPublicKey().toBytes(),
    withdrawalCredentials,
    effectiveBalance: MIN_ACTIVATION_BALANCE,
    slashed: false,
    activationEligibilityEpoch: GENESIS_EPOCH,
    activationEpoch: GENESIS_EPOCH,
    exitEpoch: FAR_FUTURE_EPOCH,
    withdrawableEpoch: FAR_FUTURE_EPOCH,
  };
  state.validators.push(ssz.phase0.Validator.toViewDU(validator));
  state.balances.push(MIN_ACTIVATION_BALANCE);
  state.previousEpochParticipation.push(0);
  state.currentEpochParticipation.push(0);
  state.inactivityScores.push(0);
}

function setSyncCommittees(state: BeaconStateElectra): void {
  const activeIndices = getActiveValidatorIndices(state, GENESIS_EPOCH);
  const increments = getEffectiveBalanceIncrementsWithLen(state.validators.length);
  increments.fill(MIN_ACTIVATION_BALANCE / EFFECTIVE_BALANCE_INCREMENT);
  const { syncCommittee } = getNextSyncCommittee(ForkSeq.electra, state, activeIndices, increments);
  state.currentSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee);
  state.nextSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee);
}
