import { encryptKeystoreJson, hexlify, isError, isKeystoreJson, Wallet } from "ethers";
import type { Randomness } from "../ports/randomness.ts";
import { KeystoreError } from "./errors.ts";
import { fileExists, readPrivateFile, writePrivateFile } from "./privateFiles.ts";

const MAX_KEY_FILE_BYTES = 4_096;
/** About a second on one core, and 128 MiB. */
const SCRYPT_N = 131_072;

/**
 * Draws a secp256k1 node key and writes it as Web3 Secret Storage; throws `exists` rather than replace one. A smaller
 * `scryptN` is only for passwords that are random themselves.
 */
export async function createNodeKey(
  file: string,
  password: string,
  randomness: Randomness,
  scryptN = SCRYPT_N,
): Promise<Wallet> {
  if (fileExists(file)) throw new KeystoreError("exists", `${file} exists`);
  const { address, privateKey } = new Wallet(hexlify(randomness.bytes(32)));
  const salt = randomness.bytes(32);
  const iv = randomness.bytes(16);
  const options = { salt, iv, uuid: hexlify(randomness.bytes(16)), scrypt: { N: scryptN } };
  writePrivateFile(file, await encryptKeystoreJson({ address, privateKey }, password, options));
  return new Wallet(privateKey);
}

/** Throws `not_found`, `too_open`, `malformed` or `wrong_password`. */
export async function loadNodeKey(file: string, password: string): Promise<Wallet> {
  const json = readPrivateFile(file, MAX_KEY_FILE_BYTES).toString("utf8");
  if (!isKeystoreJson(json)) throw new KeystoreError("malformed", `${file} is no encrypted key`);
  try {
    const wallet = await Wallet.fromEncryptedJson(json, password);
    return new Wallet(wallet.privateKey);
  } catch (error) {
    const isWrong = isError(error, "INVALID_ARGUMENT") && error.argument === "password";
    throw isWrong
      ? new KeystoreError("wrong_password", `the password doesn't open ${file}`)
      : new KeystoreError("malformed", `${file} is no encrypted key`);
  }
}
