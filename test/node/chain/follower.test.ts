import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, test } from "node:test";
import { hexlify, Interface, type JsonRpcProvider, id as keccakText, type Log, toBeHex } from "ethers";
import { g1ToEip2537 } from "../../../services/crypto/points.ts";
import { type CursorStore, cursorFile } from "../../../services/node/chain/cursor.ts";
import { ChainFollower } from "../../../services/node/chain/follower.ts";
import { randomSharing } from "../../crypto/sharing.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

// As in contracts/interfaces; test/system follows the deployed contracts themselves.
const REGISTRY = new Interface([
  "event OperatorRegistered(uint256 indexed operatorId, address indexed owner, address indexed nodeKey, bytes nodePublicKey, address payout, string multiaddrs, string uri)",
  "event NodeKeyRotated(uint256 indexed operatorId, address indexed nodeKey, bytes nodePublicKey)",
  "event MultiaddrsChanged(uint256 indexed operatorId, string multiaddrs)",
  "event PayoutChanged(uint256 indexed operatorId, address payout)",
]);
const SETS = new Interface(["event SetFormed(uint256 indexed setId, uint64 configuration, uint256[7] operatorIds)"]);
const MANAGER = new Interface([
  "event KeysRequested(uint256 indexed requestId, uint256 indexed setId, uint64 configuration, uint32 keyCount, uint64 deadline)",
  "event RequestExpired(uint256 indexed requestId, uint256 indexed setId, uint64 skippedUntil)",
  "event KeyVerified(bytes32 indexed validatorId, uint256 indexed requestId, uint256 indexed setId, uint32 attempt, bytes32 transcriptHash, bytes pubkey, bytes depositSignature, bytes points, bytes encryptedShares)",
]);
const address = (digit: string) => `0x${digit.repeat(40)}`;
const SOURCES = {
  registry: { address: address("1"), interface: REGISTRY },
  sets: { address: address("2"), interface: SETS },
  manager: { address: address("3"), interface: MANAGER },
};
const OWN_NODE = "0x00000000000000000000000000000000000000a4";
const nodeAddress = (operatorId: number) => `0x${(0xa0 + operatorId).toString(16).padStart(40, "0")}`;

/** Blocks and logs of a pretended execution client; a branch name makes other hashes. */
class FakeExecution {
  readonly logs: Log[] = [];
  head = 0;
  branch = "main";
  requests = 0;

  get provider(): JsonRpcProvider {
    return {
      getBlockNumber: async () => this.head,
      getBlock: async (number: number) => (number > this.head ? null : { number, hash: this.hash(number) }),
      getLogs: async ({ fromBlock, toBlock }: { fromBlock: number; toBlock: number }) => {
        this.requests++;
        return this.logs.filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= toBlock).reverse();
      },
    } as unknown as JsonRpcProvider;
  }

  hash(number: number): string {
    return keccakText(`${this.branch} ${number}`);
  }

  emit(source: keyof typeof SOURCES, name: string, values: unknown[], blockNumber = ++this.head): void {
    const { address, interface: abi } = SOURCES[source];
    const { data, topics } = abi.encodeEventLog(name, values);
    this.logs.push({ address, data, topics, blockNumber, index: this.logs.length } as unknown as Log);
  }
}

const folder = mkdtempSync(path.join(tmpdir(), "septet-chain-"));
after(() => rmSync(folder, { recursive: true }));
let execution: FakeExecution;
let cursors: CursorStore & { saved?: string };

beforeEach(() => {
  execution = new FakeExecution();
  cursors = {
    load: () => (cursors.saved ? JSON.parse(cursors.saved) : undefined),
    save: (cursor) => {
      cursors.saved = JSON.stringify(cursor);
    },
  };
});

const follow = (confirmations = 0, store: CursorStore = cursors) =>
  new ChainFollower({
    provider: execution.provider,
    sources: SOURCES,
    nodeAddress: OWN_NODE,
    deployedAtBlock: 1,
    confirmations,
    pollIntervalMs: 1_000,
    cursors: store,
    clock: new VirtualClock(5_000),
    onError: (error) => assert.fail(String(error)),
  });

function registerSeven(): void {
  for (let operatorId = 1; operatorId <= 7; operatorId++) {
    const nodePublicKey = hexlify(new Uint8Array(64).fill(operatorId));
    const multiaddrs = `/ip4/10.0.0.${operatorId}/tcp/1, /dns4/n${operatorId}.example/tcp/2`;
    const values = [operatorId, address("f"), nodeAddress(operatorId), nodePublicKey, address("e"), multiaddrs, "uri"];
    execution.emit("registry", "OperatorRegistered", values);
  }
}

function verifyKey(requestId: number, setId: number) {
  const sharing = randomSharing();
  const points = Buffer.concat([sharing.groupKey, ...sharing.shareKeys].map(g1ToEip2537));
  const values = [
    toBeHex(requestId, 32),
    requestId,
    setId,
    2,
    keccakText("transcript"),
    sharing.groupKey,
    "0x00",
    points,
    new Uint8Array(336),
  ];
  execution.emit("manager", "KeyVerified", values);
  return sharing;
}

test("takes a peer's new node key, and knows itself by its new one only", async () => {
  registerSeven();
  execution.emit("sets", "SetFormed", [1, 0, [1, 2, 3, 4, 5, 6, 7]]);
  const rotated = hexlify(new Uint8Array(64).fill(99));
  execution.emit("registry", "NodeKeyRotated", [2, nodeAddress(50), rotated]);
  const follower = follow();
  await follower.poll();
  const peer = follower.view().sets[0]?.members[1];
  assert.deepEqual([peer?.nodeAddress.toLowerCase(), hexlify(peer?.nodePublicKey ?? "0x")], [nodeAddress(50), rotated]);
  execution.emit("registry", "NodeKeyRotated", [4, nodeAddress(51), rotated]);
  await follower.poll();
  assert.deepEqual([follower.view().operatorId, follower.view().sets], [undefined, []]);
});

test("shows this operator's sets with all members, its open requests and its keys, and no others", async () => {
  registerSeven();
  execution.emit("sets", "SetFormed", [1, 0, [1, 2, 3, 4, 5, 6, 7]]);
  execution.emit("sets", "SetFormed", [2, 0, [1, 2, 3, 5, 6, 7, 8]]);
  execution.emit("registry", "MultiaddrsChanged", [2, "/ip4/10.9.9.9/tcp/3"]);
  execution.emit("registry", "PayoutChanged", [2, address("d")]);
  execution.emit("manager", "KeysRequested", [1, 1, 0, 1, 999]);
  execution.emit("manager", "KeysRequested", [2, 2, 0, 1, 999]);
  execution.emit("manager", "KeysRequested", [3, 1, 0, 5, 1_999]);
  const sharing = verifyKey(1, 1);
  const follower = follow();
  await follower.poll();
  const view = follower.view();
  assert.equal(view.operatorId, 4);
  assert.deepEqual(
    view.sets.map(({ setId, members }) => [setId, members.map(({ operatorId }) => operatorId)]),
    [[1, [1, 2, 3, 4, 5, 6, 7]]],
  );
  assert.deepEqual(view.sets[0]?.members[1]?.multiaddrs, ["/ip4/10.9.9.9/tcp/3"]);
  assert.deepEqual(view.sets[0]?.members[2]?.multiaddrs, ["/ip4/10.0.0.3/tcp/1", "/dns4/n3.example/tcp/2"]);
  assert.deepEqual(view.openRequests, [{ requestId: 3, setId: 1, configuration: 0, keyCount: 5, deadline: 1_999 }]);
  const [key] = view.verifiedKeys;
  assert.equal(key?.pubkey, hexlify(sharing.groupKey));
  assert.deepEqual(key?.shareKeys.map(hexlify), sharing.shareKeys.map(hexlify));
  assert.deepEqual([key?.attempt, key?.requestId, view.verifiedKeys.length], [2, 1, 1]);
});

test("an expired request is open no more", async () => {
  registerSeven();
  execution.emit("sets", "SetFormed", [1, 0, [1, 2, 3, 4, 5, 6, 7]]);
  execution.emit("manager", "KeysRequested", [1, 1, 0, 1, 999]);
  execution.emit("manager", "RequestExpired", [1, 1, 2_000]);
  const follower = follow();
  await follower.poll();
  assert.deepEqual(follower.view().openRequests, []);
});

test("an event counts only under enough blocks", async () => {
  registerSeven();
  const follower = follow(2);
  await follower.poll();
  assert.equal(follower.view().blockNumber, 5);
  assert.equal(follower.view().operatorId, 4);
  execution.emit("sets", "SetFormed", [1, 0, [1, 2, 3, 4, 5, 6, 7]]);
  await follower.poll();
  assert.deepEqual(follower.view().sets, []);
  execution.head += 2;
  await follower.poll();
  assert.equal(follower.view().sets.length, 1);
});

test("a restart goes on from its cursor", async () => {
  registerSeven();
  await follow().poll();
  execution.emit("sets", "SetFormed", [1, 0, [1, 2, 3, 4, 5, 6, 7]]);
  // What was read before is not asked for again.
  execution.logs.splice(0, 7);
  const restarted = follow();
  assert.equal(restarted.view().operatorId, 4);
  await restarted.poll();
  assert.equal(restarted.view().sets.length, 1);
});

test("a chain that was replaced under the cursor is read again from the deployment on", async () => {
  registerSeven();
  execution.emit("sets", "SetFormed", [1, 0, [1, 2, 3, 4, 5, 6, 7]]);
  await follow().poll();
  execution.branch = "other";
  execution.logs.pop();
  execution.head++;
  const restarted = follow();
  await restarted.poll();
  assert.deepEqual(restarted.view().sets, []);
  assert.equal(restarted.view().operatorId, 4);
});

test("a long range is read in pieces", async () => {
  registerSeven();
  execution.head = 2_500;
  await follow().poll();
  assert.equal(execution.requests, 3);
});

test("a cursor of another deployment or with nonsense in it is ignored", async () => {
  const file = path.join(folder, "chain.json");
  const store = cursorFile(file);
  registerSeven();
  await follow(0, store).poll();
  assert.equal(follow(0, store).view().operatorId, 4);
  const saved = store.load();
  assert.ok(saved);
  store.save({ ...saved, manager: address("9") });
  assert.equal(follow(0, store).view().operatorId, undefined);
  writeFileSync(file, '{"version":1,');
  assert.equal(store.load(), undefined);
  const sets = { 1: { configuration: 0, operatorIds: [4, 94, 95, 96, 97, 98, 99] } };
  store.save({ ...saved, state: { ...saved.state, sets } });
  assert.equal(follow(0, store).view().operatorId, undefined);
});

test("an execution client that contradicts itself changes nothing", async () => {
  registerSeven();
  const follower = follow();
  await follower.poll();
  execution.emit("registry", "MultiaddrsChanged", [77, "/ip4/10.0.0.1/tcp/1"]);
  await assert.rejects(() => follower.poll());
  assert.equal(follower.view().blockNumber, 7);
});
