import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { KeystoreError } from "./errors.ts";

const OTHERS = 0o077;

/** Creates a folder that only its owner can enter, or checks that an existing one is such; throws `too_open`. */
export function openPrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = lstatSync(directory);
  if (!stats.isDirectory() || (stats.mode & OTHERS) !== 0) {
    throw new KeystoreError("too_open", `${directory} must be a folder with mode 0700`);
  }
}

/** Replaces a file as a whole, mode 0600: after a power loss it has the old content or the new, and the new on return. */
export function writePrivateFile(file: string, content: Uint8Array | string): void {
  const temporary = `${file}.tmp`;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const descriptor = openSync(temporary, "w", 0o600);
  try {
    writeAll(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  syncDirectory(path.dirname(file));
}

/** Reads a file of at most `maxBytes` that only its owner can read; throws `not_found`, `too_open` or `malformed`. */
export function readPrivateFile(file: string, maxBytes: number): Buffer {
  const stats = statOf(file);
  if (stats === undefined) throw new KeystoreError("not_found", `${file} doesn't exist`);
  if (!stats.isFile() || (stats.mode & OTHERS) !== 0) {
    throw new KeystoreError("too_open", `${file} must be a regular file with mode 0600`);
  }
  if (stats.size > maxBytes) throw new KeystoreError("malformed", `${file} is larger than ${maxBytes} bytes`);
  return readFileSync(file);
}

/** Overwrites and removes a file, as far as the file system lets data be overwritten; a missing file is fine. */
export function erasePrivateFile(file: string): void {
  const stats = statOf(file);
  if (stats === undefined) return;
  const descriptor = openSync(file, "r+");
  try {
    writeAll(descriptor, new Uint8Array(stats.size));
    fsyncSync(descriptor);
    ftruncateSync(descriptor, 0);
  } finally {
    closeSync(descriptor);
  }
  unlinkSync(file);
  syncDirectory(path.dirname(file));
}

export function fileExists(file: string): boolean {
  return statOf(file) !== undefined;
}

function statOf(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
