import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConsensusService } from "../../../../services/node/consensus/service.ts";
import type {
  ConsensusValue,
  Decision,
  InstanceCallbacks,
  Verdict,
} from "../../../../services/node/consensus/types.ts";
import { createLockDatabase, type LockDatabase, openLockDatabase } from "../../../../services/node/locks/database.ts";
import type { InstanceId } from "../../../../services/node/locks/types.ts";
import { VirtualClock } from "../../../support/virtualClock.ts";
import {
  attestationValue,
  DOMAIN,
  nodeKey,
  operatorOf,
  rememberingRecover,
  root,
  SEATS,
  SET,
  TIME,
} from "./fixtures.ts";
import { type NetworkConditions, SimulatedNetwork, seededRandom } from "./network.ts";

export interface SimulatedNode {
  seat: number;
  service: ConsensusService;
  locks: LockDatabase;
  decisions: { decision: Decision; verdict: Verdict }[];
  counts: Map<string, number>;
}

export type MakeCallbacks = (node: SimulatedNode, id: InstanceId) => InstanceCallbacks;

/** Seven seats in one process over a virtual clock and network; lock databases and services are the real ones. */
export class World {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly network: SimulatedNetwork;
  readonly nodes: SimulatedNode[];
  readonly #directory = mkdtempSync(join(tmpdir(), "septet-consensus-"));
  readonly #emptyLocks = join(this.#directory, "empty.db");

  /** @param absent seats that run no honest node (crashed, or played by a test) */
  constructor(
    seed: number,
    conditions: Partial<NetworkConditions> = {},
    { absent = [], startSlot = 99 }: { absent?: readonly number[]; startSlot?: number } = {},
  ) {
    this.clock = new VirtualClock(startSlot * TIME.slotDurationMs);
    this.random = seededRandom(seed);
    const defaults = { dropRate: 0, minDelayMs: 5, maxDelayMs: 60 };
    this.network = new SimulatedNetwork(this.clock, this.random, { ...defaults, ...conditions });
    createLockDatabase(this.#emptyLocks, { instanceCounter: 0 });
    this.nodes = SEATS.filter((seat) => !absent.includes(seat)).map((seat) => this.#node(seat));
  }

  #node(seat: number): SimulatedNode {
    const path = join(this.#directory, `locks-${seat}.db`);
    copyFileSync(this.#emptyLocks, path);
    const bound = { path, clock: new VirtualClock(), time: TIME, genesisValidatorsRoot: root(5), instanceCounter: 0 };
    const locks = openLockDatabase(bound);
    const counts = new Map<string, number>();
    const service = new ConsensusService({
      domain: DOMAIN,
      operatorId: operatorOf(seat),
      nodeKey: nodeKey(seat),
      time: TIME,
      clock: this.clock,
      peers: this.network.peers(operatorOf(seat)),
      locks,
      count: (reason) => counts.set(reason, (counts.get(reason) ?? 0) + 1),
      recover: rememberingRecover,
    });
    service.start();
    service.configure(SET);
    return { seat, service, locks, decisions: [], counts };
  }

  node(seat: number): SimulatedNode {
    const node = this.nodes.find((candidate) => candidate.seat === seat);
    if (!node) throw new Error(`seat ${seat} is absent`);
    return node;
  }

  /** Starts one instance on all nodes (or some) at the start of its slot; returns when it expires. */
  async begin(id: InstanceId, callbacks: MakeCallbacks = sameView(), seats: readonly number[] = SEATS, slots = 32) {
    const startMs = id.slot * TIME.slotDurationMs;
    const expiresAtMs = startMs + slots * TIME.slotDurationMs;
    await this.clock.advanceTo(startMs);
    for (const node of this.nodes.filter(({ seat }) => seats.includes(seat))) {
      node.service.run(id, { startMs, expiresAtMs, callbacks: callbacks(node, id) });
    }
    return expiresAtMs;
  }

  /** Runs one instance until all its nodes have decided or it expires. */
  async run(
    id: InstanceId,
    callbacks: MakeCallbacks = sameView(),
    { seats = SEATS, slots = 32 }: { seats?: readonly number[]; slots?: number } = {},
  ): Promise<void> {
    const expiresAtMs = await this.begin(id, callbacks, seats, slots);
    while (this.clock.nowMs() < expiresAtMs && !this.#allDecided(id, seats)) {
      await this.clock.advanceBy(TIME.slotDurationMs / 12);
    }
  }

  #allDecided({ slot, type }: InstanceId, seats: readonly number[]): boolean {
    return this.nodes
      .filter(({ seat }) => seats.includes(seat))
      .every((node) =>
        node.decisions.some(({ decision: { instance } }) => instance.slot === slot && instance.type === type),
      );
  }

  close(): void {
    for (const { service, locks } of this.nodes) {
      service.stop();
      locks.close();
    }
    rmSync(this.#directory, { recursive: true });
  }
}

/** Callbacks of a node whose view of the slot is `view(seat)` and whose guards accept what `accepts` says. */
export function views(
  view: (seat: number, excluded: readonly string[]) => ConsensusValue,
  accepts: (seat: number, value: ConsensusValue, round: number) => Verdict = () => ({ ok: true }),
): MakeCallbacks {
  return (node) => ({
    proposeValue: async (_round, excluded) => ({ value: view(node.seat, excluded) }),
    validateValue: ({ value }, round) => accepts(node.seat, value, round),
    onDecided: (decision, verdict) => void node.decisions.push({ decision, verdict }),
  });
}

/** All nodes accept every value; each proposes one with its own head, so that a split would show. */
export function sameView(): MakeCallbacks {
  return (node, id) => views((seat) => attestationValue(id.slot, {}, seat + 1))(node, id);
}
