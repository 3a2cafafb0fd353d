import { SecretKey } from "@chainsafe/blst";
import { CryptoError } from "./errors.ts";
import { SCALAR_BYTES } from "./scalars.ts";

/** Signature (96 bytes) of a 32-byte share on a signing root: a partial signature of the group. */
export function signWithShare(share: Uint8Array, signingRoot: Uint8Array): Uint8Array {
  if (share.length !== SCALAR_BYTES) throw new CryptoError("invalid_length", "a share has 32 bytes");
  return SecretKey.fromBytes(share).sign(signingRoot).toBytes();
}
