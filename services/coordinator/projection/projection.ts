import { type Job, type JobKind, POOL } from "../queues/job.ts";
import type { ChainEvent } from "../store/chainStore.ts";

export interface KnownRequest {
  requestId: string;
  setId: string;
  configuration: string;
  keyCount: number;
  /** Unix seconds of the last block that may take the keys. */
  deadlineSeconds: number;
  keysVerified: number;
  expired: boolean;
}

/** Steps of a validator as the events tell them. */
export type ValidatorStep =
  | "KeyVerified"
  | "Predeposited"
  | "CredentialsProven"
  | "ToppedUp"
  | "Activated"
  | "ExitSeen"
  | "Withdrawn";

export interface KnownValidator {
  validatorId: string;
  requestId: string;
  setId: string;
  /** 48 bytes, hex. */
  pubkey: string;
  /** 96 bytes, hex: of the predeposit. */
  depositSignature: string;
  step: ValidatorStep;
  /** On the beacon chain; nothing before CredentialsProven. */
  index?: number;
  /** Sum of its top-ups. */
  toppedUpWei: bigint;
  /** Unix time of the block of that step. */
  sinceSeconds: number;
}

/** What the contracts' events amount to. A pure function of them, so a rollback needs no undoing. */
export interface Projection {
  setIds: string[];
  requests: Map<string, KnownRequest>;
  validators: Map<string, KnownValidator>;
}

export const isOpen = (request: KnownRequest): boolean => !request.expired && request.keysVerified < request.keyCount;

function takeStep({ validators }: Projection, { name, arguments: values, timestampSeconds }: ChainEvent): void {
  const validator = validators.get(values["validatorId"] ?? "");
  if (!validator) return;
  validator.toppedUpWei += BigInt(values["amountWei"] ?? 0);
  // An active validator may get more.
  if (name === "ToppedUp" && validator.step === "Activated") return;
  Object.assign(validator, { step: name, sinceSeconds: timestampSeconds });
  const { validatorIndex } = values;
  if (validatorIndex !== undefined) validator.index = Number(validatorIndex);
}

function apply(projection: Projection, event: ChainEvent): void {
  const { requests, validators, setIds } = projection;
  const value = (name: string) => event.arguments[name] ?? "";
  switch (event.name) {
    case "SetFormed":
      setIds.push(value("setId"));
      break;
    case "KeysRequested":
      requests.set(value("requestId"), {
        requestId: value("requestId"),
        setId: value("setId"),
        configuration: value("configuration"),
        keyCount: Number(value("keyCount")),
        deadlineSeconds: Number(value("deadline")),
        keysVerified: 0,
        expired: false,
      });
      break;
    case "RequestExpired": {
      const request = requests.get(value("requestId"));
      if (request) request.expired = true;
      break;
    }
    case "KeyVerified": {
      const request = requests.get(value("requestId"));
      if (request) request.keysVerified += 1;
      validators.set(value("validatorId"), {
        validatorId: value("validatorId"),
        requestId: value("requestId"),
        setId: value("setId"),
        pubkey: value("pubkey"),
        depositSignature: value("depositSignature"),
        step: "KeyVerified",
        toppedUpWei: 0n,
        sinceSeconds: event.timestampSeconds,
      });
      break;
    }
    default:
      takeStep(projection, event);
  }
}

export function project(events: readonly ChainEvent[]): Projection {
  const projection: Projection = { setIds: [], requests: new Map(), validators: new Map() };
  for (const event of events) apply(projection, event);
  return projection;
}

const JOBS_AFTER: Record<ValidatorStep, readonly JobKind[]> = {
  KeyVerified: ["predeposit"],
  Predeposited: ["prove"],
  CredentialsProven: ["top-up"],
  // With the first top-up, which may be less than what is missing, a validator can become active.
  ToppedUp: ["activation", "top-up"],
  Activated: ["top-up"],
  ExitSeen: [],
  Withdrawn: [],
};

const PREDEPOSIT_WEI = 10n ** 18n;

/**
 * Every job that there is to do.
 *
 * @param targetBalanceWei What each validator shall get.
 */
export function neededJobs({ setIds, requests, validators }: Projection, targetBalanceWei: bigint): Job[] {
  const jobs: Job[] = setIds.map((id) => ({ kind: "key-request", id }));
  for (const kind of ["report", "fill", "withdrawal", "ending"] as const) jobs.push({ kind, id: POOL });
  for (const request of requests.values()) {
    if (isOpen(request)) jobs.push({ kind: "ceremony", id: request.requestId });
  }
  for (const { validatorId, step, toppedUpWei } of validators.values()) {
    const isFull = toppedUpWei + PREDEPOSIT_WEI >= targetBalanceWei;
    const kinds = JOBS_AFTER[step].filter((kind) => kind !== "top-up" || !isFull);
    jobs.push(...kinds.map((kind) => ({ kind, id: validatorId })));
  }
  return jobs;
}
