import { getAddress, isAddress, parseEther } from "ethers";
import { z } from "zod";
import { DeployError } from "./errors.ts";

const SECONDS_PER_DAY = 86_400;

/** A slot that is never reached. */
const NEVER = 2n ** 64n - 1n;

/** Ethereum mainnet and Hoodi. */
const PUBLIC_CHAINS = [1, 560_048];

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
    /** Epoch of the fork; left out while it has no date. Before setting it read docs/proofs.md, "What a fork changes". */
    gloasForkEpoch: z.int().nonnegative().optional(),
    /** Length of all "days" in the contracts. */
    daySeconds: z.int().positive(),
    /** How long a set has to deliver requested keys; 6 hours, or ten short days on a devnet. */
    requestLifetimeSeconds: z.int().positive().optional(),
    targetBalanceEther: z.int().min(32).max(2046),
    /** Who governs: the timelock of the governor, or an account, which only a private chain may have. Left out: the timelock
     * on public chains, the deployer elsewhere. */
    governance: z.union([z.literal("timelock"), address]).optional(),
    /** Who may pause; must be named on public chains, elsewhere it is the deployer when left out. */
    guardian: address.optional(),
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
type ParsedParameters = z.output<typeof deployParameters>;

/** Parameters with everyone named. */
export type DeployParameters = ParsedParameters & { governance: string; guardian: string };

/** @throws DeployError INVALID_PARAMETERS */
export function parseParameters(input: DeployParametersInput): ParsedParameters {
  const { success, data, error } = deployParameters.safeParse(input);
  if (!success) throw new DeployError({ code: "INVALID_PARAMETERS", reason: z.prettifyError(error) });
  return data;
}

/**
 * Fills in who governs and guards. On public chains a day must be a day and nobody may govern without a vote.
 *
 * @throws DeployError
 */
export function withRoles(parameters: ParsedParameters, chainId: number, deployer: string): DeployParameters {
  const { daySeconds, governance, guardian } = parameters;
  if (!PUBLIC_CHAINS.includes(chainId)) {
    return { ...parameters, governance: governance ?? deployer, guardian: guardian ?? deployer };
  }
  if (daySeconds !== SECONDS_PER_DAY) throw new DeployError({ code: "SHORT_DAY_ON_PUBLIC_CHAIN", chainId, daySeconds });
  if (governance !== undefined && governance !== "timelock") {
    throw new DeployError({ code: "INVALID_PARAMETERS", reason: "on a public chain only the timelock governs" });
  }
  if (guardian === undefined) throw new DeployError({ code: "INVALID_PARAMETERS", reason: "name the guardian" });
  return { ...parameters, governance: "timelock", guardian };
}
