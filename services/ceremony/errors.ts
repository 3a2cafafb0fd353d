export type CeremonyErrorCode =
  | "invalid_context"
  | "malformed_message"
  | "wrong_request"
  | "wrong_size"
  | "bad_signature"
  | "unknown_attempt"
  | "corrupt_state";

/** A refused context, message or stored state. Messages carry no bytes of the refused input. */
export class CeremonyError extends Error {
  readonly code: CeremonyErrorCode;

  constructor(code: CeremonyErrorCode, message: string) {
    super(message);
    this.name = "CeremonyError";
    this.code = code;
  }
}
