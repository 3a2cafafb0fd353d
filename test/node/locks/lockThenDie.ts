import { openLockDatabase } from "../../../services/node/locks/database.ts";
import { systemClock } from "../../../services/ports/systemClock.ts";
import { attestation, GENESIS_ROOT } from "./support.ts";

// Child of durability.test.ts: commits, says so, and dies on the spot as a node that is killed after sending COMMIT.
const [path = "", genesisTimeMs = "0"] = process.argv.slice(2);
const time = { genesisTimeMs: Number(genesisTimeMs), slotDurationMs: 12_000, slotsPerEpoch: 32 };
const options = { path, clock: systemClock, time, genesisValidatorsRoot: GENESIS_ROOT, instanceCounter: 0 };
const result = openLockDatabase(options).lockCommit(attestation(100, [10, 12]));
process.stdout.write(JSON.stringify(result), () => process.kill(process.pid, "SIGKILL"));
