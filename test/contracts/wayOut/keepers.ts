import { networkHelpers } from "../support/chain.ts";
import { FEE, type Key, KIND, STATE, type World } from "./world.ts";

const NEVER = Number.POSITIVE_INFINITY;
const LIQUIDITY = 0;
const OPEN = 1n;

/**
 * A whole step of a report: it is started, proven and finished as far as that is possible now. An open one is gone on with
 * first: a leaving validator's top-up is written off only an eighth of a day after the start.
 */
export async function reportNow(world: World): Promise<void> {
  if (await world.septet.balanceReport.isOpen()) {
    await proveReport(world);
    await world.attempt("finish a report", () => world.septet.balanceReport.finish());
  }
  await startReport(world);
  await proveReport(world);
  await world.attempt("finish a report", () => world.septet.balanceReport.finish());
}

export async function startReport(world: World): Promise<void> {
  const cut = await world.beacon.provable();
  const started = await world.attempt("start a report", () => world.septet.balanceReport.start());
  if (started) world.memory.cut = cut;
}

export async function proveReport(world: World): Promise<void> {
  const { cut } = world.memory;
  if (!cut || cut.proofs.validatorCount === 0) return;
  const all = Array.from({ length: cut.proofs.validatorCount }, (_, index) => index);
  await world.attempt("prove balances", () =>
    world.septet.balanceReport.prove(cut.anchor.header, cut.proofs.balances(all)),
  );
}

export async function expireRequests(world: World): Promise<void> {
  const { validatorManager: manager } = world.septet;
  for (const { id } of world.memory.requests) {
    const { state } = await manager.request(id);
    if (state === OPEN) await world.attempt("expire a request", () => manager.expireRequest(id));
  }
}

/** Everything that anyone may do for one key now. */
export async function tendKey(world: World, key: Key): Promise<void> {
  const { validatorManager: manager, validatorExits: exits, slashings } = world.septet;
  const { state, topUpGwei } = await manager.validator(key.id);
  const shown = world.beacon.find(key.key.pubkey);
  if (state === STATE.verified) {
    if (shown && !(await isOurs(world, key))) await proveForeign(world, key);
    else await world.attempt("expire a key", () => manager.expireKey(key.id));
  }
  if ((await exits.request(key.id)).kind === KIND.source) {
    await world.attempt("finish a consolidation", () => exits.finishConsolidation(key.id));
  }
  if (!shown) return;
  if (state === STATE.predeposited) await proveBeginning(world, key);
  if (state === STATE.withdrawn && (await manager.validatorIdAt(world.beacon.indexOf(key.key.pubkey))) === key.id) {
    await world.attempt("forget a key", () => manager.forget(key.id));
  }
  if (state < STATE.proven || [STATE.withdrawn, STATE.foreign, STATE.expired].includes(state)) return;

  if (shown.exitEpoch !== NEVER && (state <= STATE.active || topUpGwei > 0n)) {
    await withProof(world, key, "record an exit", "recordExit");
  }
  if (shown.slashed && state !== STATE.slashed) {
    const evidence = await world.evidence(key);
    if (evidence) {
      await world.attempt("record a slashing", () =>
        slashings.recordSlashed(key.id, evidence.anchor, evidence.validator),
      );
    }
  }
  if (state === STATE.slashed) await world.attempt("settle a slashing", () => slashings.settle(key.id));
  if (topUpGwei > 0n && shown.exitEpoch !== NEVER) await provePendingTopUp(world, key);
  if ((await world.beacon.epoch()) >= shown.withdrawableEpoch) await recordWithdrawn(world, key);
  if (shown.exitEpoch !== NEVER) return;
  await tendRequest(world, key);
}

/** Asks for the ETH of a key that stays, or ends a request that had no effect. */
async function tendRequest(world: World, key: Key): Promise<void> {
  const { validatorExits: exits } = world.septet;
  const { kind, requestedAt, lapseEpoch } = await exits.request(key.id);
  const aged = BigInt(await networkHelpers.time.latest()) > requestedAt + 86_400n;
  const evidence = kind === KIND.none || aged ? await world.evidence(key) : undefined;
  if (!evidence) return;
  const { anchor, validator, balances, proofs } = evidence;
  if (kind === KIND.none) {
    await world.attempt("request an exit", () => exits.requestExit(LIQUIDITY, ...evidence.exit, FEE));
  } else if (kind === KIND.exit || kind === KIND.source) {
    await world.attempt("lapse a request", () => exits.lapse(key.id, anchor, validator));
  } else if (kind === KIND.partial && lapseEpoch === 0n) {
    await world.attempt("schedule a lapse", () => exits.scheduleLapse(key.id, anchor, proofs.earliestExitEpoch()));
  } else if (kind === KIND.partial) {
    await world.attempt("lapse a partial", () => exits.lapsePartial(key.id, anchor, balances));
  }
}

async function proveBeginning(world: World, key: Key): Promise<void> {
  if (!(await isOurs(world, key))) await proveForeign(world, key);
  else if (world.beacon.find(key.key.pubkey)?.exitEpoch !== NEVER) {
    await withProof(world, key, "record an exit", "recordExit");
  } else await withProof(world, key, "prove credentials", "proveCredentials");
}

const proveForeign = (world: World, key: Key) => withProof(world, key, "prove foreign credentials", "proveForeign");

export async function withProof(
  world: World,
  key: Key,
  name: string,
  method: "proveForeign" | "proveCredentials" | "recordExit" | "recordActivation",
): Promise<void> {
  const evidence = await world.evidence(key);
  if (!evidence) return;
  await world.attempt(name, () => world.septet.validatorManager[method](key.id, evidence.anchor, evidence.validator));
}

async function provePendingTopUp(world: World, key: Key): Promise<void> {
  const position = world.beacon.waitingOf(key.key.pubkey);
  if (position < 0) return;
  const { anchor, proofs } = await world.beacon.provable();
  await world.attempt("prove a waiting top-up", () =>
    world.septet.validatorManager.provePendingTopUp(key.id, anchor, proofs.pendingDeposit(position)),
  );
}

async function recordWithdrawn(world: World, key: Key): Promise<void> {
  const evidence = await world.evidence(key);
  if (!evidence) return;
  const { anchor, validator, balances } = evidence;
  await world.attempt("record a withdrawal", () =>
    world.septet.validatorManager.recordWithdrawn(key.id, anchor, validator, balances),
  );
}

async function isOurs(world: World, { key }: Key): Promise<boolean> {
  return world.beacon.find(key.pubkey)?.credentials === (await world.septet.validatorManager.withdrawalCredentials());
}
