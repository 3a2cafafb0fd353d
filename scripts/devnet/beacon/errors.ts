/** Why the node did not take what it was given. Every code but `ENGINE_UNAVAILABLE` blames the sender. */
export type RejectionCode =
  | "BLOCK_NOT_ON_HEAD"
  | "BLOCK_SLOT_NOT_AFTER_HEAD"
  | "BLOCK_FROM_THE_FUTURE"
  | "BLOCK_INVALID"
  | "PAYLOAD_INVALID"
  | "SLOT_OUT_OF_RANGE"
  | "RANDAO_INVALID"
  | "ATTESTATION_INVALID"
  | "SYNC_MESSAGE_INVALID"
  | "OPERATION_INVALID"
  | "ENGINE_UNAVAILABLE";

export class Rejection extends Error {
  readonly code: RejectionCode;

  constructor(code: RejectionCode, reason: string) {
    super(`${code}: ${reason}`);
    this.name = "Rejection";
    this.code = code;
  }
}
