import { DelayedError, Queue, Worker as QueueWorker, UnrecoverableError } from "bullmq";
import { Redis } from "ioredis";
import { describeError } from "../../logging/describeError.ts";
import { JOB_KINDS, type Job, type JobKind, PermanentFailure, type Step, type Worker } from "./job.ts";

export interface QueueOptions {
  redisUrl: string;
  /** Of all keys in Redis: one per coordinator. */
  prefix: string;
  workers: Record<JobKind, Worker>;
  /** Told of every run that ended. */
  onStep(job: Job, step: Step): void;
  onFailure(job: Job, error: unknown, permanent: boolean): void;
  onConnectionError(error: unknown): void;
}

export interface Queues {
  /** Makes sure that a job exists. Rejects at once when Redis can't be reached. */
  add(job: Job): Promise<void>;
  /** Runs a waiting job now. */
  wake(job: Job): Promise<void>;
  isReachable(): Promise<boolean>;
  /** Lets running jobs end. */
  close(): Promise<void>;
}

const CONCURRENCY: Record<JobKind, number> = {
  "key-request": 1,
  ceremony: 2,
  predeposit: 2,
  // Each holds a whole beacon state in memory.
  prove: 1,
  "top-up": 2,
  activation: 1,
  report: 1,
  fill: 1,
  withdrawal: 1,
  ending: 1,
};
const MAX_BACKOFF_MS = 60_000;
// A job whose process was killed is taken up again when its lock has run out.
const LOCK_DURATION_MS = 15_000;
const STALLED_INTERVAL_MS = 5_000;

const JOB_OPTIONS = {
  // Nodes can be away for days; the status shows what fails. Only PermanentFailure ends a job.
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: "capped" },
  // A job that ended can be made again, for instance after a reorganisation.
  removeOnComplete: true,
  stackTraceLimit: 0,
} as const;

// BullMQ refuses ':' and plain numbers in ids of our own.
const jobIdOf = ({ kind, id }: Job) => `${kind}-${id}`;

/** Starts one queue and one worker for each kind of job. */
export async function startQueues(options: QueueOptions): Promise<Queues> {
  const { redisUrl, prefix, workers, onStep, onFailure, onConnectionError } = options;
  // Producers fail fast, the next sweep adds what they couldn't; workers wait for Redis to come back.
  const producer = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1, enableOfflineQueue: false });
  producer.on("error", onConnectionError);
  try {
    await producer.connect();
  } catch (error) {
    producer.disconnect();
    throw error;
  }
  const consumer = new Redis(redisUrl, { maxRetriesPerRequest: null });
  consumer.on("error", onConnectionError);

  function startWorker(kind: JobKind): QueueWorker<Job> {
    const work = workers[kind];
    const worker = new QueueWorker<Job>(
      kind,
      async (job, token) => {
        const reference = { kind, id: job.data.id };
        let step: Step;
        try {
          step = await work(reference.id);
          onStep(reference, step);
        } catch (error) {
          const permanent = error instanceof PermanentFailure;
          onFailure(reference, error, permanent);
          // What is thrown here is stored in Redis.
          throw permanent ? new UnrecoverableError(error.message) : new Error(describeError(error));
        }
        if ("done" in step) return step.done;
        // The queue knows no time but the system's.
        await job.moveToDelayed(Date.now() + step.retryAfterMs, token);
        throw new DelayedError();
      },
      {
        connection: consumer,
        prefix,
        concurrency: CONCURRENCY[kind],
        lockDuration: LOCK_DURATION_MS,
        stalledInterval: STALLED_INTERVAL_MS,
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        settings: {
          backoffStrategy: (attemptsMade) => Math.min(MAX_BACKOFF_MS, 500 * 2 ** Math.min(attemptsMade, 10)),
        },
      },
    );
    worker.on("error", onConnectionError);
    return worker;
  }

  const queues = new Map(JOB_KINDS.map((kind) => [kind, new Queue(kind, { connection: producer, prefix })]));
  const queueOf = (kind: JobKind) => queues.get(kind) as Queue;
  for (const queue of queues.values()) {
    queue.on("error", onConnectionError);
    // A restart is a person's way to have permanent failures tried again.
    await queue.clean(0, 0, "failed");
  }
  const running = JOB_KINDS.map(startWorker);

  const add = async (job: Job) => {
    await queueOf(job.kind).add(job.kind, { kind: job.kind, id: job.id }, { ...JOB_OPTIONS, jobId: jobIdOf(job) });
  };
  return {
    add,
    async wake(job) {
      const waiting = await queueOf(job.kind).getJob(jobIdOf(job));
      // It may start by itself between the question and the order.
      if (await waiting?.isDelayed()) await waiting?.promote().catch(() => {});
      else await add(job);
    },
    isReachable: async () => {
      try {
        return (await producer.ping()) === "PONG";
      } catch {
        return false;
      }
    },
    async close() {
      await Promise.all(running.map((worker) => worker.close()));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
