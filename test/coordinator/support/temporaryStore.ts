import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { openDatabase } from "../../../services/coordinator/store/database.ts";

export const DEPLOYMENT = { chainId: 31337n, contract: "0x00000000000000000000000000000000000000aa" };

/** A folder that is deleted when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "septet-coordinator-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryDatabase() {
  return openDatabase(temporaryFolder(), DEPLOYMENT);
}
