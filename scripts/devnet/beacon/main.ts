// Entry of the beacon node's process. Lodestar reads its preset from the environment at the first import.
import { systemClock } from "../../../services/ports/systemClock.ts";
import type { BeaconMessage, BeaconNodeOptions } from "./protocol.ts";

process.env["LODESTAR_PRESET"] = "minimal";
const { runBeaconNode } = await import("./node.ts");

const stopping = new AbortController();
process.on("SIGTERM", () => stopping.abort(new Error("stopped")));
// The channel closes when the parent dies, however it dies.
process.on("disconnect", () => process.exit(1));

const send = (message: BeaconMessage) => {
  if (process.connected) process.send?.(message);
};
const options = JSON.parse(process.argv[2] ?? "{}") as BeaconNodeOptions;
await runBeaconNode(options, systemClock, send, stopping.signal);
process.exit(0);
