import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { JsonRpcProvider } from "ethers";
import { connectContracts } from "../../services/chain/contracts.ts";
import { CONTRACT_NAMES, readDeployment } from "../../services/chain/deployment.ts";
import { DeploymentError, type DeploymentErrorDetails } from "../../services/chain/errors.ts";

const addressOf = (index: number) =>
  `0x${String(index + 1)
    .padStart(2, "0")
    .repeat(20)}`;
const ADDRESSES = Object.fromEntries(CONTRACT_NAMES.map((name, index) => [name, addressOf(index)]));
const SUMMARY = {
  chainId: 1337,
  deployedAtBlock: 5,
  day: 30,
  governance: addressOf(7),
  depositContract: addressOf(8),
  genesisForkVersion: "0x00000001",
  contracts: ADDRESSES,
};

let folder: string;

async function write(name: string, value: unknown): Promise<void> {
  await writeFile(path.join(folder, `${name}.json`), typeof value === "string" ? value : JSON.stringify(value));
}

async function expectError(code: DeploymentErrorDetails["code"]): Promise<void> {
  await assert.rejects(
    readDeployment(folder),
    (error) => error instanceof DeploymentError && error.details.code === code,
  );
}

describe("deployment record", () => {
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "septet-record-"));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    await write("deployment", SUMMARY);
    for (const [index, name] of CONTRACT_NAMES.entries()) {
      const error = { type: "error", name: `${name}Failed`, inputs: [{ name: "value", type: "uint256" }] };
      const shared = { type: "error", name: "Unauthorized", inputs: [{ name: "caller", type: "address" }] };
      const view = { type: "function", name: "total", inputs: [], outputs: [], stateMutability: "view" };
      const abi = [error, shared, view];
      const transactionHash = `0x${"ab".repeat(32)}`;
      await write(name, { address: addressOf(index), abi, constructorArguments: [], transactionHash });
    }
  });

  it("is read with the interfaces of all contracts", async () => {
    const deployment = await readDeployment(folder);
    assert.equal(deployment.day, 30);
    assert.deepEqual(deployment.contracts, ADDRESSES);
    assert.equal(deployment.abis.StakingPool.length, 3);
  });

  it("connects contracts that know the errors of each other", async () => {
    const provider = new JsonRpcProvider("http://127.0.0.1:1");
    const contracts = connectContracts(await readDeployment(folder), provider);
    for (const contract of Object.values(contracts)) {
      for (const name of CONTRACT_NAMES) assert.ok(contract.interface.getError(`${name}Failed`), name);
      assert.ok(contract.interface.getError("Unauthorized"));
    }
    assert.equal(contracts.stakingPool.target, ADDRESSES["StakingPool"]);
    provider.destroy();
  });

  it("is refused when a file is missing", async () => {
    await rm(path.join(folder, "OperatorSets.json"));
    await expectError("MISSING_FILE");
  });

  it("is refused when a file is not JSON, or not what it should be", async () => {
    for (const content of [
      "{",
      "[]",
      { ...SUMMARY, day: "30" },
      { ...SUMMARY, extra: 1 },
      { ...SUMMARY, governance: "0x1" },
    ]) {
      await write("deployment", content);
      await expectError("INVALID_FILE");
    }
  });

  it("is refused when a file is too large", async () => {
    await write("deployment", " ".repeat(1_000_001));
    await expectError("FILE_TOO_LARGE");
  });

  it("is refused when two files disagree on an address", async () => {
    await write("deployment", { ...SUMMARY, contracts: { ...ADDRESSES, StakingPool: addressOf(0) } });
    await expectError("ADDRESS_MISMATCH");
  });
});
