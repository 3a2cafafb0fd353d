export type KeystoreErrorCode =
  | "not_found"
  /** Others than the owner may read the file or folder, or it is no regular one. */
  | "too_open"
  | "malformed"
  | "wrong_password"
  | "exists"
  | "directory_locked";

/** A refused file of the data directory. Names the file, never its content. */
export class KeystoreError extends Error {
  readonly code: KeystoreErrorCode;

  constructor(code: KeystoreErrorCode, message: string) {
    super(message);
    this.name = "KeystoreError";
    this.code = code;
  }
}
