import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { RedisError } from "./errors.ts";

const run = promisify(execFile);

/** A server binary and the folder its private libraries are in, if it has any. */
export interface RedisBinary {
  file: string;
  libraryPath?: string;
}

export type FindBinary = (name: string) => string | undefined;

// redis-server itself is packaged with a service; the same binary lies in redis-tools under another name.
const PACKAGES = ["redis-tools", "libjemalloc2", "liblzf1"];
const COMMAND_TIMEOUT_MS = 120_000;

async function locate(folder: string): Promise<RedisBinary | undefined> {
  const file = path.join(folder, "usr/bin/redis-server");
  try {
    await access(file);
    const lib = path.join(folder, "usr/lib");
    const entries = await readdir(lib, { recursive: true });
    const jemalloc = entries.find((entry) => path.basename(entry) === "libjemalloc.so.2");
    return jemalloc ? { file, libraryPath: path.dirname(path.join(lib, jemalloc)) } : undefined;
  } catch {
    return undefined;
  }
}

async function fetchPackages(aptGet: string, folder: string, signal: AbortSignal): Promise<void> {
  const options = { cwd: folder, signal, timeout: COMMAND_TIMEOUT_MS };
  const download = () => run(aptGet, ["download", ...PACKAGES], options);
  try {
    await download();
  } catch (error) {
    // A fresh image has no package lists; only root may fetch them.
    if (signal.aborted || process.getuid?.() !== 0) throw error;
    await run(aptGet, ["update"], options);
    await download();
  }
}

/**
 * Unpacks Debian's Redis into `cacheDir` without installing it: no root, no service, 7 MB. Returns the cached one when it
 * is there already. Throws `NOT_INSTALLED` where the system has no apt or the packages can't be had.
 */
export async function downloadRedis(
  cacheDir: string,
  findBinary: FindBinary,
  signal: AbortSignal,
  log: (text: string) => void,
): Promise<RedisBinary> {
  const cached = await locate(cacheDir);
  if (cached) return cached;
  const aptGet = findBinary("apt-get");
  const dpkg = findBinary("dpkg");
  if (!aptGet || !dpkg) throw notInstalled();
  log(`downloading Redis from the package archive to ${cacheDir}`);
  const parent = path.dirname(cacheDir);
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, "redis-download-"));
  try {
    await fetchPackages(aptGet, folder, signal);
    const unpacked = path.join(folder, "unpacked");
    for (const file of await readdir(folder)) {
      if (file.endsWith(".deb")) await run(dpkg, ["-x", path.join(folder, file), unpacked], { signal });
    }
    await symlink("redis-check-rdb", path.join(unpacked, "usr/bin/redis-server"));
    // Another process may have finished first; its copy is as good as ours.
    await rename(unpacked, cacheDir).catch(() => {});
  } catch (error) {
    signal.throwIfAborted();
    throw notInstalled(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const binary = await locate(cacheDir);
  if (!binary) throw notInstalled();
  return binary;
}

function notInstalled(cause?: unknown): RedisError {
  const command = process.platform === "darwin" ? "brew install redis" : "sudo apt-get install redis-server";
  return new RedisError(
    "NOT_INSTALLED",
    `find a Redis server: install one with \`${command}\` (or your system's package manager), or set REDIS_URL`,
    { cause },
  );
}
