// What `demo`, `start` and the system tests share: interruption, compiled contracts, and logs that outlive the world.
import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "../testing/runCommand.ts";
import type { Progress } from "./progress.ts";
import type { World } from "./world.ts";

/** Aborts at the first Ctrl-C or SIGTERM, so that everything can be cleaned up; a second one ends the process at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\n${signal}: stopping every process and removing temporary data (again to end at once)\n`);
    controller.abort(new Error("interrupted"));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  return controller.signal;
}

/** Compiles what is not compiled yet: the deployment needs the artifacts. */
export async function compileContracts(progress: Progress): Promise<void> {
  await progress.phase("contracts compiled", async () => {
    progress.awaiting("the Solidity compiler", 30);
    const { ok, output } = await runCommand("hardhat", ["build"], { quiet: true });
    if (!ok) throw new Error(`the contracts do not compile:\n${output}`);
  });
}

/** Copies the logs of all processes out of the world's temporary folder; returns where they are. */
export async function keepLogs(world: World, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await cp(path.join(world.dir, "logs"), folder, { recursive: true });
  return path.resolve(folder);
}

/** Reads a slot length from the command line. */
export function parseSecondsPerSlot(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 12) {
    throw new RangeError(`--seconds-per-slot takes a whole number from 1 to 12, not "${text}"`);
  }
  return seconds;
}
