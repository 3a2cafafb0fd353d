// `npm test`: style checks, compiler, types, contract tests, service tests and whole-system runs, in that order. It goes on
// after a failure so that one run shows everything, and ends with one line of totals.
import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import { hardhatTally } from "./testing/hardhatTally.ts";
import { LINT_STEPS, type Step } from "./testing/lintSteps.ts";
import { runCommand } from "./testing/runCommand.ts";
import { runNodeTests } from "./testing/runNodeTests.ts";
import { sum, type Tally } from "./testing/tally.ts";

const USAGE = `npm test -- [--only PART] [--help]
Parts: style, build, contracts, services, system. Without --only all of them run (about 25 minutes on two cores, most of
it the system part, which runs real chains and processes).`;

const { values } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean" } } });
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

async function check(step: Step): Promise<Tally> {
  const { ok } = await runCommand(step.command, step.args);
  console.log(`${ok ? "✔" : "✖"} ${step.name}`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function checkAll(steps: Step[]): Promise<Tally> {
  const tallies: Tally[] = [];
  for (const step of steps) tallies.push(await check(step));
  return sum(tallies);
}

const parts: Record<string, () => Promise<Tally>> = {
  build: () =>
    checkAll([
      { name: "contracts compile without a warning (hardhat)", command: "hardhat", args: ["build"] },
      { name: "types (tsc)", command: "tsc", args: ["-p", "."] },
    ]),
  style: () => checkAll(LINT_STEPS),
  contracts: async () => hardhatTally(await runCommand("hardhat", ["test"])),
  services: () => runNodeTests(globSync("test/!(contracts|devnet|system|support)/**/*.test.ts"), 2),
  // One at a time: each of these runs a chain in real time, and two at once would starve each other of the CPU.
  system: () => runNodeTests(globSync("test/{devnet,system}/*.test.ts"), 1),
};

const chosen = values.only === undefined ? Object.keys(parts) : [values.only];
const tallies: Tally[] = [];
for (const name of chosen) {
  const part = parts[name];
  if (part === undefined) {
    console.error(`There is no part "${name}".\n${USAGE}`);
    process.exit(2);
  }
  console.log(`\n── ${name}`);
  tallies.push(await part());
}
const total = sum(tallies);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
