import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { readKeyFile } from "../../services/coordinator/keyFile.ts";
import { openDatabase } from "../../services/coordinator/store/database.ts";
import { describeError } from "../../services/logging/describeError.ts";
import { DEPLOYMENT, temporaryFolder } from "./support/temporaryStore.ts";

describe("coordinator's files", () => {
  const folder = temporaryFolder();
  const KEY = "1".repeat(64);
  const write = (name: string, text: string, mode: number) => {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode });
    return file;
  };

  it("takes a key with or without 0x from a file that only its owner reads", async () => {
    const { address } = await readKeyFile(write("plain", `${KEY}\n`, 0o600));
    assert.equal((await readKeyFile(write("prefixed", `0x${KEY}`, 0o400))).address, address);
  });

  it("refuses a key file that others can read, and never repeats what is in it", async () => {
    await assert.rejects(readKeyFile(write("open", KEY, 0o640)), { code: "NOT_PRIVATE" });
    await assert.rejects(readKeyFile(write("wrong", "correct horse", 0o600)), (error: Error & { code: string }) => {
      assert.equal(error.code, "NOT_A_KEY");
      assert.ok(!error.message.includes("horse"));
      return true;
    });
    await assert.rejects(readKeyFile(path.join(folder, "none")), { code: "UNREADABLE" });
  });

  it("lets one process at a time use a data folder, for one deployment", () => {
    const dataDir = path.join(folder, "data");
    const database = openDatabase(dataDir, DEPLOYMENT);
    assert.throws(() => openDatabase(dataDir, DEPLOYMENT), { code: "DATA_DIR_IN_USE" });
    database.close();
    assert.throws(() => openDatabase(dataDir, { ...DEPLOYMENT, chainId: 1n }), { code: "OTHER_DEPLOYMENT" });
    openDatabase(dataDir, DEPLOYMENT).close();
  });

  it("keeps addresses of nodes, which carry access tokens, out of error texts", () => {
    const error = new Error("request to https://eth.example/v3/secrettoken?x=1 failed, also ws://u:p@h:1/secret");
    assert.equal(describeError(error), "request to <url> failed, also <url>");
  });
});
