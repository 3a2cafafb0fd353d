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
  Bookkeeping: "pool",
  RedemptionFills: "pool",
  RedemptionClaims: "pool",
  StakingPool: "pool",
  OperatorRegistry: "operators",
  SeatHandovers: "operators",
  SetChanges: "operators",
  FeeDistributor: "operators",
  ValidatorExits: "validators",
  BalanceReport: "accounting",
  Slashings: "accounting",
  FaultCourt: "accountability",
  Guardian: "governance",
  Timelock: "governance",
  VoteToken: "governance",
  SeptetGovernor: "governance",
  KeyCeremonies: "validators",
  ValidatorEndings: "validators",
  OperatorSets: "operators",
  ValidatorManager: "validators",
};

/** Bytes of the code that the compiler left open. */
interface Gap {
  start: number;
  length: number;
}

type LinkReferences = Record<string, Record<string, Gap[]>>;

export interface Artifact {
  abi: JsonFragment[];
  /** Creation code, 0x hex, with gaps where libraries go. */
  bytecode: string;
  linkReferences: LinkReferences;
  /** Code on the chain, 0x hex, with zeros where immutables go. */
  deployedBytecode: string;
  deployedLinkReferences: LinkReferences;
  /** By the compiler's number of the variable. */
  immutableReferences: Record<string, Gap[]>;
}

const read = new Map<ContractName, Promise<Artifact>>();

/** What `npm run build` made, read once. @throws DeployError */
export function readArtifact(name: ContractName): Promise<Artifact> {
  const artifact = read.get(name) ?? readFresh(name);
  read.set(name, artifact);
  return artifact;
}

async function readFresh(name: ContractName): Promise<Artifact> {
  const url = new URL(`../../artifacts/contracts/${SOURCES[name]}/${name}.sol/${name}.json`, import.meta.url);
  try {
    return JSON.parse(await readFile(url, "utf8")) as Artifact;
  } catch (cause) {
    const file = fileURLToPath(url);
    throw new DeployError({ code: "MISSING_ARTIFACT", contract: name, file }, { cause });
  }
}

/** Code with the addresses of libraries filled in. */
export function linkBytecode(
  bytecode: string,
  linkReferences: LinkReferences,
  libraries: Partial<Record<string, string>>,
): string {
  let code = bytecode;
  for (const references of Object.values(linkReferences)) {
    for (const [library, gaps] of Object.entries(references)) {
      const address = libraries[library];
      if (address === undefined) throw new Error(`no address for library ${library}`);
      for (const gap of gaps) code = fill(code, gap, address.slice(2).toLowerCase());
    }
  }
  return code;
}

/** Code without the values of its immutables: what must be equal in every deployment of one contract. */
export function withoutImmutables(code: string, { immutableReferences }: Artifact): string {
  let masked = code;
  for (const gap of Object.values(immutableReferences).flat()) masked = fill(masked, gap, "00".repeat(gap.length));
  return masked;
}

function fill(code: string, { start, length }: Gap, hex: string): string {
  const at = 2 + 2 * start;
  return code.slice(0, at) + hex + code.slice(at + 2 * length);
}
