import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { BrowserProvider } from "ethers";
import { deployWith } from "../../scripts/deploy/deploy.ts";
import { DeployError, type DeployErrorDetails } from "../../scripts/deploy/errors.ts";
import { type DeployParametersInput, isDayAllowed } from "../../scripts/deploy/parameters.ts";
import { stake } from "../../scripts/stake.ts";
import { CONTRACT_NAMES } from "../../services/chain/deployment.ts";
import { DeploymentError } from "../../services/chain/errors.ts";
import {
  deployerWallet,
  ethers,
  installDepositContract,
  inTemporaryFolder,
  networkHelpers,
  PARAMETERS,
  provider,
} from "./support/chain.ts";
import { ETHER } from "./support/septet.ts";

const ignore = () => {};

function run(
  outDir: string,
  progress: (step: string) => void = ignore,
  parameters: DeployParametersInput = PARAMETERS,
) {
  const { wallet, browser } = deployerWallet();
  return deployWith(wallet, browser, { outDir, parameters }, progress);
}

/** Throws when the `step`-th step is reached: what happens to a process that is killed there. */
function killAt(step: number): () => void {
  let steps = 0;
  return () => {
    if (steps++ === step) throw new Error("killed");
  };
}

async function expectError(running: Promise<unknown>, code: DeployErrorDetails["code"]): Promise<void> {
  const error = await running.then(ignore, (reason: unknown) => reason);
  expect(error).to.be.instanceOf(DeployError);
  expect((error as DeployError).details.code).to.equal(code);
}

const nonce = async () => ethers.provider.getTransactionCount(await deployerWallet().wallet.getAddress());

describe("deploy script", () => {
  beforeEach(() => networkHelpers.loadFixture(installDepositContract));

  it("deploys all contracts, checks them and leaves a record that others can read", async () => {
    await inTemporaryFolder(async (folder) => {
      const steps: string[] = [];
      const deployment = await run(folder, (step) => steps.push(step));
      expect(steps).to.have.length(2 * CONTRACT_NAMES.length + 1);
      expect(deployment.governance).to.equal(await deployerWallet().wallet.getAddress());
      expect((await readdir(folder)).sort()).to.deep.equal(
        [...Object.keys(deployment.contracts).map((name) => `${name}.json`), "deployment.json"].sort(),
      );
      const sets = JSON.parse(await readFile(path.join(folder, "OperatorSets.json"), "utf8"));
      expect(sets.constructorArguments[0].pool).to.equal(deployment.contracts.StakingPool);
      expect(sets.constructorArguments[1]).to.equal("32000000000000000000");
    });
  });

  it("goes on where it was killed, at every step, without a second copy of anything", async function () {
    // Two runs for each of some forty steps.
    this.timeout(240_000);
    for (let step = 0; step < 2 * CONTRACT_NAMES.length + 1; step++) {
      await networkHelpers.loadFixture(installDepositContract);
      await inTemporaryFolder(async (folder) => {
        const first = await nonce();
        await run(folder, killAt(step)).catch(ignore);
        await run(folder);
        expect(await nonce(), `killed at step ${step}`).to.equal(first + CONTRACT_NAMES.length);
      });
    }
  });

  it("sends what it had signed before it was killed", async () => {
    class KilledAtBroadcast extends BrowserProvider {
      override async broadcastTransaction(): Promise<never> {
        throw new Error("killed");
      }
    }
    await inTemporaryFolder(async (folder) => {
      const first = await nonce();
      const { wallet, browser } = deployerWallet(new KilledAtBroadcast(provider));
      await deployWith(wallet, browser, { outDir: folder, parameters: PARAMETERS }, ignore).catch(ignore);
      await run(folder);
      expect(await nonce()).to.equal(first + CONTRACT_NAMES.length);
    });
  });

  it("only checks when it is run again after success", async () => {
    await inTemporaryFolder(async (folder) => {
      const before = await run(folder);
      const sent = await nonce();
      expect(await run(folder)).to.deep.equal(before);
      expect(await nonce()).to.equal(sent);
    });
  });

  it("refuses to go on with other parameters, finished or not", async () => {
    await inTemporaryFolder(async (folder) => {
      await run(folder, killAt(3)).catch(ignore);
      const other = { ...PARAMETERS, targetBalanceEther: 64 };
      await expectError(run(folder, ignore, other), "OTHER_DEPLOYMENT_IN_FOLDER");
      await run(folder);
      await expectError(run(folder, ignore, other), "CHECK_FAILED");
    });
  });

  it("refuses to go on when the account sent something else in between", async () => {
    await inTemporaryFolder(async (folder) => {
      await run(folder, killAt(3)).catch(ignore);
      const { wallet } = deployerWallet();
      await (await wallet.sendTransaction({ to: wallet.address })).wait();
      await expectError(run(folder), "NONCE_USED");
    });
  });

  it("notices a record whose contracts are not on the chain", async () => {
    await inTemporaryFolder(async (folder) => {
      const snapshot = await networkHelpers.takeSnapshot();
      await run(folder);
      await snapshot.restore();
      await expectError(run(folder), "CHECK_FAILED");
    });
  });

  it("notices a record that was changed", async () => {
    await inTemporaryFolder(async (folder) => {
      const { contracts } = await run(folder);
      const file = path.join(folder, "deployment.json");
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace(contracts.OperatorSets, contracts.StakingPool));
      const error = await run(folder).then(ignore, (reason: unknown) => reason);
      expect(error).to.be.instanceOf(DeploymentError);
    });
  });

  it("refuses parameters out of range before it sends anything", async () => {
    await inTemporaryFolder(async (folder) => {
      const first = await nonce();
      for (const change of [{ targetBalanceEther: 31 }, { targetBalanceEther: 2047 }, { genesisForkVersion: "0x00" }]) {
        await expectError(run(folder, ignore, { ...PARAMETERS, ...change }), "INVALID_PARAMETERS");
      }
      expect(await nonce()).to.equal(first);
    });
  });

  it("allows short days nowhere but on chains of one's own", () => {
    for (const chainId of [1, 560_048]) {
      expect(isDayAllowed(chainId, 30)).to.equal(false);
      expect(isDayAllowed(chainId, 86_400)).to.equal(true);
    }
    expect(isDayAllowed(31_337, 30)).to.equal(true);
  });
});

describe("stake script", () => {
  beforeEach(() => networkHelpers.loadFixture(installDepositContract));

  it("stakes from an account and tells the shares", async () => {
    await inTemporaryFolder(async (folder) => {
      const deployment = await run(folder);
      const { wallet } = deployerWallet();
      const receiver = `0x${"11".repeat(20)}`;
      const { shares } = await stake(wallet, deployment, 3n * ETHER, receiver);
      expect(shares).to.equal(3n * ETHER);
      const pool = await ethers.getContractAt("StakingPool", deployment.contracts.StakingPool);
      expect(await pool.balanceOf(receiver)).to.equal(3n * ETHER);
    });
  });
});
