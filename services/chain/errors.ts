/** Why a deployment record could not be used. `file` is the path that was read. */
export type DeploymentErrorDetails =
  | { code: "MISSING_FILE"; file: string }
  | { code: "FILE_TOO_LARGE"; file: string; bytes: number }
  | { code: "INVALID_FILE"; file: string; reason: string }
  | { code: "ADDRESS_MISMATCH"; file: string; expected: string; actual: string };

export class DeploymentError extends Error {
  readonly details: DeploymentErrorDetails;

  constructor(details: DeploymentErrorDetails, options?: ErrorOptions) {
    super(`read deployment record: ${details.code} in ${details.file}`, options);
    this.name = "DeploymentError";
    this.details = details;
  }
}
