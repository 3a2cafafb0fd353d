// The main job, told in order: a deposit becomes an active validator, whose duties go on while two of seven nodes are dead.
import { connectContracts } from "../../services/chain/contracts.ts";
import { mined } from "../../services/chain/mined.ts";
import { checkAlive } from "./checkAlive.ts";
import { watchDuties } from "./dutyPhases.ts";
import type { Progress } from "./progress.ts";
import { type DemoReport, shortcomings } from "./report.ts";
import { requestRedemption, settle } from "./settlement.ts";
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
  const validator = { pubkey, index: active.index, activationEpoch: Number(active.validator.activation_epoch) };
  progress.note(`validator ${validator.index} is active since epoch ${validator.activationEpoch}`);
  // Asked for now, so that the redemption goes its way while nodes are dead.
  const request = await requestRedemption(world, progress);
  const figures = await watchDuties(world, validator, options.epochsPerPhase, progress, signal);
  const settlement = await settle(world, request, progress, signal);

  const report = {
    seconds: Math.round(secondsBefore + (Date.now() - startedAtMs) / 1000),
    phases: progress.phases(),
    validator,
    ...figures,
    ...settlement,
    slashings: await observer.slashings(),
    shareRate: (await stakingPool.convertToAssets(ETHER)).toString(),
  };
  return { ok: shortcomings(report).length === 0, ...report };
}

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
