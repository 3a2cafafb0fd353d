// `npm start`: the same world as the demo's, left running for a person to stake in.
import { once } from "node:events";
import { parseArgs } from "node:util";

process.env["LODESTAR_PRESET"] = "minimal";
const { createProgress } = await import("./world/progress.ts");
const { compileContracts, interruptible, parseSecondsPerSlot } = await import("./world/session.ts");
const { DEFAULT_STORY, stakeAll } = await import("./world/story.ts");
const { summary } = await import("./world/summary.ts");
const { DEFAULT_WORLD, withWorld } = await import("./world/world.ts");

const USAGE = `npm start -- [--seconds-per-slot N] [--no-stake] [--help]

Brings up a private Ethereum chain with Septet on it, stakes for a first validator, prints addresses, endpoints and how
to stake, and runs until Ctrl-C, which leaves no process and no temporary data behind.

  --seconds-per-slot N  length of a slot (default 2; more for a slow machine)
  --no-stake            leaves the pool empty: the first stake is yours`;

const { values } = parseArgs({
  options: {
    "seconds-per-slot": { type: "string", default: "2" },
    "no-stake": { type: "boolean", default: false },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const signal = interruptible();
const progress = createProgress(process.stdout);
try {
  const worldOptions = { ...DEFAULT_WORLD, secondsPerSlot: parseSecondsPerSlot(values["seconds-per-slot"]) };
  await compileContracts(progress);
  await withWorld(worldOptions, progress, signal, async (world) => {
    if (!values["no-stake"]) await progress.phase("first stakes", () => stakeAll(world, DEFAULT_STORY, progress));
    console.log(summary(world));
    if (!signal.aborted) await once(signal, "abort");
  });
} catch (error) {
  const failure = error instanceof Error ? error.message : error;
  console.error(`\n${signal.aborted ? "Stopped: no process and no temporary data is left." : failure}`);
  process.exitCode = signal.aborted ? 0 : 1;
}
// Sockets of HTTP clients may linger for seconds; everything that matters has ended.
process.exit();
