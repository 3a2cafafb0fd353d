import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

// The compiler is the WASM build of the npm package: nothing is downloaded.
const compiler = { version: "0.8.37", path: createRequire(import.meta.url).resolve("solc/soljson.js") };

// Prague is the ceiling of the devnet's execution client; the same bytecode runs under Osaka rules in the tests.
const settings = { optimizer: { enabled: true, runs: 200 }, viaIR: false, evmVersion: "prague" };

/** What is not ours, and the size of tests, which are never on a chain. */
function isHarmless(warning: string): boolean {
  return warning.includes("--> npm/") || /Contract (?:code|initcode) size[\s\S]*--> project\/test\//.test(warning);
}

// Warnings of our own sources stop the build; those of dependencies are theirs. (hardhat-ignore-warnings 0.3 changes only
// the severity, which Hardhat 3.17 does not take for an error.)
const warningsAreErrors: HardhatPlugin = {
  id: "septet-warnings-are-errors",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, solc, input, config, next) {
          const output = await next(context, solc, input, config);
          // Coverage writes instructions of its own into the sources.
          if (context.globalOptions.coverage) return output;
          const errors = output.errors
            ?.filter(({ severity, formattedMessage = "" }) => severity === "error" || !isHarmless(formattedMessage))
            .map((error) => ({ ...error, type: "Error", severity: "error" as const }));
          // Hardhat leaves out those about the size of code.
          for (const { formattedMessage } of errors ?? []) process.stderr.write(`${formattedMessage}\n`);
          return { ...output, ...(errors && { errors }) };
        },
      }),
    }),
  },
};

// Instrumented code uses so much gas that the base fee would pass what the tests' wallets offer.
const blockGasLimit = process.argv.includes("--coverage") ? { blockGasLimit: 10_000_000_000 } : {};

export default defineConfig({
  plugins: [toolbox, warningsAreErrors],
  solidity: {
    profiles: {
      default: { compilers: [{ ...compiler, settings }] },
      production: { compilers: [{ ...compiler, settings: { ...settings, viaIR: true } }] },
    },
  },
  typechain: { outDir: "types/contracts", tsNocheck: true },
  networks: {
    default: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: process.env["HARDFORK"] ?? "osaka",
      initialDate: "2030-01-01T00:00:00Z",
      ...blockGasLimit,
    },
  },
  paths: { tests: { mocha: "test/contracts", solidity: "test/contracts" } },
  test: {
    // The same runs each time; FUZZ_SEED=0x… explores others.
    solidity: {
      fuzz: { runs: 256, seed: process.env["FUZZ_SEED"] ?? "0x5e97e7" },
      invariant: { runs: 32, depth: 64, failOnRevert: true },
    },
  },
});
