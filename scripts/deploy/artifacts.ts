import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { JsonFragment } from "ethers";
import type { ContractName } from "../../services/chain/deployment.ts";
import { DeployError } from "./errors.ts";

const SOURCES: Record<ContractName, string> = {
  BLS12381: "libraries",
  Parameters: "governance",
  BeaconVerifier: "accounting",
  VerifierReplacement: "governance",
  WithdrawalVault: "pool",
  RedemptionFills: "pool",
  RedemptionClaims: "pool",
  StakingPool: "pool",
  OperatorRegistry: "operators",
  OperatorSets: "operators",
  SetChanges: "operators",
  FeeDistributor: "operators",
  ValidatorExits: "validators",
  BalanceReport: "accounting",
  Slashings: "accounting",
  FaultCourt: "accountability",
  Guardian: "governance",
  ValidatorManager: "validators",
};

interface LinkReference {
  start: number;
  length: number;
}

export interface Artifact {
  abi: JsonFragment[];
  /** Creation code, 0x hex, with gaps where libraries go. */
  bytecode: string;
  linkReferences: Record<string, Record<string, LinkReference[]>>;
}

/** Reads what `npm run build` made. @throws DeployError */
export async function readArtifact(name: ContractName): Promise<Artifact> {
  const url = new URL(`../../artifacts/contracts/${SOURCES[name]}/${name}.sol/${name}.json`, import.meta.url);
  try {
    return JSON.parse(await readFile(url, "utf8")) as Artifact;
  } catch (cause) {
    const file = fileURLToPath(url);
    throw new DeployError({ code: "MISSING_ARTIFACT", contract: name, file }, { cause });
  }
}

/** Libraries that are linked into the code. */
export function linkedLibraries(artifact: Artifact): string[] {
  return Object.values(artifact.linkReferences).flatMap((references) => Object.keys(references));
}

/** Creation code with the addresses of libraries filled in. */
export function linkBytecode(artifact: Artifact, libraries: Partial<Record<string, { address: string }>>): string {
  let code = artifact.bytecode;
  for (const references of Object.values(artifact.linkReferences)) {
    for (const [library, places] of Object.entries(references)) {
      const address = libraries[library]?.address;
      if (address === undefined) throw new Error(`no address for library ${library}`);
      for (const { start, length } of places) {
        const at = 2 + 2 * start;
        code = code.slice(0, at) + address.slice(2).toLowerCase() + code.slice(at + 2 * length);
      }
    }
  }
  return code;
}
