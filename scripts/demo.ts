// `npm run demo`: the whole story on a private chain, with live progress and a report.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

process.env["LODESTAR_PRESET"] = "minimal";
const { createProgress } = await import("./world/progress.ts");
const { shortcomings } = await import("./world/report.ts");
const { compileContracts, interruptible, keepLogs, parseSecondsPerSlot } = await import("./world/session.ts");
const { DEFAULT_STORY, runStory } = await import("./world/story.ts");
const { DEFAULT_WORLD, withWorld } = await import("./world/world.ts");

const USAGE = `npm run demo -- [--seconds-per-slot N] [--report FILE] [--keep-logs DIR] [--help]

Brings up a private Ethereum chain, deploys Septet, registers seven operators, stakes, makes a key among the seven nodes,
activates the validator, kills two nodes and brings them back, and redeems. Takes about thirteen minutes, most of it the chain's own
waiting. Exits 0 and writes the report when everything went as promised.

  --seconds-per-slot N  length of a slot (default 2; more for a slow machine)
  --report FILE         where the report goes (default demo-report.json)
  --keep-logs DIR       copies the logs of all processes there at the end`;

const { values } = parseArgs({
  options: {
    "seconds-per-slot": { type: "string", default: "2" },
    report: { type: "string", default: "demo-report.json" },
    "keep-logs": { type: "string" },
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
  console.log(
    "Septet demo: from a deposit to threshold-signed duties and back, about thirteen minutes. Ctrl-C ends it cleanly.\n",
  );
  await compileContracts(progress);
  const report = await withWorld(worldOptions, progress, signal, async (world) => {
    try {
      return await runStory(world, DEFAULT_STORY, progress, signal);
    } finally {
      const folder = values["keep-logs"];
      if (folder !== undefined) console.log(`\nlogs: ${await keepLogs(world, folder)}`);
    }
  });
  await writeFile(values.report, `${JSON.stringify(report, null, 2)}\n`);
  const missing = shortcomings(report);
  console.log(`\n${report.ok ? "Done" : `Not as promised: ${missing.join("; ")}`}. Report: ${values.report}`);
  process.exitCode = report.ok ? 0 : 1;
} catch (error) {
  console.error(
    `\n${signal.aborted ? "Stopped: everything is cleaned up." : error instanceof Error ? error.message : error}`,
  );
  process.exitCode = signal.aborted ? 130 : 1;
}
// Sockets of HTTP clients may linger for seconds; everything that matters has ended.
process.exit();
