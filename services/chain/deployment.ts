import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { getAddress, isAddress, type JsonFragment } from "ethers";
import { z } from "zod";
import { DeploymentError } from "./errors.ts";

/** In the order of their deployment. */
export const CONTRACT_NAMES = [
  "BLS12381",
  "Parameters",
  "BeaconVerifier",
  "VerifierReplacement",
  "WithdrawalVault",
  "Bookkeeping",
  "RedemptionFills",
  "RedemptionClaims",
  "StakingPool",
  "OperatorRegistry",
  "SeatHandovers",
  "SetChanges",
  "FeeDistributor",
  "ValidatorExits",
  "BalanceReport",
  "Slashings",
  "FaultCourt",
  "Guardian",
  "Timelock",
  "VoteToken",
  "KeyCeremonies",
  "ValidatorEndings",
  "OperatorSets",
  "ValidatorManager",
  "SeptetGovernor",
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

const MAX_FILE_BYTES = 1_000_000;

const address = z
  .string()
  .refine(isAddress, "not an address")
  .transform((text) => getAddress(text));
const transactionHash = z.string().regex(/^0x[0-9a-f]{64}$/);

/** `deployment.json`: the summary of one deployment. */
export const deploymentSummary = z.strictObject({
  chainId: z.int().positive(),
  /** Block of the first contract: where the reading of logs starts. */
  deployedAtBlock: z.int().nonnegative(),
  /** Length of the contracts' DAY in seconds. */
  day: z.int().positive(),
  governance: address,
  depositContract: address,
  genesisForkVersion: z.string().regex(/^0x[0-9a-f]{8}$/),
  contracts: z.record(z.enum(CONTRACT_NAMES), address),
});

/** `<Contract>.json`: one contract of it. */
export const contractRecord = z.strictObject({
  address,
  abi: z.array(z.custom<JsonFragment>((value) => typeof value === "object" && value !== null && "type" in value)),
  constructorArguments: z.array(z.unknown()),
  transactionHash,
});

export type DeploymentSummary = z.infer<typeof deploymentSummary>;
export type ContractRecord = z.infer<typeof contractRecord>;

/** A deployment with what is needed to call it. */
export interface Deployment extends DeploymentSummary {
  abis: Record<ContractName, JsonFragment[]>;
}

/**
 * Reads and validates the record that `scripts/deploy.ts` wrote.
 *
 * @throws DeploymentError
 */
export async function readDeployment(folder: string): Promise<Deployment> {
  const summary = await readJson(path.join(folder, "deployment.json"), deploymentSummary);
  const abis: Partial<Record<ContractName, JsonFragment[]>> = {};
  for (const name of CONTRACT_NAMES) {
    const file = path.join(folder, `${name}.json`);
    const record = await readJson(file, contractRecord);
    const expected = summary.contracts[name];
    if (record.address !== expected) {
      throw new DeploymentError({ code: "ADDRESS_MISMATCH", file, expected, actual: record.address });
    }
    abis[name] = record.abi;
  }
  return { ...summary, abis: abis as Deployment["abis"] };
}

/**
 * Reads one JSON file against a schema.
 *
 * @throws DeploymentError
 */
export async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  const bytes = await stat(file).then(
    ({ size }) => size,
    (cause) => {
      throw new DeploymentError({ code: "MISSING_FILE", file }, { cause });
    },
  );
  if (bytes > MAX_FILE_BYTES) throw new DeploymentError({ code: "FILE_TOO_LARGE", file, bytes });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new DeploymentError({ code: "INVALID_FILE", file, reason: "not JSON" }, { cause });
  }
  const { success, data, error } = schema.safeParse(json);
  if (!success) throw new DeploymentError({ code: "INVALID_FILE", file, reason: z.prettifyError(error) });
  return data;
}
