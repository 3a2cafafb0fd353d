import { networkHelpers } from "../support/chain.ts";
import { HOLDERS, KIND, OPERATORS, STATE, type World } from "./world.ts";

const NEVER = Number.POSITIVE_INFINITY;
const SET = 1;

/** States that somebody could fear to be stuck in: the walks together must leave from each of them. */
export const FEARED = [
  "frozen",
  "paused",
  "quarantined",
  "deposits closed",
  "report open",
  "cycle filled in part",
  "redemptions waiting",
  "fills not claimed",
  "votes locked",
  "votes unlocking",
  "bond on its way out",
  "notice given",
  "resharing under way",
  "keys asked for",
  "verifier queued",
  ...Object.keys(STATE).map((name) => `key ${name}`),
  "key front-run",
  "slashing not recorded",
  "exit not recorded",
  "top-up in flight",
  "exit with a top-up in flight",
  "exit dropped",
  "partial open",
  "consolidation open",
];

export async function featuresOf(world: World): Promise<Set<string>> {
  const found = new Set<string>();
  const note = (name: string, is: boolean) => is && found.add(name);
  const {
    stakingPool: pool,
    balanceReport,
    operatorSets,
    setChanges,
    validatorManager,
    verifierReplacement,
  } = world.septet;
  const now = BigInt(await networkHelpers.time.latest());
  const stops = await pool.stops();
  note("frozen", stops.frozenUntil > now);
  note("paused", stops.pausedUntil > now);
  note("quarantined", stops.quarantinedUntil > now);
  note("deposits closed", stops.depositsCloseAt <= now);
  note("report open", await balanceReport.isOpen());
  const oldest = await pool.cycle(await pool.oldestOpenCycle());
  note("cycle filled in part", oldest.filledShares > 0n && oldest.filledShares < oldest.shares);
  note("redemptions waiting", (await pool.queueWei()) > 0n);
  note("fills not claimed", (await pool.reservedWei()) > 10n ** 9n);
  note("resharing under way", (await setChanges.resharing(SET)).proposedAt > 0n);
  note("keys asked for", (await validatorManager.openRequestOf(SET)) > 0n);
  note("verifier queued", (await verifierReplacement.queued()).queuedAt > 0n);
  for (const number of HOLDERS) {
    const holder = world.signer(number);
    note("votes locked", (await world.septet.voteToken.balanceOf(holder)) > 0n);
    note("votes unlocking", (await world.septet.voteToken.unlockOf(holder))[0] > 0n);
  }
  for (const number of OPERATORS) {
    note("bond on its way out", (await world.septet.operatorRegistry.unbondingOf(number))[0] > 0n);
    if (number <= 7) note("notice given", (await operatorSets.noticeOf(SET, number)) > 0n);
  }
  for (const key of world.memory.keys) await noteKey(world, key, note);
  return found;
}

async function noteKey(
  world: World,
  { id, key }: World["memory"]["keys"][number],
  note: (name: string, is: boolean) => unknown,
): Promise<void> {
  const { state, topUpGwei } = await world.septet.validatorManager.validator(id);
  const { kind } = await world.septet.validatorExits.request(id);
  const shown = world.beacon.find(key.pubkey);
  const leaves = shown !== undefined && shown.exitEpoch !== NEVER;
  const up = state === STATE.proven || state === STATE.active;
  for (const [name, number] of Object.entries(STATE)) note(`key ${name}`, state === number);
  note("key front-run", state <= STATE.predeposited && shown?.credentials.endsWith("66") === true);
  note("slashing not recorded", shown?.slashed === true && state <= STATE.exiting);
  note("exit not recorded", leaves && up);
  note("top-up in flight", topUpGwei > 0n);
  note("exit with a top-up in flight", topUpGwei > 0n && leaves);
  note("exit dropped", kind === KIND.exit && !leaves);
  note("partial open", kind === KIND.partial);
  note("consolidation open", kind === KIND.source);
}
