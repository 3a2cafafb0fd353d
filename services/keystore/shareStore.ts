import { readdirSync } from "node:fs";
import path from "node:path";
import { create, decrypt, type IKeystore, validateKeystore } from "@chainsafe/bls-keystore";
import { z } from "zod";
import { publicKeyOf } from "../crypto/polynomial.ts";
import { scalarFromBytes } from "../crypto/scalars.ts";
import type { ShareStore } from "../ports/shareStore.ts";
import { KeystoreError } from "./errors.ts";
import { fileExists, openPrivateDirectory, readPrivateFile, writePrivateFile } from "./privateFiles.ts";

const MAX_KEYSTORE_BYTES = 16_384;
const FILE_NAME = /^keystore-(0x[0-9a-f]{96})-g([0-9]+)\.json$/;
const PUBKEY = /^0x[0-9a-f]{96}$/;

/** Where a share belongs, for a person who finds the file. */
export interface SharePlace {
  setId: number;
  seat: number;
  generation: number;
}

export interface PlacedShareStore extends ShareStore {
  save(pubkey: string, share: Uint8Array, place?: SharePlace): Promise<void>;
}

const descriptionSchema = z.object({ groupKey: z.string().regex(PUBKEY) });

/**
 * EIP-2335 keystores in a folder, one for each share: `keystore-<group key>-g<generation>.json`. A keystore's own
 * `pubkey` is the share key P(seat)·G1; the group key and the place of the share are in its description.
 */
export function openShareStore(directory: string, password: string): PlacedShareStore {
  openPrivateDirectory(directory);
  return {
    async load() {
      const shares: { pubkey: string; share: Uint8Array }[] = [];
      for (const name of readdirSync(directory).sort()) {
        const pubkey = FILE_NAME.exec(name)?.[1];
        if (pubkey) shares.push({ pubkey, share: await readShare(path.join(directory, name), pubkey, password) });
      }
      return shares;
    },

    async save(pubkey, share, place) {
      const groupKey = pubkey.toLowerCase();
      if (!PUBKEY.test(groupKey)) throw new KeystoreError("malformed", "a group key has 48 bytes");
      const file = path.join(directory, `keystore-${groupKey}-g${place?.generation ?? 0}.json`);
      if (fileExists(file)) {
        const known = await readShare(file, groupKey, password);
        if (Buffer.compare(known, share) === 0) return;
        throw new KeystoreError("exists", `${file} holds another share`);
      }
      const description = JSON.stringify({ groupKey, ...place });
      const shareKey = publicKeyOf(scalarFromBytes(share));
      writePrivateFile(file, JSON.stringify(await create(password, share, shareKey, "", description), undefined, 2));
    },
  };
}

async function readShare(file: string, groupKey: string, password: string): Promise<Uint8Array> {
  const keystore = parseKeystore(file, readPrivateFile(file, MAX_KEYSTORE_BYTES).toString("utf8"));
  let share: Uint8Array;
  try {
    share = await decrypt(keystore, password);
  } catch {
    throw new KeystoreError("wrong_password", `the password doesn't open ${file}, or it was changed`);
  }
  if (describedGroupKey(keystore) !== groupKey || hexOfPublicKey(share) !== keystore.pubkey) {
    throw new KeystoreError("malformed", `${file} doesn't hold the share that its name and fields say`);
  }
  return share;
}

function parseKeystore(file: string, text: string): IKeystore {
  try {
    const keystore: unknown = JSON.parse(text);
    validateKeystore(keystore);
    return keystore;
  } catch {
    throw new KeystoreError("malformed", `${file} is no EIP-2335 keystore`);
  }
}

function describedGroupKey({ description }: IKeystore): string | undefined {
  try {
    return descriptionSchema.parse(JSON.parse(description ?? "")).groupKey;
  } catch {
    return undefined;
  }
}

function hexOfPublicKey(share: Uint8Array): string | undefined {
  try {
    return Buffer.from(publicKeyOf(scalarFromBytes(share))).toString("hex");
  } catch {
    return undefined;
  }
}
