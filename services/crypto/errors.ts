export type CryptoErrorCode =
  | "invalid_scalar"
  | "invalid_point"
  | "invalid_length"
  | "invalid_seats"
  | "decryption_failed";

/** Refused input of a cryptographic function. The message never contains secret bytes. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string) {
    super(message);
    this.name = "CryptoError";
    this.code = code;
  }
}
