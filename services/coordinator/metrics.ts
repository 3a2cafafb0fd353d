import { Counter, Gauge, type Registry } from "prom-client";

/** All metrics of the coordinator. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    // Chain → events
    headBlock: new Gauge({
      name: "septet_coordinator_head_block",
      help: "Newest block of the execution node",
      registers,
    }),
    cursorBlock: new Gauge({
      name: "septet_coordinator_cursor_block",
      help: "Last block whose events were read completely",
      registers,
    }),
    watcherErrors: new Counter({
      name: "septet_coordinator_watcher_errors_total",
      help: "Reads of the chain that failed or were incomplete, by error code",
      labelNames: ["code"],
      registers,
    }),
    rollbacks: new Counter({
      name: "septet_coordinator_rollbacks_total",
      help: "Reorganisations that took read blocks back",
      registers,
    }),
    // Events → jobs → transactions
    steps: new Counter({
      name: "septet_coordinator_job_steps_total",
      help: "Runs of jobs by kind and outcome: done, awaiting, retrying, failed",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    standing: new Gauge({
      name: "septet_coordinator_jobs",
      help: "Jobs by kind and status; every failed one needs a person",
      labelNames: ["kind", "status"],
      registers,
    }),
    accountEther: new Gauge({
      name: "septet_coordinator_account_ether",
      help: "Ether of the account that pays the gas",
      registers,
    }),
    // Mailbox
    mailboxPosts: new Counter({
      name: "septet_coordinator_mailbox_posts_total",
      help: "Posted ceremony messages by outcome: stored, unchanged, or an error code",
      labelNames: ["outcome"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
