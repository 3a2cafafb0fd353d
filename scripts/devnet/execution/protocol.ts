/**
 * Values of `--rpcPort` and `--rpcEnginePort` by which the launcher knows the two servers; each then listens on a free
 * port instead. No process may bind them without privileges, so a slip shows at once.
 */
export const RPC_PORT_FLAG = 1;
export const ENGINE_PORT_FLAG = 2;

/** What the execution client's process tells its parent. */
export interface ExecutionMessage {
  kind: "listening";
  service: "rpc" | "engine";
  port: number;
}
