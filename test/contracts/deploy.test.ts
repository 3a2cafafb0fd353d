import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { BrowserProvider } from "ethers";
import { globalOptions } from "hardhat";
import { deployWith } from "../../scripts/deploy/deploy.ts";
import { DeployError, type DeployErrorDetails } from "../../scripts/deploy/errors.ts";
import { expectedByName } from "../../scripts/deploy/facts.ts";
import { type DeployParametersInput, parseParameters, withRoles } from "../../scripts/deploy/parameters.ts";
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
  WITHDRAWAL_REQUESTS,
} from "./support/chain.ts";
import { ETHER } from "./support/septet.ts";

/** What follows from code and address, and the time of its block. */
const COMPILED = /^(DOMAIN_SEPARATOR|.*_ROLE|.*_MODE|.*_TYPEHASH|DEPLOYED_AT)$/;

/** Named like an immutable or a constant. */
const isConstant = (name: string) => /^[A-Z0-9_]+$/.test(name) && !COMPILED.test(name);

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
    // Instrumented contracts are too large for the record of what is signed.
    if (globalOptions.coverage) this.skip();
    await inTemporaryFolder(async (folder) => {
      const first = await nonce();
      // Each run goes one step further than the last one, which was killed there.
      for (let step = 0; step < 2 * CONTRACT_NAMES.length + 1; step++) {
        const killed = await run(folder, killAt(step)).catch((error: unknown) => error);
        expect(String(killed), `step ${step}`).to.equal("Error: killed");
        expect(await nonce()).to.be.at.most(first + CONTRACT_NAMES.length);
      }
      await run(folder);
      expect(await nonce()).to.equal(first + CONTRACT_NAMES.length);
    });
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

  it("asks the chain for what the contracts call before it sends anything", async () => {
    for (const address of [PARAMETERS.depositContract, WITHDRAWAL_REQUESTS]) {
      await inTemporaryFolder(async (folder) => {
        const [first, code] = [await nonce(), await ethers.provider.getCode(address)];
        await networkHelpers.setCode(address, "0x");
        await expectError(run(folder), "CHAIN_LACKS");
        expect(await nonce()).to.equal(first);
        await networkHelpers.setCode(address, code);
      });
    }
  });

  it("lets the timelock govern, which only the governor moves, when it is told so", async () => {
    await inTemporaryFolder(async (folder) => {
      const guardian = `0x${"22".repeat(20)}`;
      const { contracts, governance } = await run(folder, ignore, { ...PARAMETERS, governance: "timelock", guardian });
      expect(governance).to.equal(contracts.Timelock);
      const parameters = await ethers.getContractAt("Parameters", contracts.Parameters);
      await expect(parameters.set(0, 1_000)).to.be.revertedWithCustomError(parameters, "Unauthorized");
    });
  });

  it("notices code on the chain that is not what was compiled", async () => {
    await inTemporaryFolder(async (folder) => {
      const { contracts } = await run(folder);
      const code = await ethers.provider.getCode(contracts.Guardian);
      await networkHelpers.setCode(contracts.Guardian, `${code.slice(0, -2)}ff`);
      await expectError(run(folder), "CHECK_FAILED");
    });
  });

  it("notices an immutable that is not what was asked for", async () => {
    await inTemporaryFolder(async (folder) => {
      const { contracts } = await run(folder);
      const code = await ethers.provider.getCode(contracts.Guardian);
      const [pool, court] = [contracts.StakingPool, contracts.FaultCourt].map((at) => at.slice(2).toLowerCase());
      expect(code).to.contain(pool);
      await networkHelpers.setCode(contracts.Guardian, code.replaceAll(pool ?? "", court ?? ""));
      await expectError(run(folder), "CHECK_FAILED");
    });
  });

  it("has every immutable of every contract in its table", async () => {
    await inTemporaryFolder(async (folder) => {
      const deployment = await run(folder);
      const roles = withRoles(parseParameters(PARAMETERS), 31_337, deployment.governance);
      const expected = expectedByName(deployment, roles);
      const unknown = Object.entries(deployment.abis).flatMap(([contract, abi]) =>
        abi
          .filter(({ type, name = "", inputs }) => type === "function" && inputs?.length === 0 && isConstant(name))
          .filter(({ name = "" }) => expected[name] === undefined)
          .map(({ name = "" }) => `${contract}.${name}`),
      );
      expect(unknown).to.deep.equal([]);
    });
  });

  it("lets nobody but the voters govern a public chain, and its day be a day", () => {
    const guardian = `0x${"22".repeat(20)}`;
    const real = parseParameters({ ...PARAMETERS, daySeconds: 86_400, guardian });
    const deployer = `0x${"33".repeat(20)}`;
    for (const chainId of [1, 560_048]) {
      expect(withRoles(real, chainId, deployer).governance).to.equal("timelock");
      for (const refused of [{ daySeconds: 30 }, { governance: deployer }, { guardian: undefined }]) {
        expect(() => withRoles({ ...real, ...refused }, chainId, deployer)).to.throw(DeployError);
      }
    }
    const own = withRoles(parseParameters(PARAMETERS), 31_337, deployer);
    expect([own.governance, own.guardian]).to.deep.equal([deployer, deployer]);
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
