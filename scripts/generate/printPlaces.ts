// Prints the layouts of the forks that BeaconVerifier knows, for the preset in LODESTAR_PRESET.
import { statePlaces } from "./statePlaces.ts";

console.log(JSON.stringify(["electra", "fulu", "gloas"].map((fork) => statePlaces(fork as "electra"))));
