import { isOpen, type Projection } from "../projection/projection.ts";
import { POOL } from "../queues/job.ts";
import type { JobProgress } from "../store/progressStore.ts";
import type { WatcherProgress } from "../watcher/watcher.ts";

export interface StatusInput {
  address: string;
  chain: WatcherProgress | undefined;
  redisReachable: boolean;
  projection: Projection;
  progress: JobProgress[];
}

const isoTime = (unixMs: number) => new Date(unixMs).toISOString();

/** @param kinds the first that is under way counts */
function standing(progress: JobProgress[], id: string, kinds: JobProgress["kind"][]) {
  const [found] = kinds.flatMap((kind) => progress.find((job) => job.id === id && job.kind === kind) ?? []);
  return found && { job: found.kind, status: found.status, awaiting: found.text, since: isoTime(found.sinceMs) };
}

/** Why the coordinator is not ready; empty when it is. */
export function notReadyBecause({ chain, redisReachable }: StatusInput): string[] {
  const reasons: string[] = [];
  if (!chain) reasons.push("no block has been read yet");
  else if (!chain.synced) reasons.push(`blocks ${chain.cursorNumber + 1} to ${chain.headNumber} are not read yet`);
  if (!redisReachable) reasons.push("Redis can't be reached");
  return reasons;
}

/** What a person wants to know: for the pool and each set, request and validator what is awaited, and since when. */
export function describeStatus(input: StatusInput) {
  const { address, chain, progress, projection } = input;
  const failed = progress.filter(({ status }) => status === "failed");
  return {
    account: address,
    ready: notReadyBecause(input).length === 0,
    notReadyBecause: notReadyBecause(input),
    chain: chain && { headBlock: chain.headNumber, readUpToBlock: chain.cursorNumber },
    pool: (["report", "fill", "withdrawal", "ending"] as const).flatMap(
      (kind) => standing(progress, POOL, [kind]) ?? [],
    ),
    sets: projection.setIds.map((setId) => ({ setId, ...standing(progress, setId, ["key-request"]) })),
    requests: [...projection.requests.values()].filter(isOpen).map((request) => ({
      requestId: request.requestId,
      setId: request.setId,
      keyCount: request.keyCount,
      deadline: isoTime(request.deadlineSeconds * 1000),
      ...standing(progress, request.requestId, ["ceremony"]),
    })),
    validators: [...projection.validators.values()].map((validator) => ({
      pubkey: validator.pubkey,
      setId: validator.setId,
      step: validator.step,
      stepSince: isoTime(validator.sinceSeconds * 1000),
      ...standing(progress, validator.validatorId, ["predeposit", "prove", "activation", "top-up"]),
    })),
    permanentFailures: failed.map(({ kind, id, text, sinceMs }) => ({
      job: kind,
      id,
      error: text,
      since: isoTime(sinceMs),
    })),
  };
}
