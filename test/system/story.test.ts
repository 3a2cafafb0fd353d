// The whole system with real processes on a real chain, killed where it hurts. One run of about eight minutes.
import "../support/preset.ts";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createProgress } from "../../scripts/world/progress.ts";
import { shortcomings } from "../../scripts/world/report.ts";
import { DEFAULT_STORY, runStory, type StoryHooks } from "../../scripts/world/story.ts";
import { until } from "../../scripts/world/until.ts";
import { DEFAULT_WORLD, type World, withWorld } from "../../scripts/world/world.ts";

const TIME_LIMIT_MS = 25 * 60_000;

interface PostedMessage {
  kind: string;
  seat: number;
}

async function postedMessages(world: World): Promise<PostedMessage[]> {
  const response = await fetch(`${world.coordinatorUrl}/v1/ceremonies/1/messages`);
  if (!response.ok) return [];
  const { messages } = (await response.json()) as { messages: PostedMessage[] };
  return messages;
}

function killsIn(signal: AbortSignal, events: string[]): StoryHooks {
  return {
    async duringCeremony(world) {
      const victim = world.operators[3];
      assert.ok(victim);
      const has = (messages: PostedMessage[], kind: string) => messages.some((m) => m.kind === kind && m.seat === 4);
      await until(async () => (has(await postedMessages(world), "deal") ? true : undefined), signal, 50);
      await victim.daemon.kill();
      assert.ok(!has(await postedMessages(world), "acknowledgement"), "the node died before it had acknowledged");
      await delay(2_000);
      victim.daemon.start();
      events.push("node killed during the key generation");
    },
    async afterPredeposit(world) {
      await world.coordinator.kill();
      await delay(2_000);
      world.coordinator.start();
      events.push("coordinator killed after the predeposit");
    },
  };
}

describe("the whole system", () => {
  it("brings a deposit to threshold-signed duties while nodes and coordinator are killed with SIGKILL", {
    timeout: TIME_LIMIT_MS,
  }, async () => {
    const { signal } = new AbortController();
    const events: string[] = [];
    const progress = createProgress(process.stdout);
    const report = await withWorld(DEFAULT_WORLD, progress, signal, (world) =>
      runStory(world, { ...DEFAULT_STORY, hooks: killsIn(signal, events) }, progress, signal),
    );
    assert.equal(events.length, 2, "both kills happened");
    assert.deepEqual(shortcomings(report), []);
    assert.equal(report.ok, true);
  });
});
