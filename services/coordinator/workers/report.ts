import { planBalances } from "../../beacon/balancePlan.ts";
import type { Projection } from "../projection/projection.ts";
import type { Step } from "../queues/job.ts";
import { FRESH_PROOF, lookAgain, STATE, sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";

const NOW_MS = 0;

// Half of what a transaction may have (EIP-7825).
const MAX_BATCH_GAS = 2 ** 23;
/** Of BalanceReport itself and of the finish in the last batch, at most (test/coordinator/poolWorkers.test.ts). */
const BATCH_GAS = 300_000;
const CHUNK_GAS = 3_000;
/** A validator with something to settle, the most when it is slashed and its bonds are asked. */
const SPECIAL_GAS = 150_000;

const INDICES_PER_WORD = 256;
/** Part of a day. */
const GRACE_DIVISOR = 8n;

/**
 * Proves what the pool owns, again and again: starts a report when the contract allows it, proves the balances of all
 * validators against the beacon block it is about, and finishes it. Anyone may do any of the steps: each run looks at the
 * contract first. Never ends.
 */
export async function reportBalances(context: WorkerContext): Promise<Step> {
  const { balanceReport } = context.contracts;
  if (!(await balanceReport.isOpen())) return start(context);
  const [proven, count] = await Promise.all([balanceReport.provenCount(), balanceReport.validatorCount()]);
  return proven < count ? prove(context, Number(count - proven)) : finish(context);
}

async function start(context: WorkerContext): Promise<Step> {
  const { contracts, clock } = context;
  const startableAtMs = Number(await contracts.balanceReport.startableAt()) * 1000;
  const retryAfterMs = startableAtMs - clock.nowMs();
  const awaiting = `the next balance report, due at ${new Date(startableAtMs).toISOString()}`;
  if (retryAfterMs > 0) return { awaiting, retryAfterMs };
  return send(context, "start", { ...FRESH_PROOF, ReportTooEarly: awaiting, ReportInProgress: "the balance report" });
}

function finish(context: WorkerContext): Promise<Step> {
  return send(context, "finish", { NoOpenReport: "the next balance report", ReportIncomplete: "more proofs" });
}

async function send(context: WorkerContext, step: "start" | "finish", waits: Record<string, string>): Promise<Step> {
  const { balanceReport } = context.contracts;
  const data =
    step === "start"
      ? balanceReport.interface.encodeFunctionData("start")
      : balanceReport.interface.encodeFunctionData("finish");
  const call = { label: `${step} balance report`, to: await balanceReport.getAddress(), data };
  return lookAgain(await sendOrWait(context, call, waits, slotsToMs(context, 1)), "the report's next step", NOW_MS);
}

/** @param awaited How many balances the report lacks. */
async function prove(context: WorkerContext, awaited: number): Promise<Step> {
  const { contracts, beacon, projection } = context;
  const { balanceReport } = contracts;
  const [root, slot, bound] = await Promise.all([
    balanceReport.anchorRoot(),
    balanceReport.slot(),
    balanceReport.isBound(),
  ]);
  const soon = slotsToMs(context, 1);
  // Once the header is bound the contract remembers the state's root and forgets the block's.
  const state = await beacon.state(bound ? String(slot) : root);
  if (!state) return { awaiting: `a beacon node that keeps the state of ${root}`, retryAfterMs: soon };

  const { header } = state.anchor(0n);
  const to = await balanceReport.getAddress();
  const { indices, isSpecial, heldBack } = await missing(context, projection());
  if (indices.length === 0 && heldBack > 0) {
    return { awaiting: "time to show that the top-ups of validators that leave still wait", retryAfterMs: soon };
  }
  const batches = planBalances(state, indices, {
    gasLimit: MAX_BATCH_GAS,
    encode: (proof) => balanceReport.interface.encodeFunctionData("prove", [header, proof]),
    callerGas: ({ chunks }, batch) =>
      BATCH_GAS + chunks.length * CHUNK_GAS + batch.filter(isSpecial).length * SPECIAL_GAS,
  });
  // More than those when validators were proven since the start: which of them count is for the contract to say.
  const last = indices.length === awaited ? batches.at(-1) : undefined;
  for (const batch of batches) {
    const finishes = batch === last;
    const label = `prove ${batch.validatorIndices.length} balances${finishes ? " and finish the balance report" : ""}`;
    const data = finishes
      ? balanceReport.interface.encodeFunctionData("proveAndFinish", [header, batch.proof])
      : batch.data;
    const waits = {
      ...{ NoOpenReport: "the next balance report", HeaderMismatch: "the new report's proofs" },
      ReportIncomplete: "more proofs",
    };
    const step = await sendOrWait(context, { label, to, data }, waits, soon);
    if (!("done" in step)) return step;
  }
  return { awaiting: "the report's next step", retryAfterMs: NOW_MS };
}

interface Missing {
  /** Rising. */
  indices: number[];
  /** Whether the contract has more to do for it than to add its balance. */
  isSpecial(index: number): boolean;
  /** Number of those whose balance the contract might not take yet. */
  heldBack: number;
}

/** The validators that the contract counts and has no balance of yet. */
async function missing(context: WorkerContext, { validators }: Projection): Promise<Missing> {
  const { validatorManager, balanceReport } = context.contracts;
  const known = [...validators.values()].flatMap(({ index, validatorId }) =>
    index === undefined ? [] : [{ index, validatorId }],
  );
  const counted = new Map<number, bigint>();
  const special = new Map<number, bigint>();
  for (const word of new Set(known.map(({ index }) => wordOf(index)))) {
    counted.set(word, await validatorManager.accounted(word));
    special.set(word, await validatorManager.special(word));
  }
  const inGrace = await isInGrace(context);
  const indices: number[] = [];
  let heldBack = 0;
  for (const { index, validatorId } of known) {
    if (!hasBit(counted, index) || (await balanceReport.isProven(index))) continue;
    if (inGrace && hasBit(special, index) && (await leavesWithTopUp(context, validatorId))) heldBack++;
    else indices.push(index);
  }
  return { indices: indices.sort((a, b) => a - b), isSpecial: (index) => hasBit(special, index), heldBack };
}

/** Whether the contract still waits for proofs of top-ups in the queue; see IValidatorAccounts.settle. */
async function isInGrace({ contracts, clock }: WorkerContext): Promise<boolean> {
  const { balanceReport, stakingPool } = contracts;
  const [startedAt, day] = await Promise.all([balanceReport.startedAt(), stakingPool.DAY()]);
  return clock.nowMs() < Number(startedAt + day / GRACE_DIVISOR + 1n) * 1000;
}

async function leavesWithTopUp({ contracts }: WorkerContext, validatorId: string): Promise<boolean> {
  const { state, topUpGwei } = await contracts.validatorManager.validator(validatorId);
  return topUpGwei > 0n && (state === STATE.exiting || state === STATE.slashed);
}

const wordOf = (index: number) => Math.floor(index / INDICES_PER_WORD);

function hasBit(words: ReadonlyMap<number, bigint>, index: number): boolean {
  return (((words.get(wordOf(index)) ?? 0n) >> BigInt(index % INDICES_PER_WORD)) & 1n) === 1n;
}
