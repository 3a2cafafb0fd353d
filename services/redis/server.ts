import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RedisBinary } from "./download.ts";
import { RedisError } from "./errors.ts";
import { ping } from "./ping.ts";

export interface RedisServer {
  url: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

// The shell holds a pipe from this process. However this process ends, SIGKILL included, the pipe closes and the shell
// stops Redis in order. Its own session keeps Ctrl-C away from Redis until its clients are done.
const GUARD = `
exec 3<&0
"$0" "$@" </dev/null 3<&- &
server=$!
(cat <&3 >/dev/null; kill -TERM "$server") &
guard=$!
wait "$server"
code=$?
kill "$guard" 2>/dev/null
rm -rf -- "$SOCKET_DIR"
exit "$code"
`;

// Persistence and eviction as BullMQ needs them: nothing evicted, every change in the append-only file. No TCP port: the
// socket lies in a folder only this user may enter, so there is no password to hide.
function serverArguments(socket: string): string[] {
  return [
    ...["--port", "0"],
    ...["--unixsocket", socket],
    ...["--unixsocketperm", "700"],
    ...["--protected-mode", "yes"],
    ...["--appendonly", "yes"],
    ...["--save", ""],
    ...["--maxmemory-policy", "noeviction"],
    ...["--daemonize", "no"],
    ...["--loglevel", "warning"],
  ];
}

/** Waits for a server of a killed predecessor to leave the folder: two writers would ruin the append-only file. */
async function waitUntilFree(socketRecord: string, signal: AbortSignal): Promise<void> {
  const socket = await readFile(socketRecord, "utf8").catch(() => undefined);
  if (!socket) return;
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (await ping(socket, 1_000)) {
    if (performance.now() > deadline) {
      throw new RedisError("DATA_DIR_IN_USE", `start Redis: another one serves ${path.dirname(socketRecord)}`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

async function waitUntilReady(child: ChildProcess, socket: string, output: string[], signal: AbortSignal) {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await ping(socket, 1_000))) {
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      throw new RedisError("START_FAILED", `start Redis: ${output.join("").trim().slice(-1_000) || "no output"}`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Starts a Redis of our own on a private unix socket, with its data in `dataDir`. */
export async function startServer(binary: RedisBinary, dataDir: string, signal: AbortSignal): Promise<RedisServer> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const socketRecord = path.join(dataDir, "redis.socket");
  await waitUntilFree(socketRecord, signal);
  // A unix socket's path may have about 100 bytes, so it can't lie in the data folder.
  const socketDir = await mkdtemp(path.join(tmpdir(), "septet-redis-"));
  const socket = path.join(socketDir, "redis.sock");
  await writeFile(socketRecord, socket, { mode: 0o600 });

  const libraryPath = binary.libraryPath ? { LD_LIBRARY_PATH: binary.libraryPath } : {};
  const child = spawn("/bin/sh", ["-c", GUARD, binary.file, ...serverArguments(socket)], {
    cwd: dataDir,
    env: { PATH: process.env["PATH"], ...libraryPath, SOCKET_DIR: socketDir },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const exited = once(child, "exit").then(() => child.stdin.destroy());
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      if (output.push(text) > 50) output.shift();
    });
  }

  const stop = async () => {
    child.stdin.destroy();
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  try {
    await waitUntilReady(child, socket, output, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: socket, stop };
}
