/** A check that passes when its command exits 0. */
export interface Step {
  name: string;
  command: string;
  args: string[];
}

export const LINT_STEPS: Step[] = [
  { name: "format and lint of TypeScript (biome)", command: "biome", args: ["ci", "--colors=off", "."] },
  { name: "no lost promises (eslint)", command: "eslint", args: ["services", "scripts", "test"] },
  {
    name: "format of Solidity (prettier)",
    command: "prettier",
    args: ["--check", "contracts/**/*.sol", "test/**/*.sol"],
  },
  { name: "lint of Solidity (solhint)", command: "solhint", args: ["--max-warnings", "0", "contracts/**/*.sol"] },
];
