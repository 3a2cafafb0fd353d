import type { Randomness } from "../ports/randomness.ts";
import { KeystoreError } from "./errors.ts";
import { fileExists, readPrivateFile, writePrivateFile } from "./privateFiles.ts";

const MAX_PASSWORD_BYTES = 1_024;

/** Writes 32 random bytes in hex as the password of a data directory; throws `exists` rather than replace one. */
export function createPasswordFile(file: string, randomness: Randomness): void {
  if (fileExists(file)) throw new KeystoreError("exists", `${file} exists`);
  writePrivateFile(file, `${Buffer.from(randomness.bytes(32)).toString("hex")}\n`);
}

/** The password, without the line break at its end. Throws `not_found`, `too_open` or `malformed`. */
export function readPasswordFile(file: string): string {
  const password = readPrivateFile(file, MAX_PASSWORD_BYTES)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  if (password.length === 0) throw new KeystoreError("malformed", `${file} is empty`);
  return password;
}
