import type { Interface } from "ethers";

/**
 * - `REVERTED`: the contract refuses the call; `reason` is its custom error's name, `details` that error with arguments.
 * - `INSUFFICIENT_FUNDS`: the coordinator's account can't pay the gas.
 * - `NONCE_TAKEN`: something else with the same key used the nonce; the outcome of our call is unknown.
 * - `REJECTED`: the node doesn't take the transaction.
 */
export type TransactionErrorCode = "REVERTED" | "INSUFFICIENT_FUNDS" | "NONCE_TAKEN" | "REJECTED";

export class TransactionError extends Error {
  override readonly name = "TransactionError";
  readonly code: TransactionErrorCode;
  readonly reason: string | undefined;

  constructor(code: TransactionErrorCode, message: string, reason?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.reason = reason;
  }
}

/** Reads the revert data of a failed call by the ABIs that may have thrown it. */
export function describeRevert(data: string | null | undefined, interfaces: readonly Interface[]) {
  if (!data || data === "0x") return { reason: "NoReason", details: "reverted without a reason" };
  for (const abi of interfaces) {
    const error = abi.parseError(data);
    if (error) return { reason: error.name, details: `${error.name}(${error.args.map(String).join(", ")})` };
  }
  const selector = data.slice(0, 10);
  return { reason: selector, details: `reverted with unknown error ${selector}` };
}
