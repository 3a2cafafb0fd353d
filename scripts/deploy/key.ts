import { readFile, stat } from "node:fs/promises";
import { DeployError } from "./errors.ts";

/**
 * A private key from a file that only its owner can read, or from an environment variable. The error never shows it.
 *
 * @throws DeployError INVALID_KEY
 */
export async function readPrivateKey(source: { keyFile?: string; keyEnv?: string }): Promise<string> {
  const text = (await readSource(source)).trim();
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(text)) fail("not 32 bytes of hex");
  return text.startsWith("0x") ? text : `0x${text}`;
}

async function readSource({ keyFile, keyEnv }: { keyFile?: string; keyEnv?: string }): Promise<string> {
  if (keyEnv !== undefined) return process.env[keyEnv] ?? fail(`environment variable ${keyEnv} is not set`);
  if (keyFile === undefined) return fail("give --key-file or --key-env");
  const { mode } = await stat(keyFile);
  if ((mode & 0o077) !== 0) fail(`others can read ${keyFile}: chmod 600 it`);
  return readFile(keyFile, "utf8");
}

function fail(reason: string): never {
  throw new DeployError({ code: "INVALID_KEY", reason });
}
