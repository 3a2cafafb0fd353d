import path from "node:path";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import type { BlobName, CeremonyStore } from "../ceremony/store.ts";
import type { Randomness } from "../ports/randomness.ts";
import { KeystoreError } from "./errors.ts";
import {
  erasePrivateFile,
  fileExists,
  openPrivateDirectory,
  readPrivateFile,
  writePrivateFile,
} from "./privateFiles.ts";

const STORAGE_KEY_BYTES = 32;
const NONCE_BYTES = 24;
const MAX_BLOB_BYTES = 1_048_576;

/**
 * A ceremony's state as files sealed with XChaCha20-Poly1305 under a 32-byte storage key: nonce, ciphertext, tag. The
 * name of a file is authenticated with it, so that files can't be exchanged. Reading throws `malformed` for a file that
 * isn't what was written.
 */
export function openCeremonyStore(directory: string, storageKey: Uint8Array, randomness: Randomness): CeremonyStore {
  if (storageKey.length !== STORAGE_KEY_BYTES) throw new KeystoreError("malformed", "a storage key has 32 bytes");
  openPrivateDirectory(directory);
  const nameOf = (requestId: bigint, attempt: number, name: BlobName) => `${requestId}-${attempt}-${name}.sealed`;
  const cipher = (fileName: string, nonce: Uint8Array) =>
    xchacha20poly1305(storageKey, nonce, new TextEncoder().encode(fileName));

  return {
    async get(...place) {
      const fileName = nameOf(...place);
      const file = path.join(directory, fileName);
      if (!fileExists(file)) return undefined;
      const sealed = readPrivateFile(file, MAX_BLOB_BYTES);
      try {
        return cipher(fileName, sealed.subarray(0, NONCE_BYTES)).decrypt(sealed.subarray(NONCE_BYTES));
      } catch {
        throw new KeystoreError("malformed", `${file} was changed, or sealed under another key`);
      }
    },

    async put(requestId, attempt, name, value) {
      const fileName = nameOf(requestId, attempt, name);
      const nonce = randomness.bytes(NONCE_BYTES);
      const sealed = Buffer.concat([nonce, cipher(fileName, nonce).encrypt(value)]);
      writePrivateFile(path.join(directory, fileName), sealed);
    },

    async delete(...place) {
      erasePrivateFile(path.join(directory, nameOf(...place)));
    },
  };
}
