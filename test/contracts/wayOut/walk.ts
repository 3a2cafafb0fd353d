import { networkHelpers } from "../support/chain.ts";
import { testKey } from "../support/keys.ts";
import { account, ETHER, submissionOf, submit } from "../support/septet.ts";
import { expireRequests, proveReport, reportNow, startReport, tendKey, withProof } from "./keepers.ts";
import { DAY, FEE, GUARDIAN, HOLDERS, idOf, type Key, STATE, STRANGER, TARGET_ETHER, type World } from "./world.ts";

type Random = (below: number) => number;
type Act = (world: World, random: Random) => Promise<unknown>;

const SET = 1;
const GOVERNANCE = 4;
const LIQUIDITY = 0;
const FOREIGN = `0x02${"00".repeat(11)}${"66".repeat(20)}`;

const keyOf = (world: World, random: Random): Key | undefined => world.memory.keys[random(world.memory.keys.length)];
const holderOf = (world: World, random: Random) => world.signer(HOLDERS[1 + random(HOLDERS.length - 1)] ?? 10);

/** What people, operators, governance and the beacon chain may do next; any of it may be refused. */
const ACTS: [number, Act][] = [
  [9, deposit],
  [7, requestRedeem],
  [4, (world) => world.attempt("fill", () => world.septet.stakingPool.fill(32))],
  [3, claimPart],
  [3, lockOrUnlock],
  [7, requestKeys],
  [8, submitKeys],
  [8, predeposit],
  [6, proveCredentials],
  [7, topUp],
  [4, activate],
  [3, reportNow],
  [2, startReport],
  [2, proveReport],
  [6, askKey],
  [2, tendSomeKey],
  [1, leaveUnasked],
  [1, slash],
  [3, earn],
  [1, pauseByGuardian],
  [2, consolidateSome],
  [2, donate],
  [1, unbond],
  [12, (world, random) => world.beacon.advance(3_600 * (1 + random(12)), random(4) > 0)],
  [4, (world, random) => world.beacon.advance(DAY * (1 + random(3)), random(3) > 0)],
];

/** After these a set makes no new keys, so they come late. */
const LATE_ACTS: [number, Act][] = [
  [2, giveNotice],
  [2, proposeRotation],
  [2, frontRun],
  [2, replaceVerifier],
];

const repeated = (acts: [number, Act][]) => acts.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));
const EARLY = repeated(ACTS);
const ALL = [...EARLY, ...repeated(LATE_ACTS)];

/** The only number there is. */
const zero = () => 0;

/** Five keys that were active for days, one of them with a hundred ether: each walk begins in the middle of the work. */
export async function begin(world: World): Promise<void> {
  const { septet, beacon, memory } = world;
  const holder = world.signer(HOLDERS[1]);
  await septet.stakingPool.connect(holder).deposit(1_000n * ETHER, holder, { value: 1_000n * ETHER });
  for (let number = 0; number < 5; number++) await makeKey(world);
  for (const key of memory.keys) await world.attempt("predeposit", () => world.predeposit(key));
  await beacon.advance(DAY);
  for (const key of memory.keys) await withProof(world, key, "prove credentials", "proveCredentials");
  for (const [number, key] of memory.keys.entries()) await topUpBy(world, key, number === 0 ? 99n : 32n);
  for (const days of [1, 2]) await beacon.advance(days * DAY);
  for (const key of memory.keys) await withProof(world, key, "record an activation", "recordActivation");
  await reportNow(world);
}

/** Everything begun and nothing ended: what walks seldom leave behind, all at once. */
export async function beginEverything(world: World): Promise<void> {
  const { septet, beacon, memory } = world;
  const { stakingPool } = septet;
  const [withPartial, toppedUp, source, target] = memory.keys;
  if (!withPartial || !toppedUp || !source || !target) throw new Error("the beginning has five keys");
  const [predeposited, foreign] = [await makeKey(world), await makeKey(world)];
  await world.attempt("predeposit", () => world.predeposit(predeposited));
  beacon.insert(foreign.key.pubkey, FOREIGN, 1e9);
  await requestKeys(world, zero);
  await consolidate(world, source, target);
  await tendKey(world, foreign);
  await topUpBy(world, toppedUp, 67n);
  await beacon.exit(beacon.indexOf(toppedUp.key.pubkey));

  const holder = world.signer(HOLDERS[1]);
  const pool = stakingPool.connect(holder);
  await pool.requestRedeem(((await pool.balanceOf(holder)) * 9n) / 10n, holder, holder);
  await askForPart(world, withPartial);
  await beacon.advance(DAY, false);
  await reportNow(world);
  await world.attempt("fill", () => stakingPool.fill(1));
  for (const act of [giveNotice, proposeRotation, replaceVerifier, unbond, lockOrUnlock, lockOrUnlock]) {
    await act(world, zero);
  }
  await beacon.advance(DAY, false);
  await startReport(world);
}

/** Stops, losses and keys that came to nothing, or were about to. */
export async function beginTrouble(world: World): Promise<void> {
  const { beacon, memory } = world;
  const [leaving, dropped, slashed, unnoticed] = memory.keys;
  if (!leaving || !dropped || !slashed || !unnoticed) throw new Error("the beginning has five keys");
  const expiring = await makeKey(world);
  await replaceVerifier(world, zero);
  await askToLeave(world, leaving, GOVERNANCE);
  for (const days of [28, 3]) await beacon.advance(days * DAY);
  await reportNow(world);
  for (const key of [expiring, leaving]) await tendKey(world, key);

  beacon.dropsRequests = () => true;
  await askToLeave(world, dropped, GOVERNANCE);
  await beacon.advance(3_600);
  beacon.dropsRequests = () => false;
  await makeKey(world);
  beacon.insert((await makeKey(world)).key.pubkey, FOREIGN, 1e9);
  await beacon.slash(beacon.indexOf(slashed.key.pubkey));
  await tendKey(world, slashed);
  await beacon.slash(beacon.indexOf(unnoticed.key.pubkey));
  await pauseByGuardian(world, (below) => below - 1);
  await world.attempt("replace the verifier", () => world.septet.verifierReplacement.execute());
}

export async function walk(world: World, random: Random, steps: number): Promise<void> {
  world.beacon.dropsRequests = () => random(4) === 0;
  for (let step = 0; step < steps; step++) {
    const acts = step < steps / 2 ? EARLY : ALL;
    await acts[random(acts.length)]?.(world, random);
  }
  world.beacon.dropsRequests = () => false;
}

async function deposit(world: World, random: Random) {
  const holder = holderOf(world, random);
  const value = BigInt(1 + random(200)) * ETHER;
  const { stakingPool } = world.septet;
  await world.attempt("deposit", () => stakingPool.connect(holder).deposit(value, holder, { value }));
}

async function requestRedeem(world: World, random: Random) {
  const holder = holderOf(world, random);
  const pool = world.septet.stakingPool.connect(holder);
  const shares = ((await pool.balanceOf(holder)) * BigInt(1 + random(60))) / 100n;
  if (shares > 0n) await world.attempt("request redemption", () => pool.requestRedeem(shares, holder, holder));
}

async function claimPart(world: World, random: Random) {
  const holder = holderOf(world, random);
  const pool = world.septet.stakingPool.connect(holder);
  const shares = (await pool.maxRedeem(holder)) / BigInt(1 + random(3));
  if (shares > 0n) await world.attempt("redeem", () => pool.redeem(shares, holder, holder));
}

async function lockOrUnlock(world: World, random: Random) {
  const holder = holderOf(world, random);
  const { stakingPool, voteToken } = world.septet;
  const votes = voteToken.connect(holder);
  const locked = await votes.balanceOf(holder);
  if (locked > 0n) return world.attempt("unlock votes", () => votes.requestUnlock(locked / 2n + 1n));
  const shares = (await stakingPool.balanceOf(holder)) / 10n;
  if (shares === 0n) return;
  await stakingPool.connect(holder).approve(voteToken, shares);
  return world.attempt("lock votes", () => votes.depositFor(holder, shares));
}

async function requestKeys(world: World, random: Random) {
  const { validatorManager: manager } = world.septet;
  const count = 1 + random(2);
  await expireRequests(world);
  if (!(await world.attempt("request keys", () => manager.requestKeys(SET, count)))) return;
  const id = await manager.requestCount();
  const names = Array.from({ length: count }, (_, number) => `way out ${id} ${number}`);
  world.memory.requests.push({ id, names });
  if (random(4) > 0) await submitKeys(world);
}

async function submitKeys(world: World) {
  const { septet, memory } = world;
  const last = memory.requests.at(-1);
  if (!last || (await septet.validatorManager.request(last.id)).state !== 1n) return;
  const keys = last.names.map((name) => testKey(name));
  const submission = await submissionOf(septet, keys, { requestId: last.id });
  if (!(await world.attempt("submit keys", () => submit(septet, submission)))) return;
  memory.keys.push(...keys.map((key) => ({ key, id: idOf(key.pubkey) })));
}

export async function makeKey(world: World): Promise<Key> {
  await requestKeys(world, zero);
  await submitKeys(world);
  const key = world.memory.keys.at(-1);
  if (!key) throw new Error("no key was made");
  return key;
}

async function predeposit(world: World, random: Random) {
  const key = await keyIn(world, random, STATE.verified);
  if (key) await world.attempt("predeposit", () => world.predeposit(key));
}

async function proveCredentials(world: World, random: Random) {
  const key = await keyIn(world, random, STATE.predeposited);
  if (key) await withProof(world, key, "prove credentials", "proveCredentials");
}

async function topUp(world: World, random: Random) {
  const key = (await keyIn(world, random, STATE.proven)) ?? keyOf(world, random);
  const shown = key && world.beacon.find(key.key.pubkey);
  const rest = TARGET_ETHER - Math.ceil((shown?.balanceGwei ?? 0) / 1e9);
  if (key && rest > 0) await topUpBy(world, key, random(2) === 0 ? BigInt(rest) : 32n);
}

async function topUpBy(world: World, key: Key, ether: bigint) {
  const evidence = await world.evidence(key);
  if (!evidence) return;
  const { anchor, validator, balances } = evidence;
  await world.attempt("top up", () =>
    world.septet.validatorManager.topUp(key.key.pubkey, ether * ETHER, anchor, validator, balances),
  );
}

async function activate(world: World, random: Random) {
  const key = await keyIn(world, random, STATE.proven);
  if (key) await withProof(world, key, "record an activation", "recordActivation");
}

async function askKey(world: World, random: Random) {
  const key = (await keyIn(world, random, STATE.active)) ?? keyOf(world, random);
  if (!key) return;
  if (random(2) === 0) await askForPart(world, key);
  else await askToLeave(world, key, random(3) === 0 ? GOVERNANCE : LIQUIDITY);
}

async function askForPart(world: World, key: Key) {
  const evidence = await world.evidence(key);
  if (!evidence) return;
  await world.attempt("request a partial", () => world.septet.validatorExits.requestPartial(...evidence.exit, FEE));
}

async function askToLeave(world: World, key: Key, reason: number) {
  const evidence = await world.evidence(key);
  if (!evidence) return;
  await world.attempt("request an exit", () => world.septet.validatorExits.requestExit(reason, ...evidence.exit, FEE));
}

async function tendSomeKey(world: World, random: Random) {
  const key = keyOf(world, random);
  if (key) await tendKey(world, key);
}

/** The operators sign an exit that nobody asked for. */
async function leaveUnasked(world: World, random: Random) {
  const key = keyOf(world, random);
  if (key) await world.beacon.exit(world.beacon.indexOf(key.key.pubkey));
}

async function slash(world: World, random: Random) {
  const key = keyOf(world, random);
  if (!key) return;
  await world.beacon.slash(world.beacon.indexOf(key.key.pubkey));
  if (random(2) === 0) await tendKey(world, key);
}

async function earn(world: World, random: Random) {
  for (let index = 0; index < world.beacon.accounts.length; index++) {
    world.beacon.earn(index, (random(4) === 0 ? -1 : 1) * random(3e7));
  }
}

async function pauseByGuardian(world: World, random: Random) {
  const { guardian } = world.septet;
  const until = (await networkHelpers.time.latest()) + 1 + random(6 * DAY);
  const paused = await world.attempt("pause", () => guardian.connect(world.signer(GUARDIAN)).pause(until));
  if (!paused && random(4) === 0) await guardian.renew();
}

/** By the same verifier: the proofs stay as they are, the quarantine is real. */
async function replaceVerifier(world: World, random: Random) {
  const { verifierReplacement: replacement } = world.septet;
  const queued = await world.attempt("queue a verifier", async () => replacement.queue(await replacement.current()));
  if (queued) return;
  if (random(2) === 0) await world.beacon.advance(31 * DAY);
  await world.attempt("replace the verifier", () => replacement.execute());
}

async function giveNotice(world: World, random: Random) {
  const number = 1 + random(7);
  const owner = account(world.septet, number);
  await world.attempt("give notice", () => world.septet.operatorSets.connect(owner).giveNotice(SET, number));
}

async function proposeRotation(world: World) {
  await world.attempt("propose a rotation", () => world.septet.setChanges.proposeRotation(SET, [1, 2, 3, 4, 5, 6, 8]));
}

async function consolidateSome(world: World, random: Random) {
  const [source, target] = [await keyIn(world, random, STATE.active), await keyIn(world, random, STATE.active)];
  if (source && target) await consolidate(world, source, target);
}

async function consolidate(world: World, source: Key, target: Key) {
  const { beacon, septet } = world;
  const { anchor, proofs } = await beacon.provable();
  const evidence = ({ key: { pubkey } }: Key) => {
    const index = beacon.indexOf(pubkey);
    return { pubkey, validator: proofs.validator(index), balances: proofs.balances([index]) };
  };
  const [from, to] = [evidence(source), evidence(target)];
  await world.attempt("consolidate", () =>
    septet.validatorExits.requestConsolidation(GOVERNANCE, anchor, from, to, FEE),
  );
}

/** Four seats deposit a key of theirs with their own credentials first. */
async function frontRun(world: World, random: Random) {
  const key = await keyIn(world, random, STATE.verified);
  if (key && !world.beacon.find(key.key.pubkey)) world.beacon.insert(key.key.pubkey, FOREIGN, 1e9);
}

async function donate(world: World, random: Random) {
  const value = BigInt(random(1_000)) * 10n ** 15n;
  await world.signer(STRANGER).sendTransaction({ to: await world.septet.withdrawalVault.getAddress(), value });
}

async function unbond(world: World, random: Random) {
  const number = 8 - random(8);
  const registry = world.septet.operatorRegistry.connect(account(world.septet, number));
  const free = await registry.freeBondOf(number);
  if (free > 0n) await world.attempt("request a bond", () => registry.requestUnbond(number, free / 2n + 1n));
}

async function keyIn(world: World, random: Random, state: bigint): Promise<Key | undefined> {
  const states = await Promise.all(world.memory.keys.map(({ id }) => world.septet.validatorManager.validator(id)));
  const found = world.memory.keys.filter((_, i) => states[i]?.state === state);
  return found[random(found.length)];
}
