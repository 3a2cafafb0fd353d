import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { id as keccakText, SigningKey, Wallet } from "ethers";
import { pino } from "pino";
import { Registry } from "prom-client";
import { CONTRACT_NAMES, type DeploymentSummary } from "../../../../services/chain/deployment.ts";
import { evaluatePolynomial } from "../../../../services/crypto/polynomial.ts";
import { scalarToBytes } from "../../../../services/crypto/scalars.ts";
import type { Seat } from "../../../../services/crypto/seats.ts";
import { slotStartMs } from "../../../../services/node/chainSpec.ts";
import { type Recover, recoverSigner } from "../../../../services/node/consensus/messageHash.ts";
import { createLockDatabase, type LockDatabase, openLockDatabase } from "../../../../services/node/locks/database.ts";
import { createMetrics, type NodeMetrics } from "../../../../services/node/metrics.ts";
import { type NodePorts, type OperatorNode, wireNode } from "../../../../services/node/wire.ts";
import type { ChainView, Operator } from "../../../../services/ports/chain.ts";
import type { Clock } from "../../../../services/ports/clock.ts";
import { systemRandomness } from "../../../../services/ports/systemRandomness.ts";
import { randomSharing, type Sharing } from "../../../crypto/sharing.ts";
import { VirtualClock } from "../../../support/virtualClock.ts";
import { FakeBeaconChain } from "./fakeBeacon.ts";
import { MemoryNetwork } from "./memoryNetwork.ts";
import { SPEC as spec } from "./spec.ts";

export const FIRST_EPOCH = 10;
const ADDRESS = (digit: string) => `0x${digit.repeat(40)}`;
const VALIDATORS = 3;

export const SET_ID = 1;
export const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;

const deployment: DeploymentSummary = {
  chainId: 31_337,
  deployedAtBlock: 1,
  day: 30,
  governance: ADDRESS("1"),
  depositContract: ADDRESS("2"),
  genesisForkVersion: "0x00000001",
  contracts: Object.fromEntries(
    CONTRACT_NAMES.map((name, i) => [name, `0x${String(i + 3).padStart(40, "0")}`]),
  ) as DeploymentSummary["contracts"],
};

/** One of the seven: its ports as they are now, and its node while it runs. */
export interface TestOperator {
  operatorId: number;
  locks: LockDatabase;
  metrics: NodeMetrics;
  node: OperatorNode;
}

/** Seven wired nodes in one process over virtual time, a network in memory and pretended beacon nodes. */
export class World {
  readonly spec = spec;
  readonly clock = new VirtualClock(slotStartMs(FIRST_EPOCH * spec.time.slotsPerEpoch, spec.time) - 500);
  readonly network = new MemoryNetwork(this.clock);
  readonly sharings: Sharing[] = Array.from({ length: VALIDATORS }, randomSharing);
  readonly pubkeys = this.sharings.map(({ groupKey }) => hex(groupKey));
  readonly beacon = new FakeBeaconChain(this.clock, spec.time, this.pubkeys, deployment.contracts.WithdrawalVault);
  readonly operators: TestOperator[] = [];
  readonly #recover = rememberingRecover();
  readonly #folder = mkdtempSync(path.join(tmpdir(), "septet-pipeline-"));
  readonly #nodeKeys = [1, 2, 3, 4, 5, 6, 7].map((seat) => new Wallet(keccakText(`pipeline node key ${seat}`)));

  /** @param override replaces ports of single operators before they start */
  static async start(override: (operatorId: number, world: World) => Partial<NodePorts> = () => ({})): Promise<World> {
    const world = new World();
    world.beacon.run(FIRST_EPOCH * spec.time.slotsPerEpoch);
    for (let seat = 1; seat <= 7; seat++) {
      createLockDatabase(world.#lockFile(seat), { instanceCounter: 0 });
      await world.#ageLocks(seat);
      world.operators.push(await world.#startOperator(seat, override(seat, world)));
    }
    return world;
  }

  /** Kills an operator: its lock database gets no clean-stop marker. */
  async kill(operatorId: number): Promise<void> {
    const { node, locks } = this.operator(operatorId);
    this.network.down.add(operatorId);
    await node.stop();
    locks.connection.db.close();
  }

  /** Starts a killed or stopped operator again on its data. */
  async restart(operatorId: number): Promise<void> {
    this.network.down.delete(operatorId);
    this.operators[operatorId - 1] = await this.#startOperator(operatorId, {});
  }

  operator(operatorId: number): TestOperator {
    const operator = this.operators[operatorId - 1];
    if (!operator) throw new Error(`no operator ${operatorId}`);
    return operator;
  }

  runEpochs(count: number): Promise<void> {
    return this.clock.advanceBy(count * spec.time.slotsPerEpoch * spec.time.slotDurationMs);
  }

  async stop(): Promise<void> {
    for (const { node, locks } of this.operators) {
      await node.stop();
      locks.close();
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #startOperator(operatorId: number, override: Partial<NodePorts>): Promise<TestOperator> {
    const metrics = createMetrics(new Registry());
    const locks = this.#openLocks(operatorId);
    const shares = this.sharings.map(({ polynomial }, index) => ({
      pubkey: this.pubkeys[index] ?? "",
      share: scalarToBytes(evaluatePolynomial(polynomial, operatorId as Seat)),
    }));
    const ports: NodePorts = {
      clock: this.clock,
      randomness: systemRandomness,
      peers: this.network.join(operatorId),
      beacon: this.beacon.access(operatorId),
      chain: { view: () => this.#view(operatorId), onView: () => () => {} },
      mailbox: { list: async () => ({ messages: [], cursor: "" }), post: async () => {} },
      locks,
      shares: { load: async () => shares, save: async () => {} },
      ceremonies: { get: async () => undefined, put: async () => {}, delete: async () => {} },
      log: pino({ level: process.env["LOG_LEVEL"] ?? "silent" }).child({ operatorId }),
      metrics,
      ...override,
    };
    const nodeKey = this.#nodeKeys[operatorId - 1];
    if (!nodeKey) throw new Error(`no operator ${operatorId}`);
    const node = wireNode(ports, { operatorId, nodeKey, deployment, spec, recover: this.#recover });
    await node.start();
    return { operatorId, locks, metrics, node };
  }

  #view(operatorId: number): ChainView {
    const members: Operator[] = this.#nodeKeys.map(({ address, privateKey }, index) => ({
      operatorId: index + 1,
      nodeAddress: address,
      nodePublicKey: Buffer.from(new SigningKey(privateKey).publicKey.slice(4), "hex"),
      multiaddrs: [],
    }));
    return {
      blockNumber: 1,
      operatorId,
      sets: [{ setId: SET_ID, configuration: 0, members }],
      openRequests: [],
      verifiedKeys: this.sharings.map(({ shareKeys }, index) => ({
        pubkey: this.pubkeys[index] ?? "",
        requestId: 1,
        setId: SET_ID,
        attempt: 1,
        transcriptHash: rootOfNothing,
        shareKeys,
        encryptedShares: [],
      })),
    };
  }

  #lockFile(operatorId: number): string {
    return path.join(this.#folder, `${operatorId}.db`);
  }

  /** A first start is silent for two epochs: it lies back here, and a clean stop just before the test makes it trusted. */
  async #ageLocks(operatorId: number): Promise<void> {
    const epochMs = spec.time.slotsPerEpoch * spec.time.slotDurationMs;
    const past = new VirtualClock(this.clock.nowMs() - 3 * epochMs);
    const locks = this.#openLocks(operatorId, past);
    await past.advanceTo(this.clock.nowMs());
    locks.close();
  }

  #openLocks(operatorId: number, clock: Clock = this.clock): LockDatabase {
    const { time, genesisValidatorsRoot } = spec;
    return openLockDatabase({
      path: this.#lockFile(operatorId),
      clock,
      time,
      genesisValidatorsRoot,
      instanceCounter: 0,
    });
  }
}

/** Every node checks every signature; the arithmetic is done once. */
function rememberingRecover(): Recover {
  const known = new Map<string, string | undefined>();
  return (digest, signature) => {
    const key = `${digest}${signature}`;
    if (!known.has(key)) known.set(key, recoverSigner(digest, signature));
    return known.get(key);
  };
}

const rootOfNothing = `0x${"00".repeat(32)}`;
