// `npm run coverage`: the contract tests on instrumented contracts, in a copy of the tree, because conditions are wrapped
// there so that branches count too. Exits 1 below the limits.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Branch, markBranches, type SyntaxNode } from "./coverage/branchMarks.ts";
import { linesOfLcov } from "./coverage/lcov.ts";

const MIN_LINES_PERCENT = 98;
const MIN_BRANCHES_PERCENT = 95;
const BUILD_INFO = "artifacts/build-info";
const MARKS_SUFFIX = ".marks.sol";

const USAGE = `npm run coverage -- [--keep] [--help]
Runs the contract tests on instrumented contracts (about 25 minutes on two cores) and prints the uncovered lines and
branches. Tests of gas and of sizes are left out: the instruments use both. --keep leaves the copy of the tree.`;

function run(command: string, args: string[], cwd: string): number {
  return spawnSync(command, args, { cwd, stdio: "inherit" }).status ?? 1;
}

/** Syntax trees of our contracts, by their path from the root, from the newest build. */
function syntaxTrees(): Map<string, SyntaxNode> {
  const trees = new Map<string, SyntaxNode>();
  for (const name of readdirSync(BUILD_INFO).filter((file) => file.endsWith(".output.json"))) {
    const { output } = JSON.parse(readFileSync(path.join(BUILD_INFO, name), "utf8")) as {
      output: { sources?: Record<string, { ast: SyntaxNode }> };
    };
    for (const [source, { ast }] of Object.entries(output.sources ?? {})) {
      if (source.startsWith("project/contracts/")) trees.set(source.slice("project/".length), ast);
    }
  }
  return trees;
}

/** A copy of what is here, less what is made. */
function copyTree(to: string): void {
  const made = new Set([".git", "node_modules", "artifacts", "cache", "types", "coverage"]);
  cpSync(".", to, { recursive: true, filter: (source) => !made.has(source) });
  symlinkSync(path.resolve("node_modules"), path.join(to, "node_modules"));
}

function markTree(root: string): Map<string, readonly Branch[]> {
  const branches = new Map<string, readonly Branch[]>();
  for (const [file, ast] of syntaxTrees()) {
    const marksFile = `${file.replace(/\.sol$/, "")}${MARKS_SUFFIX}`;
    const marked = markBranches(readFileSync(file, "utf8"), ast, `./${path.basename(marksFile)}`);
    if (marked === undefined) continue;
    writeFileSync(path.join(root, file), marked.source);
    writeFileSync(path.join(root, marksFile), marked.marks);
    branches.set(file, marked.branches);
  }
  return branches;
}

function report(root: string, branches: Map<string, readonly Branch[]>): boolean {
  const files = linesOfLcov(readFileSync(path.join(root, "coverage/lcov.info"), "utf8"));
  const lines = { covered: 0, all: 0 };
  const ways = { covered: 0, all: 0 };
  for (const [file, hits] of [...files].sort(([a], [b]) => a.localeCompare(b))) {
    if (file.endsWith(MARKS_SUFFIX)) continue;
    const marks = files.get(`${file.replace(/\.sol$/, "")}${MARKS_SUFFIX}`);
    const decided = branches.get(file) ?? [];
    const uncoveredLines = [...hits].filter(([, count]) => count === 0).map(([line]) => line);
    const uncoveredWays = decided.filter(({ markLine }) => (marks?.get(markLine) ?? 0) === 0);
    lines.all += hits.size;
    lines.covered += hits.size - uncoveredLines.length;
    ways.all += decided.length;
    ways.covered += decided.length - uncoveredWays.length;
    for (const line of uncoveredLines) console.log(`${file}:${line} never runs`);
    for (const { line, outcome } of uncoveredWays) console.log(`${file}:${line} is never ${outcome}`);
  }
  const linesPercent = (100 * lines.covered) / lines.all;
  const waysPercent = (100 * ways.covered) / ways.all;
  console.log(`lines ${linesPercent.toFixed(2)} % (${lines.covered} of ${lines.all}, at least ${MIN_LINES_PERCENT} %)`);
  console.log(
    `branches of if and ?: ${waysPercent.toFixed(2)} % (${ways.covered} of ${ways.all}, at least ${MIN_BRANCHES_PERCENT} %)`,
  );
  return linesPercent >= MIN_LINES_PERCENT && waysPercent >= MIN_BRANCHES_PERCENT;
}

const { values } = parseArgs({
  options: { keep: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (run("hardhat", ["build", "--force"], ".") !== 0) process.exit(1);
const root = mkdtempSync(path.join(tmpdir(), "septet-coverage-"));
try {
  copyTree(root);
  const branches = markTree(root);
  const passed = run("hardhat", ["--coverage", "test"], root) === 0;
  const covered = report(root, branches);
  if (!passed) console.log("Tests failed on the instrumented contracts: see above which.");
  process.exitCode = passed && covered ? 0 : 1;
} finally {
  if (values.keep) console.log(`The instrumented tree is in ${root}`);
  else rmSync(root, { recursive: true, force: true });
}
