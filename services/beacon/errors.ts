/** Why a proof can't be made from what a beacon node gave. */
export type BeaconProofErrorDetails =
  | { code: "UNSUPPORTED_FORK"; fork: string }
  | { code: "INVALID_STATE"; reason: string }
  /** The state is not that of the header: a beacon node mixed two of them up. */
  | { code: "STATE_ROOT_MISMATCH"; expected: string; actual: string }
  | { code: "INDEX_NOT_IN_STATE"; index: string; length: number }
  | { code: "UNKNOWN_VALIDATOR"; validator: string }
  /** The beacon node did not answer, or not with what the route promises. */
  | { code: "BEACON_API"; route: string };

export class BeaconProofError extends Error {
  readonly details: BeaconProofErrorDetails;

  constructor(details: BeaconProofErrorDetails, options?: ErrorOptions) {
    const { code, ...fields } = details;
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    super(`build beacon proof: ${code} ${text.join(" ")}`, options);
    this.name = "BeaconProofError";
    this.details = details;
  }
}
