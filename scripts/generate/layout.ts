// `node scripts/generate/layout.ts [--check]`: writes contracts/accounting/layout/BeaconGindices.sol from @lodestar/types, or
// exits 1 when what is there is not that.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { solidityOf } from "./solidity.ts";
import type { StatePlaces } from "./statePlaces.ts";

const TARGET = fileURLToPath(new URL("../../contracts/accounting/layout/BeaconGindices.sol", import.meta.url));
const PRINT_PLACES = fileURLToPath(new URL("printPlaces.ts", import.meta.url));

/** The preset is fixed when Lodestar is loaded, so each is asked in a process of its own. */
function placesOf(preset: string): StatePlaces[] {
  const env = { ...process.env, LODESTAR_PRESET: preset };
  return JSON.parse(execFileSync(process.execPath, [PRINT_PLACES], { env, encoding: "utf8" })) as StatePlaces[];
}

const mainnet = placesOf("mainnet");
if (JSON.stringify(mainnet) !== JSON.stringify(placesOf("minimal"))) throw new Error("the presets differ in layout");
const [electra, fulu, gloas] = mainnet;
if (electra === undefined || gloas === undefined) throw new Error("a fork is missing");
if (JSON.stringify(electra) !== JSON.stringify(fulu)) throw new Error("Electra and Fulu differ in layout");

const text = solidityOf(electra, gloas);
if (!process.argv.includes("--check")) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, "utf8") !== text) {
  console.error(`${TARGET} is not what @lodestar/types says: run scripts/generate/layout.ts`);
  process.exit(1);
}
