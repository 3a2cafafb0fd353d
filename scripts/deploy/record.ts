import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CONTRACT_NAMES, readJson } from "../../services/chain/deployment.ts";
import { DeployError } from "./errors.ts";

/** What a deployment that was interrupted needs to go on. Written before each transaction leaves. */
const journalSchema = z.strictObject({
  chainId: z.int().positive(),
  deployer: z.string(),
  firstNonce: z.int().nonnegative(),
  /** The parameters in one line, to notice when a resumed deployment was given others. */
  parameters: z.string(),
  transactions: z.partialRecord(z.enum(CONTRACT_NAMES), z.string()),
});

export type Journal = z.infer<typeof journalSchema>;

const journalFile = (folder: string) => path.join(folder, "unfinished.json");

/** The journal in the folder, or a new one. @throws DeployError when the folder belongs to another deployment. */
export async function openJournal(folder: string, fresh: Omit<Journal, "transactions">): Promise<Journal> {
  if (!(await exists(journalFile(folder)))) {
    const journal = { ...fresh, transactions: {} };
    await writeJournal(folder, journal);
    return journal;
  }
  const journal = await readJson(journalFile(folder), journalSchema);
  for (const field of ["chainId", "deployer", "parameters"] as const) {
    requireSame(folder, field, String(journal[field]), String(fresh[field]));
  }
  return journal;
}

export async function writeJournal(folder: string, journal: Journal): Promise<void> {
  await writeJson(journalFile(folder), journal);
}

export async function removeJournal(folder: string): Promise<void> {
  await rm(journalFile(folder), { force: true });
}

export function requireSame(folder: string, field: string, recorded: string, actual: string): void {
  if (recorded === actual) return;
  throw new DeployError({ code: "OTHER_DEPLOYMENT_IN_FOLDER", folder, field, recorded, actual });
}

/** Writes a file that is there in full or not at all. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const text = JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each), 2);
  await writeFile(`${file}.new`, `${text}\n`);
  await rename(`${file}.new`, file);
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
