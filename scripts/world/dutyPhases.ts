// The second half of the story: what the validator did with seven nodes, with two of them dead, and with seven again.
import { checkAlive } from "./checkAlive.ts";
import type { DutyFigures } from "./observer.ts";
import type { Progress } from "./progress.ts";
import type { DemoReport } from "./report.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

// A node that was killed stays silent for two epochs (the clock rule), and needs part of one to start.
const EPOCHS_TO_REJOIN = 3;

const none = (): DutyFigures => ({ due: 0, included: 0, timelyTarget: 0, timelyHead: 0 });

/** Kills two nodes with SIGKILL and brings them back; counts duties over whole epochs of each phase. */
export async function watchDuties(
  world: World,
  { index, activationEpoch }: DemoReport["validator"],
  epochsPerPhase: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Pick<DemoReport, "duties" | "blocksDue" | "blocksProposed">> {
  const { observer } = world;
  const figures: Record<keyof DemoReport["duties"], DutyFigures> = {
    allUp: none(),
    twoDown: none(),
    recovered: none(),
  };
  const proposed = { allUp: 0, twoDown: 0, recovered: 0 };
  const due = { allUp: 0, twoDown: 0, recovered: 0 };
  const proposalsByEpoch = new Map<number, number>();
  const duties = (untilEpoch: number, what: string) =>
    until(async () => {
      await checkAlive(world);
      const epoch = observer.epochNow();
      if (!proposalsByEpoch.has(epoch)) proposalsByEpoch.set(epoch, await observer.proposalsDue(index, epoch));
      progress.awaiting(`${what} (epoch ${epoch} of ${untilEpoch})`, observer.secondsUntilEpoch(untilEpoch));
      return epoch >= untilEpoch ? true : undefined;
    }, signal);
  const judge = async (name: keyof typeof figures, fromEpoch: number, toEpoch: number) => {
    figures[name] = await observer.duties(index, fromEpoch, toEpoch);
    proposed[name] = await observer.proposals(index, fromEpoch, toEpoch);
    for (let epoch = fromEpoch; epoch <= toEpoch; epoch++) due[name] += proposalsByEpoch.get(epoch) ?? 0;
    const { included, timelyTarget, timelyHead } = figures[name];
    progress.note(
      `${name}, epochs ${fromEpoch} to ${toEpoch}: ${included} of ${figures[name].due} attestations included, ` +
        `${timelyTarget} timely target, ${timelyHead} timely head; ${proposed[name]} of ${due[name]} blocks proposed`,
    );
  };

  const firstEpoch = Math.max(activationEpoch, observer.epochNow());
  const killEpoch = firstEpoch + epochsPerPhase;
  await progress.phase("duties, all seven nodes up", () => duties(killEpoch, "attestations and blocks"));

  const doomed = [world.operators[2], world.operators[5]].filter((operator) => operator !== undefined);
  const twoDownEpoch = killEpoch + 1;
  const reviveEpoch = twoDownEpoch + epochsPerPhase;
  await progress.phase(`duties, ${doomed.map(({ name }) => name).join(" and ")} killed`, async () => {
    await Promise.all(doomed.map(({ daemon }) => daemon.kill()));
    progress.note(`SIGKILL to ${doomed.map(({ name }) => name).join(" and ")}`);
    await duties(twoDownEpoch + 1, "attestations and blocks of five nodes");
    await judge("allUp", firstEpoch, killEpoch - 1);
    await duties(reviveEpoch, "attestations and blocks of five nodes");
  });

  const recoveredEpoch = reviveEpoch + EPOCHS_TO_REJOIN;
  const endEpoch = recoveredEpoch + epochsPerPhase;
  await progress.phase("duties, the two are back", async () => {
    for (const { daemon } of doomed) daemon.start();
    await duties(reviveEpoch + 1, "the two nodes to start and find their peers");
    await judge("twoDown", twoDownEpoch, reviveEpoch - 1);
    await duties(recoveredEpoch, "the two nodes to end their silence after a kill");
    await duties(endEpoch + 1, "attestations and blocks of seven nodes");
    await judge("recovered", recoveredEpoch, endEpoch - 1);
  });

  return { duties: figures, blocksDue: due, blocksProposed: proposed };
}
