import { type ChainForkConfig, createChainForkConfig } from "@lodestar/config";
import { minimalChainConfig } from "@lodestar/config/configs";
import { fromHex } from "@lodestar/utils";
import type { BeaconNodeOptions } from "./protocol.ts";

/** First four bytes of no public network; the first byte counts the forks. */
const forkVersion = (fork: number): Uint8Array => Uint8Array.of(fork, 0x73, 0x57, 0x01);

const GWEI_PER_ETH = 1_000_000_000;
/** Lets a top-up of a whole validator, or its exit, through in one epoch, where a public network would queue it. */
const ACTIVATION_EXIT_CHURN_GWEI = 512 * GWEI_PER_ETH;
/** What is left of the total is for consolidations, which a chain with so little stake would otherwise refuse. */
const TOTAL_CHURN_GWEI = 1_024 * GWEI_PER_ETH;

/**
 * The minimal configuration of the consensus specs, at Electra from genesis. Changed on purpose, beside names, versions
 * and slot time: the waiting times of exits and the churn limits, which on a public network are days.
 */
export function devnetConfig(options: BeaconNodeOptions): ChainForkConfig {
  return createChainForkConfig({
    ...minimalChainConfig,
    CONFIG_NAME: "septet-devnet",
    TERMINAL_TOTAL_DIFFICULTY: 0n,
    MIN_GENESIS_ACTIVE_VALIDATOR_COUNT: options.interopValidators,
    MIN_GENESIS_TIME: 0,
    GENESIS_DELAY: 0,
    GENESIS_FORK_VERSION: forkVersion(0),
    ALTAIR_FORK_VERSION: forkVersion(1),
    ALTAIR_FORK_EPOCH: 0,
    BELLATRIX_FORK_VERSION: forkVersion(2),
    BELLATRIX_FORK_EPOCH: 0,
    CAPELLA_FORK_VERSION: forkVersion(3),
    CAPELLA_FORK_EPOCH: 0,
    DENEB_FORK_VERSION: forkVersion(4),
    DENEB_FORK_EPOCH: 0,
    ELECTRA_FORK_VERSION: forkVersion(5),
    ELECTRA_FORK_EPOCH: 0,
    FULU_FORK_VERSION: forkVersion(6),
    GLOAS_FORK_VERSION: forkVersion(7),
    HEZE_FORK_VERSION: forkVersion(8),
    SECONDS_PER_SLOT: options.secondsPerSlot,
    SLOT_DURATION_MS: options.secondsPerSlot * 1000,
    SHARD_COMMITTEE_PERIOD: 4,
    MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 4,
    MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: TOTAL_CHURN_GWEI,
    MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT: ACTIVATION_EXIT_CHURN_GWEI,
    DEPOSIT_CHAIN_ID: options.chainId,
    DEPOSIT_NETWORK_ID: options.chainId,
    DEPOSIT_CONTRACT_ADDRESS: fromHex(options.depositContract),
  });
}
