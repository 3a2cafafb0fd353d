import type { JobKind, Worker } from "../queues/job.ts";
import { submitCeremony } from "./ceremony.ts";
import type { WorkerContext } from "./context.ts";
import { predeposit, topUp } from "./deposits.ts";
import { recordEndings } from "./endings.ts";
import { fillCycles } from "./fill.ts";
import { requestKeysWhenFunded } from "./keyRequest.ts";
import { proveCredentials, recordActivation } from "./proofs.ts";
import { reportBalances } from "./report.ts";
import { requestWithdrawals } from "./withdrawals.ts";

/** From deposits to an active validator: each job in the order of its life. */
export function createWorkers(context: WorkerContext): Record<JobKind, Worker> {
  const shownIn = new Map<string, bigint>();
  return {
    "key-request": (setId) => requestKeysWhenFunded(context, setId),
    ceremony: (requestId) => submitCeremony(context, requestId),
    predeposit: (validatorId) => predeposit(context, validatorId),
    prove: (validatorId) => proveCredentials(context, validatorId),
    "top-up": (validatorId) => topUp(context, validatorId),
    activation: (validatorId) => recordActivation(context, validatorId),
    report: () => reportBalances(context),
    fill: () => fillCycles(context),
    withdrawal: () => requestWithdrawals(context),
    ending: () => recordEndings(context, shownIn),
  };
}
