import { readFile, stat } from "node:fs/promises";
import { Wallet } from "ethers";

export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
  readonly code: "UNREADABLE" | "NOT_PRIVATE" | "NOT_A_KEY";

  constructor(code: KeyFileError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads the account that pays the gas: a file with a private key in hex, with or without 0x, that nobody else can read
 * (mode 0600). Throws `KeyFileError`, which never holds any of the file's content.
 */
export async function readKeyFile(file: string): Promise<Wallet> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) throw new KeyFileError("NOT_PRIVATE", `others can read ${file}: run chmod 600 on it`);
    text = (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (error instanceof KeyFileError) throw error;
    throw new KeyFileError("UNREADABLE", `read key file ${file}: it can't be opened`);
  }
  try {
    return new Wallet(text.startsWith("0x") ? text : `0x${text}`);
  } catch {
    throw new KeyFileError("NOT_A_KEY", `read key file ${file}: it holds no private key in hex`);
  }
}
