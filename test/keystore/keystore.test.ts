import assert from "node:assert/strict";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { scalarToBytes } from "../../services/crypto/scalars.ts";
import { openCeremonyStore } from "../../services/keystore/ceremonyStore.ts";
import { createNodeKey, loadNodeKey } from "../../services/keystore/nodeKey.ts";
import { createPasswordFile, readPasswordFile } from "../../services/keystore/passwordFile.ts";
import { openShareStore } from "../../services/keystore/shareStore.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { randomSharing } from "../crypto/sharing.ts";

let root: string;
const at = (...names: string[]) => path.join(root, ...names);
const modeOf = (file: string) => statSync(file).mode & 0o777;
const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "septet-keystore-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const pubkey = hex(randomSharing().groupKey);
const share = scalarToBytes(123456789n);
const place = { setId: 3, seat: 5, generation: 2 };

/** A store with one saved share, and the path of its file. */
async function savedShare() {
  const store = openShareStore(at("keys"), "correct horse");
  await store.save(pubkey, share, place);
  return { store, file: at("keys", `keystore-${pubkey}-g2.json`) };
}

test("a share survives a new process, in an EIP-2335 file of mode 0600 in a folder of mode 0700", async () => {
  const { file } = await savedShare();
  const [loaded] = await openShareStore(at("keys"), "correct horse").load();
  assert.equal(loaded?.pubkey, pubkey);
  assert.deepEqual(Buffer.from(loaded?.share ?? []), Buffer.from(share));
  assert.equal(modeOf(file), 0o600);
  assert.equal(modeOf(at("keys")), 0o700);
  assert.deepEqual(readdirSync(at("keys")), [path.basename(file)]);

  const content = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(content.version, 4);
  assert.deepEqual(JSON.parse(content.description), { groupKey: pubkey, ...place });
  assert.ok(!readFileSync(file, "utf8").includes(Buffer.from(share).toString("hex")));
});

test("saving the same share again is fine, and another one under the same name is refused", async () => {
  const { store, file } = await savedShare();
  const before = readFileSync(file, "utf8");
  await store.save(pubkey, share, place);
  await assert.rejects(store.save(pubkey, scalarToBytes(5n), place), { code: "exists" });
  assert.equal(readFileSync(file, "utf8"), before);
});

test("a share keystore is refused with another password, too open, as a symbolic link, or with changed content", async () => {
  const { store, file } = await savedShare();
  const good = readFileSync(file, "utf8");
  await assert.rejects(openShareStore(at("keys"), "wrong").load(), { code: "wrong_password" });

  const keystore = JSON.parse(good);
  const other = hex(randomSharing().groupKey);
  const { cipher } = keystore.crypto;
  const flipped = `${cipher.message.slice(0, -1)}${cipher.message.endsWith("0") ? "1" : "0"}`;
  const changes: [unknown, string][] = [
    [{ ...keystore, description: JSON.stringify({ groupKey: other }) }, "malformed"],
    [{ ...keystore, description: "no JSON" }, "malformed"],
    [{ ...keystore, pubkey: other.slice(2) }, "malformed"],
    [{ ...keystore, crypto: { ...keystore.crypto, cipher: { ...cipher, message: flipped } } }, "wrong_password"],
    [{ ...keystore, version: 3 }, "malformed"],
    [{ ...keystore, filler: "x".repeat(20_000) }, "malformed"],
    [[], "malformed"],
  ];
  for (const [content, code] of changes) {
    writeFileSync(file, JSON.stringify(content));
    await assert.rejects(store.load(), { code }, JSON.stringify(content).slice(0, 60));
  }
  writeFileSync(file, good);
  chmodSync(file, 0o640);
  await assert.rejects(store.load(), { code: "too_open" });
  rmSync(file);
  symlinkSync("/dev/null", file);
  await assert.rejects(store.load(), { code: "too_open" });
});

test("a folder that others can enter is refused", () => {
  openShareStore(at("keys"), "password");
  chmodSync(at("keys"), 0o750);
  assert.throws(() => openShareStore(at("keys"), "password"), { code: "too_open" });
});

test("files that aren't keystores, and the rest of an interrupted write, are left alone", async () => {
  const { store, file } = await savedShare();
  writeFileSync(`${file}.tmp`, "half a key");
  writeFileSync(at("keys", "notes.txt"), "hello");
  assert.equal((await store.load()).length, 1);
});

test("a node key survives a new process and is never replaced", async () => {
  const file = at("node-key.json");
  const created = await createNodeKey(file, "correct horse", systemRandomness, 1_024);
  assert.equal(modeOf(file), 0o600);
  assert.ok(!readFileSync(file, "utf8").includes(created.privateKey.slice(2)));
  assert.equal((await loadNodeKey(file, "correct horse")).privateKey, created.privateKey);
  await assert.rejects(createNodeKey(file, "correct horse", systemRandomness, 1_024), { code: "exists" });
});

test("a node key is refused when missing, too open, malformed or under another password", async () => {
  const file = at("node-key.json");
  await assert.rejects(loadNodeKey(file, "p"), { code: "not_found" });
  await createNodeKey(file, "p", systemRandomness, 1_024);
  await assert.rejects(loadNodeKey(file, "q"), { code: "wrong_password" });
  chmodSync(file, 0o644);
  await assert.rejects(loadNodeKey(file, "p"), { code: "too_open" });
  chmodSync(file, 0o600);
  for (const content of ["", "{", "{}", JSON.stringify({ version: 3, crypto: {} }), " ".repeat(5_000)]) {
    writeFileSync(file, content);
    await assert.rejects(loadNodeKey(file, "p"), { code: "malformed" });
  }
});

test("a password file has mode 0600 and 256 random bits, is never replaced and is refused when empty or too open", () => {
  const file = at("password.txt");
  createPasswordFile(file, systemRandomness);
  assert.equal(modeOf(file), 0o600);
  assert.match(readPasswordFile(file), /^[0-9a-f]{64}$/);
  assert.throws(() => createPasswordFile(file, systemRandomness), { code: "exists" });
  writeFileSync(file, "my password \r\n");
  assert.equal(readPasswordFile(file), "my password ");
  writeFileSync(file, "\n");
  assert.throws(() => readPasswordFile(file), { code: "malformed" });
  chmodSync(file, 0o604);
  assert.throws(() => readPasswordFile(file), { code: "too_open" });
});

test("sealed ceremony state reads back, hides its content, and is gone after deletion", async () => {
  const key = systemRandomness.bytes(32);
  const store = openCeremonyStore(at("ceremonies"), key, systemRandomness);
  const secret = new TextEncoder().encode("a one-time key that nobody may see");
  assert.equal(await store.get(1n, 1, "one-time-key"), undefined);
  await store.put(1n, 1, "one-time-key", secret);
  const file = at("ceremonies", "1-1-one-time-key.sealed");
  assert.equal(modeOf(file), 0o600);
  assert.ok(!readFileSync(file).includes(Buffer.from(secret)));
  const again = openCeremonyStore(at("ceremonies"), key, systemRandomness);
  assert.deepEqual(await again.get(1n, 1, "one-time-key"), secret);
  await store.put(1n, 1, "one-time-key", new Uint8Array(2));
  assert.deepEqual(await again.get(1n, 1, "one-time-key"), new Uint8Array(2));
  await store.delete(1n, 1, "one-time-key");
  await store.delete(1n, 1, "one-time-key");
  assert.equal(await store.get(1n, 1, "one-time-key"), undefined);
  assert.deepEqual(readdirSync(at("ceremonies")), []);
});

test("sealed ceremony state is refused when changed, exchanged, truncated or under another key", async () => {
  const store = openCeremonyStore(at("ceremonies"), new Uint8Array(32).fill(1), systemRandomness);
  const other = openCeremonyStore(at("ceremonies"), new Uint8Array(32).fill(2), systemRandomness);
  await store.put(1n, 1, "shares", new Uint8Array(64));
  const file = at("ceremonies", "1-1-shares.sealed");
  const sealed = readFileSync(file);
  await assert.rejects(other.get(1n, 1, "shares"), { code: "malformed" });
  writeFileSync(at("ceremonies", "1-2-shares.sealed"), sealed, { mode: 0o600 });
  await assert.rejects(store.get(1n, 2, "shares"), { code: "malformed" });
  for (const bytes of [sealed.subarray(1), sealed.subarray(0, 10), Buffer.alloc(0), Buffer.concat([sealed, sealed])]) {
    writeFileSync(file, bytes);
    await assert.rejects(store.get(1n, 1, "shares"), { code: "malformed" });
  }
  assert.throws(() => openCeremonyStore(at("ceremonies"), new Uint8Array(16), systemRandomness), { code: "malformed" });
});
