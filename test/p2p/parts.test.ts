import assert from "node:assert/strict";
import { test } from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { redialDelayMs } from "../../services/p2p/dialer.ts";
import { dialAddresses, libp2pKey, peerIdOf } from "../../services/p2p/identity.ts";
import { TokenBucket } from "../../services/p2p/tokenBucket.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";

test("a registered public key and the private key behind it give the same peer id", async () => {
  for (let round = 0; round < 16; round++) {
    const privateKey = systemRandomness.bytes(32);
    const registered = secp256k1.getPublicKey(privateKey, false).slice(1);
    const { peerIdFromPrivateKey } = await import("@libp2p/peer-id");
    assert.equal(peerIdOf(registered).toString(), peerIdFromPrivateKey(libp2pKey(privateKey)).toString());
  }
});

test("refuses a public key that is no point of the curve", () => {
  assert.throws(() => peerIdOf(new Uint8Array(64).fill(0xff)));
  assert.throws(() => peerIdOf(new Uint8Array(33)), RangeError);
});

test("dials only host and TCP port, at the registered key", () => {
  const peerId = peerIdOf(secp256k1.getPublicKey(new Uint8Array(32).fill(1), false).slice(1));
  const stranger = peerIdOf(secp256k1.getPublicKey(new Uint8Array(32).fill(2), false).slice(1));
  const addresses = dialAddresses(
    [
      `/ip4/10.0.0.1/tcp/9000/p2p/${stranger}`,
      " /dns4/node.example/tcp/1 ",
      "/unix/tmp/socket",
      "/ip4/10.0.0.1/udp/9000/quic-v1",
      "/ip4/not-an-address/tcp/1",
      "garbage",
      "",
    ],
    peerId,
  );
  assert.deepEqual(addresses.map(String), [
    `/ip4/10.0.0.1/tcp/9000/p2p/${peerId}`,
    `/dns4/node.example/tcp/1/p2p/${peerId}`,
  ]);
});

test("a token bucket never admits more than its burst and its rate", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (gapsMs) => {
      const bucket = new TokenBucket(10, 20, 0);
      let nowMs = 0;
      let admitted = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        if (bucket.take(nowMs)) admitted++;
      }
      assert.ok(admitted <= 20 + (nowMs * 10) / 1000, `${admitted} admitted in ${nowMs} ms`);
    }),
  );
});

test("a token bucket outlives a clock that is set back", () => {
  const bucket = new TokenBucket(1, 2, 1_000_000);
  assert.ok(bucket.take(0));
  assert.ok(bucket.take(0));
  assert.ok(!bucket.take(0));
  assert.ok(bucket.take(1_000));
});

test("redial delays double up to a ceiling and are spread", () => {
  const lowest = { bytes: (length: number) => new Uint8Array(length) };
  const highest = { bytes: (length: number) => new Uint8Array(length).fill(255) };
  assert.deepEqual([redialDelayMs(0, lowest), redialDelayMs(0, highest)], [125, 250]);
  assert.deepEqual([redialDelayMs(3, lowest), redialDelayMs(3, highest)], [1_000, 2_000]);
  assert.equal(redialDelayMs(1_000, highest), 15_000);
});
