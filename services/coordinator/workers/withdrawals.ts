import type { KnownValidator } from "../projection/projection.ts";
import type { Step } from "../queues/job.ts";
import { FRESH_PROOF, lookAgain, sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";

/** Number of IValidatorExits.Reason.Liquidity. */
const LIQUIDITY = 0n;
/** What the contract gives back when the vault pays it; more than a usual fee, far less than anyone minds. */
const FEE_ALLOWANCE_WEI = 10n ** 12n;

/** Reverts that another validator, or a later block, may not have. */
const NOT_THIS_ONE = {
  ActiveTooShortly: "validators to be old enough to be asked",
  TopUpInFlight: "top-ups to arrive",
  ValidatorIsExiting: "the exit's ether",
  ValidatorIsSlashed: "the slashed validator's ether",
  RequestPending: "the ether of earlier requests",
  KeyNotLive: "the ether of validators that leave",
  BalanceTooSmall: "a validator with something to spare",
  BalanceBeyondNeed: "a smaller validator, or days of need",
  NoNeed: "redemptions that need a validator's ether",
  ...FRESH_PROOF,
};

/**
 * Asks validators for the ETH that waiting redemptions need beyond what is there or expected (EIP-7002): partial
 * withdrawals first, a whole validator when none can spare enough. Never ends.
 */
export async function requestWithdrawals(context: WorkerContext): Promise<Step> {
  const { validatorExits } = context.contracts;
  const soon = slotsToMs(context, 1);
  if ((await validatorExits.needWei()) === 0n) return { awaiting: NOT_THIS_ONE.NoNeed, retryAfterMs: soon };
  let awaiting = "a validator that can be asked";
  for (const kind of ["partial", "exit"] as const) {
    for (const validator of candidates(context)) {
      const step = await ask(context, validator, kind, soon);
      if (!step) continue;
      if ("done" in step) return lookAgain(step, "the ether asked for", soon);
      awaiting = step.awaiting;
    }
  }
  return { awaiting, retryAfterMs: soon };
}

function candidates({ projection }: WorkerContext): KnownValidator[] {
  return [...projection().validators.values()].filter(({ step }) => step === "ToppedUp" || step === "Activated");
}

async function ask(
  context: WorkerContext,
  { pubkey }: KnownValidator,
  kind: "partial" | "exit",
  retryAfterMs: number,
): Promise<Step | undefined> {
  const { validatorExits } = context.contracts;
  const proven = await context.beacon.proof(pubkey);
  if (!proven) return undefined;
  const { anchor, proof, balances } = proven;
  const key = { pubkey, validator: proof, balances };
  const data =
    kind === "partial"
      ? validatorExits.interface.encodeFunctionData("requestPartial", [anchor, key])
      : validatorExits.interface.encodeFunctionData("requestExit", [LIQUIDITY, anchor, key]);
  const label = `request ${kind} of ${pubkey}`;
  const call = { label, to: await validatorExits.getAddress(), data, valueWei: FEE_ALLOWANCE_WEI };
  return sendOrWait(context, call, NOT_THIS_ONE, retryAfterMs);
}
