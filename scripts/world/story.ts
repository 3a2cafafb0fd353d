// The main job, told in order: a deposit becomes an active validator, whose duties go on while two of seven nodes are dead.
import { readFile } from "node:fs/promises";
import { connectContracts } from "../../services/chain/contracts.ts";
import { mined } from "../../services/chain/mined.ts";
import type { DutyFigures } from "./observer.ts";
import type { Progress } from "./progress.ts";
import { type DemoReport, shortcomings } from "./report.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

/** Where a test may interfere; the demo itself only kills the two nodes that the story names. */
export interface StoryHooks {
  duringCeremony?(world: World): Promise<void>;
  afterPredeposit?(world: World): Promise<void>;
}

export interface StoryOptions {
  stakesEther: number[];
  epochsPerPhase: number;
  hooks?: StoryHooks;
}

export const DEFAULT_STORY: StoryOptions = { stakesEther: [40, 45, 30], epochsPerPhase: 3 };

// Epochs of the minimal preset from a step to its effect, as seen on this chain; they only feed what the screen says.
const EPOCHS_TO_PROOF = 4;
const EPOCHS_TO_ACTIVATION = 11;
// A node that was killed stays silent for two epochs (the clock rule), and needs part of one to start.
const EPOCHS_TO_REJOIN = 3;

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;

// Numbers of the enums in contracts/interfaces/IValidatorManager.sol.
const RequestState = { completed: 2n } as const;
const ValidatorState = { predeposited: 2n, proven: 3n } as const;

export async function runStory(
  world: World,
  options: StoryOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<DemoReport> {
  const { observer } = world;
  const { validatorManager, stakingPool } = world.contracts;
  const { deployedAtBlock } = world.deployment;
  const targetBalanceWei = await validatorManager.TARGET_BALANCE_WEI();
  const startedAtMs = Date.now();
  const { seconds: secondsBefore } = total(progress);
  const seconds = (epochs: number) => epochs * observer.timing.slotsPerEpoch * observer.timing.secondsPerSlot;
  const wait = <T>(check: () => Promise<T | undefined>) => until(() => checkAlive(world).then(check), signal);
  const waitForEpoch = (epoch: number, why: string) =>
    wait(async () => {
      progress.awaiting(`${why} (epoch ${observer.epochNow()} of ${epoch})`, observer.secondsUntilEpoch(epoch));
      return observer.epochNow() >= epoch ? true : undefined;
    });

  await progress.phase(`depositors stake ${sumOf(options.stakesEther)} ETH`, () => stakeAll(world, options, progress));

  const verified = await progress.phase("distributed key generation, key verified on chain", async () => {
    await wait(async () => {
      progress.awaiting("the coordinator to request a key", seconds(0.5));
      return (await validatorManager.requestCount()) > 0n ? true : undefined;
    });
    progress.note(`key requested of set ${(await validatorManager.request(1)).setId}`);
    await options.hooks?.duringCeremony?.(world);
    await wait(async () => {
      progress.awaiting("seven nodes to deal, check and acknowledge", seconds(0.5));
      return (await validatorManager.request(1)).state === RequestState.completed ? true : undefined;
    });
    return (await validatorManager.queryFilter(validatorManager.filters.KeyVerified(), deployedAtBlock))[0];
  });
  if (verified === undefined) throw new Error("the request is completed without a verified key");
  const { validatorId, pubkey } = verified.args;
  const reached = async (state: bigint) =>
    (await validatorManager.validator(validatorId)).state >= state ? true : undefined;
  progress.note(`validator ${pubkey}`);

  await progress.phase("predeposit of 1 ETH", async () => {
    await wait(async () => {
      progress.awaiting("the predeposit transaction", seconds(0.5));
      return reached(ValidatorState.predeposited);
    });
    await options.hooks?.afterPredeposit?.(world);
  });

  await progress.phase("withdrawal credentials proven against a beacon root", () => {
    const expectedEpoch = observer.epochNow() + EPOCHS_TO_PROOF;
    return wait(async () => {
      const what = `the deposit to be finalized and processed (epoch ${observer.epochNow()})`;
      progress.awaiting(what, observer.secondsUntilEpoch(expectedEpoch));
      return reached(ValidatorState.proven);
    });
  });

  await progress.phase("top-up to the target balance", () =>
    wait(async () => {
      progress.awaiting("the top-up transaction", seconds(0.25));
      const { sentGwei } = await validatorManager.validator(validatorId);
      return sentGwei * GWEI === targetBalanceWei ? true : undefined;
    }),
  );

  const active = await progress.phase("validator active", () => {
    const expectedEpoch = observer.epochNow() + EPOCHS_TO_ACTIVATION;
    return wait(async () => {
      const entry = await observer.validator(pubkey);
      const what = `activation, now ${entry?.status ?? "unknown"} (epoch ${observer.epochNow()})`;
      progress.awaiting(what, observer.secondsUntilEpoch(expectedEpoch));
      return entry?.status === "active_ongoing" ? entry : undefined;
    });
  });
  const { index } = active;
  const activationEpoch = Number(active.validator.activation_epoch);
  progress.note(`validator ${index} is active since epoch ${activationEpoch} with ${active.balance} gwei`);

  const figures: Record<keyof DemoReport["duties"], DutyFigures> = {
    allUp: none(),
    twoDown: none(),
    recovered: none(),
  };
  const proposed = { allUp: 0, twoDown: 0, recovered: 0 };
  const judge = async (name: keyof typeof figures, fromEpoch: number, toEpoch: number) => {
    figures[name] = await observer.duties(index, fromEpoch, toEpoch);
    proposed[name] = await observer.proposals(index, fromEpoch, toEpoch);
    const { due, included, timelyTarget, timelyHead } = figures[name];
    progress.note(
      `${name}, epochs ${fromEpoch} to ${toEpoch}: ${included} of ${due} attestations included, ` +
        `${timelyTarget} timely target, ${timelyHead} timely head; ${proposed[name]} blocks proposed`,
    );
  };

  const firstEpoch = Math.max(activationEpoch, observer.epochNow());
  const killEpoch = firstEpoch + options.epochsPerPhase;
  await progress.phase("duties, all seven nodes up", () => waitForEpoch(killEpoch, "attestations and blocks"));

  const doomed = [world.operators[2], world.operators[5]].filter((operator) => operator !== undefined);
  const twoDownEpoch = killEpoch + 1;
  const reviveEpoch = twoDownEpoch + options.epochsPerPhase;
  await progress.phase(`duties, ${doomed.map(({ name }) => name).join(" and ")} killed`, async () => {
    await Promise.all(doomed.map(({ daemon }) => daemon.kill()));
    progress.note(`SIGKILL to ${doomed.map(({ name }) => name).join(" and ")}`);
    await waitForEpoch(twoDownEpoch + 1, "attestations and blocks of five nodes");
    await judge("allUp", firstEpoch, killEpoch - 1);
    await waitForEpoch(reviveEpoch, "attestations and blocks of five nodes");
  });

  const recoveredEpoch = reviveEpoch + EPOCHS_TO_REJOIN;
  const endEpoch = recoveredEpoch + options.epochsPerPhase;
  await progress.phase("duties, the two are back", async () => {
    for (const { daemon } of doomed) daemon.start();
    await waitForEpoch(reviveEpoch + 1, "the two nodes to start and find their peers");
    await judge("twoDown", twoDownEpoch, reviveEpoch - 1);
    await waitForEpoch(recoveredEpoch, "the two nodes to end their silence after a kill");
    await waitForEpoch(endEpoch + 1, "attestations and blocks of seven nodes");
    await judge("recovered", recoveredEpoch, endEpoch - 1);
  });

  const report = {
    seconds: Math.round(secondsBefore + (Date.now() - startedAtMs) / 1000),
    phases: progress.phases(),
    validator: { pubkey, index, activationEpoch },
    duties: figures,
    blocksProposed: proposed,
    slashings: await observer.slashings(),
    shareRate: (await stakingPool.convertToAssets(ETHER)).toString(),
  };
  return { ok: shortcomings(report).length === 0, ...report };
}

const none = (): DutyFigures => ({ due: 0, included: 0, timelyTarget: 0, timelyHead: 0 });
const sumOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
const total = (progress: Progress) => ({ seconds: sumOf(progress.phases().map(({ seconds }) => seconds)) });

export async function stakeAll(world: World, { stakesEther }: StoryOptions, progress: Progress): Promise<void> {
  await Promise.all(
    stakesEther.map(async (amountEther, number) => {
      const depositor = world.depositors[number];
      if (depositor === undefined) throw new Error("more stakes than depositors");
      const { stakingPool } = connectContracts(world.deployment, depositor);
      const amountWei = BigInt(amountEther) * ETHER;
      progress.awaiting("the depositors' transactions");
      await mined(stakingPool.deposit(amountWei, depositor.address, { value: amountWei }));
      progress.note(`${depositor.address} staked ${amountEther} ETH`);
    }),
  );
}

/** Fails with the end of its log when a process ended that nobody told to. */
async function checkAlive(world: World): Promise<void> {
  for (const daemon of [world.coordinator, ...world.operators.map((operator) => operator.daemon)]) {
    if (!daemon.crashed) continue;
    const log = await readFile(daemon.logFile, "utf8");
    throw new Error(`${daemon.name} ended unexpectedly; the end of its log:\n${log.slice(-4_000)}`);
  }
}
