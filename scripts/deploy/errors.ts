/** Why a deployment stopped. Nothing more was sent after it. */
export type DeployErrorDetails =
  | { code: "MISSING_ARTIFACT"; contract: string; file: string }
  | { code: "INVALID_PARAMETERS"; reason: string }
  | { code: "CHAIN_LACKS"; what: string; address: string }
  | { code: "SHORT_DAY_ON_PUBLIC_CHAIN"; chainId: number; daySeconds: number }
  | { code: "OTHER_DEPLOYMENT_IN_FOLDER"; folder: string; field: string; recorded: string; actual: string }
  | { code: "NONCE_USED"; contract: string; nonce: number; reason: string }
  | { code: "DEPLOYMENT_REVERTED"; contract: string; transactionHash: string }
  | { code: "UNEXPECTED_ADDRESS"; contract: string; expected: string; actual: string }
  | { code: "CHECK_FAILED"; contract: string; what: string; expected: string; actual: string }
  | { code: "INVALID_KEY"; reason: string };

export class DeployError extends Error {
  readonly details: DeployErrorDetails;

  constructor(details: DeployErrorDetails, options?: ErrorOptions) {
    const { code, ...fields } = details;
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    super(`deploy contracts: ${code} ${text.join(" ")}`, options);
    this.name = "DeployError";
    this.details = details;
  }
}
