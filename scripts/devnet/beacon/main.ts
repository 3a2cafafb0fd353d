// Entry of the beacon node's process. It loads while the execution client starts; its options come as the one message.
import { once } from "node:events";
import { systemClock } from "../../../services/ports/systemClock.ts";
import type { BeaconMessage, BeaconNodeOptions } from "./protocol.ts";

// Lodestar reads its preset from the environment at the first import.
process.env["LODESTAR_PRESET"] = "minimal";
const received = once(process, "message");
const { runBeaconNode } = await import("./node.ts");

const stopping = new AbortController();
process.on("SIGTERM", () => stopping.abort(new Error("stopped")));
// The channel closes when the parent dies, however it dies.
process.on("disconnect", () => process.exit(1));

const send = (message: BeaconMessage) => {
  if (process.connected) process.send?.(message);
};
const [options] = await received;
await runBeaconNode(options as BeaconNodeOptions, systemClock, send, stopping.signal);
process.exit(0);
