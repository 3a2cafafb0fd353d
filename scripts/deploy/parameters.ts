import { getAddress, isAddress, parseEther } from "ethers";
import { z } from "zod";

const SECONDS_PER_DAY = 86_400;

/** A slot that is never reached. */
const NEVER = 2n ** 64n - 1n;

/** Chains whose people expect days of 86,400 seconds: Ethereum mainnet and Hoodi. */
const REAL_DAY_CHAINS = [1, 560_048];

const address = z
  .string()
  .refine(isAddress, "not an address")
  .transform((text) => getAddress(text));

/** Parameters of one deployment: facts of the chain, then choices. The contracts check the bounds again. */
export const deployParameters = z
  .strictObject({
    depositContract: address,
    /** 4 bytes, hex: the fork version of deposit signatures. */
    genesisForkVersion: z
      .string()
      .regex(/^0x[0-9a-fA-F]{8}$/)
      .toLowerCase(),
    /** Genesis of the beacon chain, Unix seconds. */
    genesisTime: z.int().positive(),
    secondsPerSlot: z.int().positive(),
    slotsPerEpoch: z.int().positive(),
    /** Epochs, as the chain's configuration says. */
    shardCommitteePeriod: z.int().positive(),
    /** Of the preset: 8192, or 64 in the minimal one. */
    epochsPerSlashingsVector: z.int().positive().default(8192),
    minValidatorWithdrawabilityDelay: z.int().positive(),
    /** Epoch of the fork; left out while it has no date. */
    gloasForkEpoch: z.int().nonnegative().optional(),
    /** Length of all "days" in the contracts. */
    daySeconds: z.int().positive(),
    /** How long a set has to deliver requested keys; 6 hours, or ten short days on a devnet. */
    requestLifetimeSeconds: z.int().positive().optional(),
    targetBalanceEther: z.int().min(32).max(2046),
    /** Forms the sets; the deployer when left out. */
    governance: address.optional(),
    /** Staked at deployment and locked for ever. */
    seedEther: z.int().min(1).default(1),
  })
  .transform((parameters) => ({
    ...parameters,
    gloasSlot:
      parameters.gloasForkEpoch === undefined
        ? NEVER
        : BigInt(parameters.gloasForkEpoch) * BigInt(parameters.slotsPerEpoch),
    requestLifetimeSeconds:
      parameters.requestLifetimeSeconds ??
      (parameters.daySeconds === SECONDS_PER_DAY ? SECONDS_PER_DAY / 4 : 10 * parameters.daySeconds),
    targetBalanceWei: parseEther(String(parameters.targetBalanceEther)),
    seedWei: parseEther(String(parameters.seedEther)),
  }));

export type DeployParametersInput = z.input<typeof deployParameters>;
export type DeployParameters = z.output<typeof deployParameters>;

/** True unless the chain is one where a day must be a day. */
export function isDayAllowed(chainId: number, daySeconds: number): boolean {
  return daySeconds === SECONDS_PER_DAY || !REAL_DAY_CHAINS.includes(chainId);
}
