// `npm run lint`: every style check of the project; exits 1 when one of them complains.
import { spawnSync } from "node:child_process";
import { LINT_STEPS } from "./testing/lintSteps.ts";

let failed = false;
for (const step of LINT_STEPS) {
  const { status } = spawnSync(step.command, step.args, { stdio: "inherit" });
  console.log(`${status === 0 ? "✔" : "✖"} ${step.name}`);
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
