import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs one of our scripts under this Node to its end; throws with what it printed when it fails. */
export async function runScript(script: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      ...script,
    ]);
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${script.slice(0, 2).join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}
