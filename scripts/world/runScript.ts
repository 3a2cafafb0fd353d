import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs one of our scripts under this Node to its end; throws with what it printed when it fails. `signal` ends it. */
export async function runScript(script: string[], signal: AbortSignal): Promise<void> {
  const args = ["--disable-warning=ExperimentalWarning", ...script];
  try {
    await promisify(execFile)(process.execPath, args, { signal });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${script.slice(0, 2).join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}
