import "../support/preset.ts";
import { createHash } from "node:crypto";
import type { SecretKey } from "@chainsafe/blst";
import { BitArray } from "@chainsafe/ssz";
import { type BeaconConfig, createBeaconConfig, createChainForkConfig } from "@lodestar/config";
import { minimalChainConfig } from "@lodestar/config/configs";
import {
  DOMAIN_DEPOSIT,
  EFFECTIVE_BALANCE_INCREMENT,
  FAR_FUTURE_EPOCH,
  ForkSeq,
  MAX_EFFECTIVE_BALANCE_ELECTRA,
  MIN_ACTIVATION_BALANCE,
  SLOTS_PER_EPOCH,
  SYNC_COMMITTEE_SIZE,
  UNSET_DEPOSIT_REQUESTS_START_INDEX,
} from "@lodestar/params";
import {
  type BeaconStateElectra,
  type CachedBeaconStateElectra,
  computeDomain,
  computeEpochAtSlot,
  computeSigningRoot,
  computeStartSlotAtEpoch,
  createCachedBeaconState,
  createPubkeyCache,
  DataAvailabilityStatus,
  ExecutionPayloadStatus,
  getActiveValidatorIndices,
  getBlockRootAtSlot,
  getEffectiveBalanceIncrementsWithLen,
  getExpectedWithdrawals,
  getGenesisBeaconState,
  getNextSyncCommittee,
  getRandaoMix,
  getTemporaryBlockHeader,
  processSlots,
  stateTransition,
} from "@lodestar/state-transition";
import { type electra, type phase0, ssz } from "@lodestar/types";

export interface GenesisValidator {
  /** 48 bytes; a valid key, whoever holds its secret. */
  pubkey: Uint8Array;
  /** 32 bytes. */
  withdrawalCredentials: Uint8Array;
  balanceGwei: number;
}

export interface RealChainOptions {
  /** Unix seconds. */
  genesisTime: number;
  secondsPerSlot: number;
  /** In the order of their indices; all are active from genesis. */
  validators: GenesisValidator[];
  /** Epochs at which the later layouts start; never by default. */
  gloasForkEpoch?: number;
}

/** What the execution layer hands over with the next block. */
interface Requests {
  deposits: electra.DepositRequest[];
  withdrawals: electra.WithdrawalRequest[];
  consolidations: electra.ConsolidationRequest[];
}

export interface PaidWithdrawal {
  slot: number;
  validatorIndex: number;
  /** 20 bytes. */
  address: Uint8Array;
  amountGwei: bigint;
}

/** A state, the block that led to it, and the form in which `openState` takes both. */
export interface StateSnapshot {
  fork: "electra" | "fulu" | "gloas";
  state: Uint8Array;
  header: phase0.BeaconBlockHeader;
  blockRoot: Uint8Array;
}

const NO_SIGNATURE = new Uint8Array(96);
const INFINITY_SIGNATURE = new Uint8Array(96).fill(0xc0, 0, 1);

/**
 * A beacon chain that runs the real state transition, Electra of the minimal preset: real blocks with full attestations,
 * finality, rewards, queues, sweeps and penalties. Waiting times of exits are those of the devnet. Left out: signatures of
 * blocks, attestations and slashings are neither made nor verified (those of deposits are), and there is no execution
 * client: payloads are empty blocks with invented hashes, and requests are put into the block as the contracts of
 * EIP-6110, 7002 and 7251 would hand them over.
 */
export class RealChain {
  readonly config: BeaconConfig;
  readonly withdrawals: PaidWithdrawal[] = [];
  readonly #options: RealChainOptions;
  #state: CachedBeaconStateElectra;
  #requests: Requests = { deposits: [], withdrawals: [], consolidations: [] };
  #slashings: phase0.ProposerSlashing[] = [];
  #depositCount = 0n;

  constructor(options: RealChainOptions) {
    this.#options = options;
    const genesis = genesisState(options);
    this.config = genesis.config;
    this.#state = genesis.state;
  }

  /** The post-state of the last block. To be read, not changed. */
  get state(): CachedBeaconStateElectra {
    return this.#state;
  }

  get slot(): number {
    return this.#state.slot;
  }

  get epoch(): number {
    return computeEpochAtSlot(this.#state.slot);
  }

  get finalizedEpoch(): number {
    return this.#state.finalizedCheckpoint.epoch;
  }

  /** A deposit in the next block. A new key needs a signature (see `signDeposit`), a top-up none. */
  deposit(
    pubkey: Uint8Array,
    withdrawalCredentials: Uint8Array,
    amountGwei: number,
    signature: Uint8Array = NO_SIGNATURE,
  ): void {
    const index = this.#depositCount++;
    this.#requests.deposits.push({ pubkey, withdrawalCredentials, amount: amountGwei, signature, index });
  }

  signDeposit(secretKey: SecretKey, withdrawalCredentials: Uint8Array, amountGwei: number): Uint8Array {
    const pubkey = secretKey.toPublicKey().toBytes();
    const domain = computeDomain(DOMAIN_DEPOSIT, this.config.GENESIS_FORK_VERSION, new Uint8Array(32));
    const message = { pubkey, withdrawalCredentials, amount: amountGwei };
    return secretKey.sign(computeSigningRoot(ssz.phase0.DepositMessage, message, domain)).toBytes();
  }

  /** EIP-7002 in the next block, from the address in the validator's credentials; amount 0 is a full exit. */
  requestWithdrawal(validatorIndex: number, amountGwei: bigint): void {
    const { pubkey: validatorPubkey, sourceAddress } = this.#identity(validatorIndex);
    this.#requests.withdrawals.push({ sourceAddress, validatorPubkey, amount: amountGwei });
  }

  /** EIP-7251 in the next block; a validator into itself switches to compounding. */
  requestConsolidation(sourceIndex: number, targetIndex: number): void {
    const { pubkey: sourcePubkey, sourceAddress } = this.#identity(sourceIndex);
    const { pubkey: targetPubkey } = this.#identity(targetIndex);
    this.#requests.consolidations.push({ sourceAddress, sourcePubkey, targetPubkey });
  }

  /** The next block carries two headers of this proposer for one slot. */
  slash(validatorIndex: number): void {
    const message = { ...ssz.phase0.BeaconBlockHeaderBigint.defaultValue(), proposerIndex: validatorIndex };
    const other = { ...message, bodyRoot: new Uint8Array(32).fill(1) };
    this.#slashings.push({
      signedHeader1: { message, signature: NO_SIGNATURE },
      signedHeader2: { message: other, signature: NO_SIGNATURE },
    });
  }

  runBlocks(count: number): void {
    for (let i = 0; i < count; i++) this.#addBlock();
  }

  /** Until the first block of `epoch` has been added. */
  runToEpoch(epoch: number): void {
    this.runBlocks(Math.max(0, computeStartSlotAtEpoch(epoch) - this.slot));
  }

  snapshot(): StateSnapshot {
    const { slot, proposerIndex, parentRoot, bodyRoot } = this.#state.latestBlockHeader;
    const header = { slot, proposerIndex, parentRoot, bodyRoot, stateRoot: this.#state.hashTreeRoot() };
    return snapshotOf("electra", this.#state.serialize(), header);
  }

  /**
   * The state that the chain has at the first slot of `gloasForkEpoch` when no more blocks come, upgraded by the real
   * transition through Fulu. No block has this very state, so the header around it is invented.
   */
  emptySlotsToGloas(): StateSnapshot {
    const { gloasForkEpoch } = this.#options;
    if (gloasForkEpoch === undefined) throw new Error("the chain has no Gloas fork");
    const state = processSlots(this.#state.clone(true), computeStartSlotAtEpoch(gloasForkEpoch));
    const { parentRoot } = this.#state.latestBlockHeader;
    const header = {
      slot: state.slot,
      proposerIndex: 5,
      parentRoot,
      bodyRoot: parentRoot,
      stateRoot: state.hashTreeRoot(),
    };
    return snapshotOf("gloas", state.serialize(), header);
  }

  #addBlock(): void {
    const slot = this.slot + 1;
    const before = processSlots(this.#state.clone(true), slot) as CachedBeaconStateElectra;
    const message = {
      slot,
      proposerIndex: before.epochCtx.getBeaconProposer(slot),
      parentRoot: getBlockRootAtSlot(before, slot - 1),
      stateRoot: new Uint8Array(32),
      body: this.#body(before),
    };
    for (const { validatorIndex, address, amount } of message.body.executionPayload.withdrawals) {
      this.withdrawals.push({ slot, validatorIndex, address, amountGwei: amount });
    }
    this.#requests = { deposits: [], withdrawals: [], consolidations: [] };
    this.#slashings = [];
    this.#state = stateTransition(before, { message, signature: NO_SIGNATURE }, OPTIONS) as CachedBeaconStateElectra;
  }

  #body(state: CachedBeaconStateElectra): electra.BeaconBlockBody {
    return {
      ...ssz.electra.BeaconBlockBody.defaultValue(),
      eth1Data: state.eth1Data.toValue(),
      proposerSlashings: this.#slashings,
      attestations: [attestationOfAll(state, state.slot - 1)],
      syncAggregate: {
        syncCommitteeBits: BitArray.fromBoolArray(Array.from({ length: SYNC_COMMITTEE_SIZE }, () => true)),
        syncCommitteeSignature: INFINITY_SIGNATURE,
      },
      executionPayload: {
        ...ssz.electra.ExecutionPayload.defaultValue(),
        parentHash: state.latestExecutionPayloadHeader.blockHash,
        prevRandao: getRandaoMix(state, computeEpochAtSlot(state.slot)),
        timestamp: this.#options.genesisTime + state.slot * this.#options.secondsPerSlot,
        blockNumber: state.slot,
        blockHash: createHash("sha256").update(`execution block ${state.slot}`).digest(),
        withdrawals: getExpectedWithdrawals(ForkSeq.electra, state).expectedWithdrawals,
      },
      executionRequests: this.#requests,
    };
  }

  #identity(validatorIndex: number) {
    const { pubkey, withdrawalCredentials } = this.#state.validators.getReadonly(validatorIndex);
    return { pubkey, sourceAddress: withdrawalCredentials.subarray(12) };
  }
}

const OPTIONS = {
  executionPayloadStatus: ExecutionPayloadStatus.valid,
  dataAvailabilityStatus: DataAvailabilityStatus.Available,
  verifyStateRoot: false,
  verifyProposer: false,
  verifySignatures: false,
};

/** All committees of a slot vote for the block in it. */
function attestationOfAll(state: CachedBeaconStateElectra, slot: number): electra.Attestation {
  const epoch = computeEpochAtSlot(slot);
  const committees = state.epochCtx.getCommitteeCountPerSlot(epoch);
  let members = 0;
  for (let index = 0; index < committees; index++) members += state.epochCtx.getBeaconCommittee(slot, index).length;
  const isCurrent = epoch === computeEpochAtSlot(state.slot);
  const source = isCurrent ? state.currentJustifiedCheckpoint : state.previousJustifiedCheckpoint;
  const root = getBlockRootAtSlot(state, computeStartSlotAtEpoch(epoch));
  const committeeBits = ssz.electra.CommitteeBits.defaultValue();
  for (let index = 0; index < committees; index++) committeeBits.set(index, true);
  return {
    aggregationBits: BitArray.fromBoolArray(Array.from({ length: members }, () => true)),
    data: {
      slot,
      index: 0,
      beaconBlockRoot: getBlockRootAtSlot(state, slot),
      source: source.toValue(),
      target: { epoch, root },
    },
    signature: NO_SIGNATURE,
    committeeBits,
  };
}

function snapshotOf(fork: StateSnapshot["fork"], state: Uint8Array, header: phase0.BeaconBlockHeader): StateSnapshot {
  return { fork, state, header, blockRoot: ssz.phase0.BeaconBlockHeader.hashTreeRoot(header) };
}

function genesisState({ genesisTime, secondsPerSlot, validators, gloasForkEpoch }: RealChainOptions) {
  const forks = createChainForkConfig({
    ...minimalChainConfig,
    ...{ SECONDS_PER_SLOT: secondsPerSlot, SLOT_DURATION_MS: secondsPerSlot * 1000, TERMINAL_TOTAL_DIFFICULTY: 0n },
    ...{ SHARD_COMMITTEE_PERIOD: 4, MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 4 },
    ...{
      ALTAIR_FORK_EPOCH: 0,
      BELLATRIX_FORK_EPOCH: 0,
      CAPELLA_FORK_EPOCH: 0,
      DENEB_FORK_EPOCH: 0,
      ELECTRA_FORK_EPOCH: 0,
    },
    FULU_FORK_EPOCH: gloasForkEpoch === undefined ? Number.POSITIVE_INFINITY : gloasForkEpoch - 1,
    GLOAS_FORK_EPOCH: gloasForkEpoch ?? Number.POSITIVE_INFINITY,
  });
  const header = getTemporaryBlockHeader(forks, ssz.electra.BeaconBlock.defaultValue());
  const eth1Data = { ...ssz.phase0.Eth1Data.defaultValue(), blockHash: new Uint8Array(32).fill(1) };
  const state = getGenesisBeaconState(forks, eth1Data, header) as BeaconStateElectra;
  state.genesisTime = genesisTime;
  state.depositRequestsStartIndex = UNSET_DEPOSIT_REQUESTS_START_INDEX;
  state.latestExecutionPayloadHeader = ssz.electra.ExecutionPayloadHeader.toViewDU({
    ...ssz.electra.ExecutionPayloadHeader.defaultValue(),
    blockHash: new Uint8Array(32).fill(1),
  });
  for (const validator of validators) addValidator(state, validator);
  state.commit();
  state.genesisValidatorsRoot = state.validators.hashTreeRoot();
  setSyncCommittees(state);
  state.commit();
  const config = createBeaconConfig(forks, state.genesisValidatorsRoot);
  return { config, state: createCachedBeaconState(state, { config, pubkeyCache: createPubkeyCache() }) };
}

function addValidator(
  state: BeaconStateElectra,
  { pubkey, withdrawalCredentials, balanceGwei }: GenesisValidator,
): void {
  const limit = withdrawalCredentials[0] === 2 ? MAX_EFFECTIVE_BALANCE_ELECTRA : MIN_ACTIVATION_BALANCE;
  const whole = balanceGwei - (balanceGwei % EFFECTIVE_BALANCE_INCREMENT);
  const validator = {
    ...{ pubkey, withdrawalCredentials, effectiveBalance: Math.min(whole, limit), slashed: false },
    ...{ activationEligibilityEpoch: 0, activationEpoch: 0 },
    ...{ exitEpoch: FAR_FUTURE_EPOCH, withdrawableEpoch: FAR_FUTURE_EPOCH },
  };
  state.validators.push(ssz.phase0.Validator.toViewDU(validator));
  state.balances.push(balanceGwei);
  state.previousEpochParticipation.push(0);
  state.currentEpochParticipation.push(0);
  state.inactivityScores.push(0);
}

function setSyncCommittees(state: BeaconStateElectra): void {
  const increments = getEffectiveBalanceIncrementsWithLen(state.validators.length);
  for (let index = 0; index < state.validators.length; index++) {
    increments[index] = state.validators.getReadonly(index).effectiveBalance / EFFECTIVE_BALANCE_INCREMENT;
  }
  const active = getActiveValidatorIndices(state, 0);
  const { syncCommittee } = getNextSyncCommittee(ForkSeq.electra, state, active, increments);
  state.currentSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee);
  state.nextSyncCommittee = ssz.altair.SyncCommittee.toViewDU(syncCommittee);
}

/** First slot of an epoch. */
export function firstSlotOf(epoch: number): number {
  return epoch * SLOTS_PER_EPOCH;
}
