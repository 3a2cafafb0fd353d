// Entry of the execution client's process. The client binds its RLPx sockets to 0.0.0.0 whatever its flags say, and
// reports no port when asked for a free one: both are corrected here, before it is loaded, and so are two answers of its
// JSON-RPC. Its own command line follows.
import dgram from "node:dgram";
import net from "node:net";
import { ENGINE_PORT_FLAG, type ExecutionMessage, RPC_PORT_FLAG } from "./protocol.ts";

const LOOPBACK = "127.0.0.1";
const services = new Map([
  [RPC_PORT_FLAG, "rpc"],
  [ENGINE_PORT_FLAG, "engine"],
] as const);

function firstPort(args: unknown[]): number {
  const [first] = args;
  const port = typeof first === "object" && first !== null && "port" in first ? first.port : first;
  return Number(port ?? 0);
}

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]) {
  const requestedPort = firstPort(args);
  const service = services.get(requestedPort as typeof RPC_PORT_FLAG | typeof ENGINE_PORT_FLAG);
  if (service !== undefined) {
    this.once("listening", () => {
      const address = this.address();
      if (address === null || typeof address === "string") return;
      process.send?.({ kind: "listening", service, port: address.port } satisfies ExecutionMessage);
    });
  }
  const callbacks = args.filter((arg) => typeof arg === "function");
  return Reflect.apply(listen, this, [{ port: service ? 0 : requestedPort, host: LOOPBACK }, ...callbacks]);
} as typeof listen;

const bind = dgram.Socket.prototype.bind;
dgram.Socket.prototype.bind = function (this: dgram.Socket, ...args: unknown[]) {
  const callbacks = args.filter((arg) => typeof arg === "function");
  return Reflect.apply(bind, this, [{ port: firstPort(args), address: LOOPBACK }, ...callbacks]);
} as typeof bind;

// The channel closes when the parent dies, however it dies.
process.on("disconnect", () => process.exit(1));

const { correctRpc } = await import("./rpcCorrections.ts");
correctRpc();
await import("@ethereumjs/client");
