import { accessSync, constants } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { downloadRedis, type FindBinary, type RedisBinary } from "./download.ts";
import { RedisError } from "./errors.ts";
import { ping } from "./ping.ts";
import { startServer } from "./server.ts";

export interface AcquireRedisOptions {
  /** Folder of the append-only file; made if missing. Unused with REDIS_URL. */
  dataDir: string;
  /** Aborts the start. A running server is ended by `stop()` or the end of this process. */
  signal: AbortSignal;
  /** Told which server serves, and of a download. */
  log: (text: string) => void;
  /** Where a downloaded Redis is kept. */
  cacheDir?: string;
  redisUrl?: string | undefined;
  findBinary?: FindBinary;
}

export interface AcquiredRedis {
  /** What ioredis takes: a redis:// URL, or the path of a unix socket. It may hold a password: never log it. */
  url: string;
  source: "REDIS_URL" | "path" | "downloaded";
  stop(): Promise<void>;
}

const DEFAULT_CACHE_DIR = fileURLToPath(new URL("../../.cache/redis", import.meta.url));

function findOnPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(path.isAbsolute);
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * A Redis to work with: the one at REDIS_URL, else an own process of the installed server, else an own process of the
 * distribution's server, unpacked without installing it. Throws `RedisError`.
 */
export async function acquireRedis(options: AcquireRedisOptions): Promise<AcquiredRedis> {
  const { dataDir, signal, log, findBinary = findOnPath, cacheDir = DEFAULT_CACHE_DIR } = options;
  const redisUrl = options.redisUrl ?? process.env["REDIS_URL"];
  if (redisUrl) {
    if (!(await ping(redisUrl, 5_000))) throw new RedisError("UNREACHABLE", "reach the Redis of REDIS_URL: no answer");
    return { url: redisUrl, source: "REDIS_URL", stop: async () => {} };
  }
  const installed = findBinary("redis-server") ?? findBinary("valkey-server");
  const binary: RedisBinary = installed ? { file: installed } : await downloadRedis(cacheDir, findBinary, signal, log);
  const server = await startServer(binary, dataDir, signal);
  const source = installed ? "path" : "downloaded";
  log(`Redis serves from ${binary.file} (${source})`);
  return { ...server, source };
}
