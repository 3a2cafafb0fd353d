import path from "node:path";
import type { Wallet } from "ethers";
import { KeystoreError } from "../../keystore/errors.ts";
import { createNodeKey, loadNodeKey } from "../../keystore/nodeKey.ts";
import { createPasswordFile, readPasswordFile } from "../../keystore/passwordFile.ts";
import { fileExists, openPrivateDirectory } from "../../keystore/privateFiles.ts";
import type { Randomness } from "../../ports/randomness.ts";
import { FIRST_INSTANCE_COUNTER } from "../directory/setViews.ts";
import { createLockDatabase } from "../locks/database.ts";

/** The password has 256 random bits, so stretching it would only make seven nodes on one machine start slowly. */
const NODE_KEY_SCRYPT_N = 8_192;

/** Files of a data directory; everything in it is readable by its owner alone. */
export function dataFiles(dataDir: string) {
  const file = (name: string) => path.join(dataDir, name);
  return {
    nodeKey: file("node-key.json"),
    password: file("password"),
    keystores: file("keystores"),
    ceremonies: file("ceremony"),
    locks: file("locks.db"),
    chain: file("chain.json"),
  };
}

/**
 * Makes the data directory of a new operator, the node key last: a run that was interrupted before may be repeated, and
 * a directory with a node key is never touched, because another lock database would forget what the old one knew.
 */
export async function createDataDirectory(dataDir: string, randomness: Randomness): Promise<Wallet> {
  const files = dataFiles(dataDir);
  openPrivateDirectory(dataDir);
  if (fileExists(files.nodeKey)) throw new KeystoreError("exists", `${dataDir} is a data directory already`);
  openPrivateDirectory(files.keystores);
  openPrivateDirectory(files.ceremonies);
  if (!fileExists(files.locks)) createLockDatabase(files.locks, { instanceCounter: FIRST_INSTANCE_COUNTER });
  if (!fileExists(files.password)) createPasswordFile(files.password, randomness);
  return createNodeKey(files.nodeKey, readPasswordFile(files.password), randomness, NODE_KEY_SCRYPT_N);
}

/** The password and the node key of a data directory; throws KeystoreError. */
export async function openDataDirectory(dataDir: string): Promise<{ password: string; nodeKey: Wallet }> {
  const files = dataFiles(dataDir);
  const password = readPasswordFile(files.password);
  return { password, nodeKey: await loadNodeKey(files.nodeKey, password) };
}
