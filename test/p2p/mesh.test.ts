import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { connectAll, startTestNode, type TestNode, until } from "./meshSupport.ts";

const PROTOCOL = "/septet/test/1";
const LIMITS = { maxBytes: 1024, maxMessagesPerSecond: 1000 };
let nodes: TestNode[] = [];

async function start(count: number): Promise<TestNode[]> {
  nodes = await Promise.all(Array.from({ length: count }, (_, index) => startTestNode(index + 1)));
  return nodes;
}

afterEach(async () => {
  await Promise.all(nodes.map(({ mesh }) => mesh.stop()));
  nodes = [];
});

test("seven nodes form a full mesh and every message names its sender", async () => {
  await start(7);
  const received = nodes.map(() => new Set<string>());
  for (const [index, { mesh }] of nodes.entries()) {
    mesh.handle(PROTOCOL, LIMITS, (from, message) =>
      received[index]?.add(`${from}:${Buffer.from(message).toString()}`),
    );
  }
  connectAll(nodes);
  await until("42 connections", () => nodes.every(({ mesh }) => mesh.connected().length === 6));
  for (const { mesh, member } of nodes) {
    for (const to of nodes) {
      mesh.send(to.member.operatorId, PROTOCOL, Buffer.from(`${member.operatorId}->${to.member.operatorId}`));
    }
  }
  await until("six messages each", () => received.every((messages) => messages.size === 6));
  for (const [index, messages] of received.entries()) {
    for (const message of messages) assert.match(message, new RegExp(`^(\\d):\\1->${index + 1}$`));
  }
});

test("a node that comes back elsewhere is found at its new address", async () => {
  const [first, second] = (await start(2)) as [TestNode, TestNode];
  connectAll(nodes);
  await until("a connection", () => first.mesh.connected().length === 1);
  await second.mesh.stop();
  await until("its loss", () => first.mesh.connected().length === 0);
  const back = await startTestNode(2, second.nodePrivateKey);
  nodes = [first, back];
  connectAll(nodes);
  await until("a connection", () => first.mesh.connected().length === 1);
});

test("an operator that left the list is cut off and can't return", async () => {
  const [first, second] = (await start(2)) as [TestNode, TestNode];
  connectAll(nodes);
  await until("a connection", () => first.mesh.connected().length === 1);
  first.mesh.setMembers([first.member]);
  await until("its loss", () => second.mesh.connected().length === 0);
  await until("a refused return", () => (first.events.get("unauthenticated") ?? 0) > 0);
  assert.deepEqual(first.mesh.connected(), []);
});

test("a message to an operator that isn't connected is dropped and counted", async () => {
  const [first] = (await start(1)) as [TestNode];
  first.mesh.send(9, PROTOCOL, new Uint8Array([1]));
  assert.deepEqual([...first.events], [["notConnected", 1]]);
});

test("a handler that throws is counted and the next message arrives", async () => {
  const [first, second] = (await start(2)) as [TestNode, TestNode];
  let received = 0;
  second.mesh.handle(PROTOCOL, LIMITS, () => {
    received++;
    if (received === 1) throw new Error("bad message");
  });
  connectAll(nodes);
  await until("a connection", () => first.mesh.connected().length === 1);
  first.mesh.send(2, PROTOCOL, new Uint8Array([1]));
  first.mesh.send(2, PROTOCOL, new Uint8Array([2]));
  await until("both messages", () => received === 2);
  assert.equal(second.events.get("handlerFailed"), 1);
});

test("messages over the rate never reach the handler", async () => {
  const [first, second] = (await start(2)) as [TestNode, TestNode];
  let received = 0;
  second.mesh.handle(PROTOCOL, { maxBytes: 16, maxMessagesPerSecond: 1 }, () => received++);
  connectAll(nodes);
  await until("a connection", () => first.mesh.connected().length === 1);
  for (let index = 0; index < 100; index++) first.mesh.send(2, PROTOCOL, new Uint8Array([index]));
  await until("the rest counted", () => received + (second.events.get("rateLimited") ?? 0) === 100);
  assert.ok(received < 50, `${received} of 100 got through a limit of one a second`);
});

test("a queue nobody empties loses its oldest messages, and counts them", async () => {
  const [first, second] = (await start(2)) as [TestNode, TestNode];
  let newest = -1;
  second.mesh.handle(PROTOCOL, LIMITS, (_, message) => {
    newest = new DataView(message.buffer, message.byteOffset).getUint32(0);
  });
  connectAll(nodes);
  await until("a connection", () => first.mesh.connected().length === 1);
  for (let index = 0; index < 2000; index++) {
    const message = new Uint8Array(4);
    new DataView(message.buffer).setUint32(0, index);
    first.mesh.send(2, PROTOCOL, message);
  }
  await until("the newest message", () => newest === 1999);
  assert.ok((first.events.get("queueFull") ?? 0) >= 2000 - 257);
});
