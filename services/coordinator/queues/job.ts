/** What the workers do, each with its own queue. */
export const JOB_KINDS = [
  "key-request",
  "ceremony",
  "predeposit",
  "prove",
  "top-up",
  "activation",
  "report",
  "fill",
  "withdrawal",
  "ending",
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** A job carries this and nothing else: what to do about what. `id` is a set, request or validator id, or POOL. */
export interface Job {
  kind: JobKind;
  id: string;
}

/** The id of jobs that are there once, and never end. */
export const POOL = "pool";

/** How a run of a job ended: nothing is left to do, or it is run again later. `awaiting` is for people. */
export type Step = { done: string } | { awaiting: string; retryAfterMs: number };

/**
 * Does one step of a job. It looks at the chain first and stops when someone else did it; running it again, or twice at
 * once, is harmless. Whatever it throws is tried again, except `PermanentFailure`.
 */
export type Worker = (id: string) => Promise<Step>;

/** Trying again is of no use: a person has to look. The message goes to Redis and the API: no secrets. */
export class PermanentFailure extends Error {
  override readonly name = "PermanentFailure";
}
