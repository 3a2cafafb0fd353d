import { readFile } from "node:fs/promises";
import type { World } from "./world.ts";

/** Fails with the end of its log when a process ended that nobody told to. */
export async function checkAlive(world: World): Promise<void> {
  for (const daemon of [world.coordinator, ...world.operators.map((operator) => operator.daemon)]) {
    if (!daemon.crashed) continue;
    const log = await readFile(daemon.logFile, "utf8");
    throw new Error(`${daemon.name} ended unexpectedly; the end of its log:\n${log.slice(-4_000)}`);
  }
}
