import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import type { PeerEvent } from "../../services/p2p/counters.ts";
import { encodeFrame } from "../../services/p2p/framing.ts";
import { libp2pKey } from "../../services/p2p/identity.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { connectAll, startTestNode, type TestNode, until } from "./meshSupport.ts";

const PROTOCOL = "/septet/test/1";
let target: TestNode;
let honest: TestNode;
let traitor: TestNode;
const received: string[] = [];

before(async () => {
  [target, honest, traitor] = (await Promise.all([1, 2, 3].map((id) => startTestNode(id)))) as [
    TestNode,
    TestNode,
    TestNode,
  ];
  target.mesh.handle(PROTOCOL, { maxBytes: 64, maxMessagesPerSecond: 1000 }, (from, message) => {
    received.push(`${from}:${Buffer.from(message).toString()}`);
  });
  // The traitor's own mesh is stopped: a bare libp2p node uses its registered key instead.
  await traitor.mesh.stop();
  connectAll([target, honest, traitor]);
  await until("the honest connection", () => target.mesh.connected().includes(2));
});

after(async () => {
  await Promise.all([target.mesh.stop(), honest.mesh.stop()]);
});

const count = (event: PeerEvent) => target.events.get(event) ?? 0;

/** What a refused message must leave untouched: the honest peer's connection and its next message. */
async function assertUnharmed(marker: string): Promise<void> {
  assert.ok(target.mesh.connected().includes(2), "the honest peer lost its connection");
  honest.mesh.send(1, PROTOCOL, Buffer.from(marker));
  await until(`the honest message ${marker}`, () => received.includes(`2:${marker}`));
  assert.deepEqual(received.splice(0), [`2:${marker}`]);
}

function bareNode(privateKey: Uint8Array): Promise<Libp2p> {
  return createLibp2p({
    privateKey: libp2pKey(privateKey),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  });
}

function targetAddress() {
  const [address] = target.mesh.listenAddresses();
  assert.ok(address);
  return multiaddr(address);
}

test("raw garbage on the port changes nothing but a counter", async () => {
  const { host, port } = { host: "127.0.0.1", port: Number(targetAddress().toString().split("/")[4]) };
  const before = count("handshakeFailed");
  for (const garbage of [Buffer.alloc(4096, 0xff), Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.from([0])]) {
    const socket = net.connect(port, host, () => socket.end(garbage));
    socket.on("error", () => {});
    socket.resume();
  }
  await until("three failed handshakes", () => count("handshakeFailed") === before + 3);
  await assertUnharmed("after garbage");
});

test("a libp2p peer with an unregistered key changes nothing but a counter", async () => {
  const stranger = await bareNode(systemRandomness.bytes(32));
  const before = count("unauthenticated");
  try {
    await assert.rejects(async () => {
      const stream = await stranger.dialProtocol(targetAddress(), PROTOCOL);
      stream.send(encodeFrame(Buffer.from("let me in")));
    });
    await until("the refusal", () => count("unauthenticated") > before);
    await assertUnharmed("after a stranger");
  } finally {
    await stranger.stop();
  }
});

test("an oversized frame of a registered peer changes nothing but a counter", async () => {
  const bare = await bareNode(traitor.nodePrivateKey);
  const before = count("oversized");
  try {
    const stream = await bare.dialProtocol(targetAddress(), PROTOCOL);
    stream.send(new Uint8Array([0, 0, 0, 65]));
    await until("the refusal", () => count("oversized") === before + 1);
    await until("the end of the stream", () => stream.status !== "open");
    await assertUnharmed("after an oversized frame");
  } finally {
    await bare.stop();
  }
});

test("an empty frame of a registered peer changes nothing but a counter", async () => {
  const bare = await bareNode(traitor.nodePrivateKey);
  const before = count("malformed");
  try {
    const stream = await bare.dialProtocol(targetAddress(), PROTOCOL);
    stream.send(new Uint8Array(4));
    await until("the refusal", () => count("malformed") === before + 1);
    await assertUnharmed("after an empty frame");
  } finally {
    await bare.stop();
  }
});

test("a registered peer that opens streams without end is held off", async () => {
  const bare = await bareNode(traitor.nodePrivateKey);
  const before = count("rateLimited");
  try {
    const connection = await bare.dial(targetAddress());
    for (let attempt = 0; attempt < 40; attempt++) {
      const stream = await connection.newStream(PROTOCOL).catch(() => undefined);
      stream?.abort(new Error("next"));
    }
    await until("refused streams", () => count("rateLimited") > before);
    await assertUnharmed("after a flood of streams");
  } finally {
    await bare.stop();
  }
});
