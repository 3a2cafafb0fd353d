import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, getBytes, keccak256, verifyTypedData } from "ethers";
import { depositSigningRoot } from "../../services/ceremony/deposit.ts";
import { eraseCeremony } from "../../services/ceremony/store.ts";
import { assembleSubmission } from "../../services/ceremony/submission.ts";
import { g1FromEip2537, g2FromEip2537 } from "../../services/crypto/points.ts";
import { publicKeyOf } from "../../services/crypto/polynomial.ts";
import { scalarFromBytes } from "../../services/crypto/scalars.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { decryptShare } from "../../services/crypto/shareEncryption.ts";
import { verifySignature } from "../../services/crypto/verification.ts";
import { FOUR_SUBSETS, groupKeyFrom } from "../crypto/sharing.ts";
import { createWorld } from "./world.ts";

for (const keyCount of [1, 3]) {
  test(`seven members share ${keyCount} key(s), and what the coordinator assembles is what they hold`, async () => {
    const world = createWorld({ keyCount });
    const { context, mailbox } = world;
    for (const seat of SEATS) world.start(seat);
    await world.until(world.allIn("acknowledged", 1));
    const outcomes = await world.stopAll();

    const result = await assembleSubmission(context, mailbox.messages);
    assert.ok(result.ok);
    const { submission } = result;
    assert.equal(submission.keys.length, keyCount);
    for (const [keyIndex, key] of submission.keys.entries()) {
      const held = SEATS.map((seat) => outcomes.get(seat)?.results[0]?.keys[keyIndex]);
      for (const seat of SEATS) {
        const own = held[seat - 1];
        assert.ok(own);
        assert.deepEqual(own.groupKey, key.groupKey);
        assert.deepEqual(publicKeyOf(scalarFromBytes(own.share)), own.shareKeys[seat - 1]);
        const encrypted = key.encryptedShares.subarray((seat - 1) * 48, seat * 48);
        const place = { ...context, attempt: 1, keyIndex };
        const shareKey = own.shareKeys[seat - 1] ?? new Uint8Array();
        assert.deepEqual(decryptShare(new Uint8Array(32).fill(seat), place, shareKey, encrypted), own.share);
      }
      const shareKeys = held[0]?.shareKeys ?? [];
      for (const seats of FOUR_SUBSETS)
        assert.deepEqual(groupKeyFrom(seats, shareKeys), key.groupKey, `seats ${seats}`);
      const points = Array.from({ length: 8 }, (_, i) => g1FromEip2537(key.points.subarray(i * 128, (i + 1) * 128)));
      assert.deepEqual(points, [key.groupKey, ...shareKeys]);
      const signature = g2FromEip2537(key.depositSignature);
      assert.deepEqual(signature, key.compressedDepositSignature);
      assert.ok(verifySignature(key.groupKey, depositSigningRoot(context, key.groupKey), signature));
    }
    assert.equal(new Set(submission.keys.map(({ groupKey }) => Buffer.from(groupKey).toString("hex"))).size, keyCount);
  });
}

test("the seven acknowledgements are the contract's EIP-712 struct over the submitted bytes", async () => {
  const world = createWorld();
  for (const seat of SEATS) world.start(seat);
  await world.until(world.allIn("acknowledged", 1));
  await world.stopAll();
  const { context, mailbox } = world;
  const result = await assembleSubmission(context, mailbox.messages);
  assert.ok(result.ok);
  const { keys, acknowledgements, attempt, transcriptHash } = result.submission;
  const hashEach = (fields: Uint8Array[]) => keccak256(concat(fields.map((field) => getBytes(keccak256(field)))));
  const value = {
    requestId: 42n,
    setId: 3n,
    attempt,
    transcriptHash,
    keysHash: hashEach(keys.map(({ points }) => points)),
    encryptedSharesHash: hashEach(keys.map(({ encryptedShares }) => encryptedShares)),
  };
  const domain = { name: "Septet", version: "1", chainId: 31337n, verifyingContract: context.verifyingContract };
  const fields =
    "uint256 requestId,uint256 setId,uint32 attempt,bytes32 transcriptHash,bytes32 keysHash,bytes32 encryptedSharesHash";
  const types = {
    KeyAcknowledgement: fields.split(",").map((field) => {
      const [type = "", name = ""] = field.split(" ");
      return { type, name };
    }),
  };
  const signers = acknowledgements.map((signature) =>
    verifyTypedData(domain, types, value, `0x${Buffer.from(signature).toString("hex")}`),
  );
  assert.deepEqual(
    signers,
    context.members.map(({ nodeKey }) => nodeKey),
  );
});

test("one-time keys are gone after the results, and everything after erasing", async () => {
  const world = createWorld();
  for (const seat of SEATS) world.start(seat);
  await world.until(world.allIn("acknowledged", 1));
  await world.stopAll();
  for (const store of world.stores) {
    assert.deepEqual([...store.blobs.keys()].map((path) => path.split("/").at(-1)).sort(), [
      "acknowledgement",
      "deal",
      "open",
      "result",
      "shares",
    ]);
    await eraseCeremony(store, 42n);
    assert.equal(store.blobs.size, 0);
  }
});

test("a member that starts late is awaited by name and without an abort, however long it takes", async () => {
  const world = createWorld();
  for (const seat of SEATS.filter((seat) => seat !== 5)) world.start(seat);
  await world.until(() => world.latest(1)?.missing.length === 1);
  const before = world.clock.nowMs();
  await world.until(() => world.clock.nowMs() > before + 200_000);
  assert.deepEqual(world.latest(1), { attempt: 1, phase: "open", missing: [5] });
  world.start(5);
  await world.until(world.allIn("acknowledged", 1));
  await world.stopAll();
});

test("a ceremony that isn't finished at the deadline ends as expired with no result", async () => {
  const world = createWorld();
  world.start(1);
  const outcome = world.running.get(1)?.outcome;
  await world.until(() => world.latest(1)?.phase === "open");
  world.clock.advance(6 * 3_600_000);
  assert.deepEqual(await outcome, { reason: "expired", results: [] });
});
