import { expect } from "chai";
import { wiringOf } from "../../scripts/deploy/plan.ts";
import { ethers, networkHelpers, PARAMETERS } from "./support/chain.ts";
import { deployed, ETHER } from "./support/septet.ts";

describe("ValidatorManager: parameters", () => {
  async function fixture() {
    const { deployment, validatorManager } = await networkHelpers.loadFixture(deployed);
    const { contracts } = deployment;
    const factory = await ethers.getContractFactory("ValidatorManager");
    const parameters = {
      depositContract: PARAMETERS.depositContract,
      genesisForkVersion: PARAMETERS.genesisForkVersion,
      day: 240n,
      requestLifetime: 60n,
      targetBalanceWei: 32n * ETHER,
    };
    const deployWith = ({ day, ...change }: Partial<typeof parameters>) =>
      factory.deploy(
        wiringOf(contracts, deployment.governance, Number(day ?? parameters.day)),
        { ...parameters, ...change },
        contracts.KeyCeremonies,
        contracts.ValidatorEndings,
      );
    return { validatorManager, deployWith };
  }

  it("have bounds that no deployment can pass", async () => {
    const { validatorManager: manager, deployWith } = await fixture();
    const nobody = `0x${"12".repeat(20)}`;
    const refused: [string, bigint, Parameters<typeof deployWith>[0]][] = [
      ["day", 0n, { day: 0n }],
      ["requestLifetime", 9n, { requestLifetime: 9n }],
      ["requestLifetime", 7_201n, { requestLifetime: 7_201n }],
      ["requestLifetime", 0n, { day: 1n, requestLifetime: 0n }],
      ["targetBalanceWei", 32n * ETHER - 1n, { targetBalanceWei: 32n * ETHER - 1n }],
      ["targetBalanceWei", 2_046n * ETHER + 1n, { targetBalanceWei: 2_046n * ETHER + 1n }],
      ["depositContract", BigInt(nobody), { depositContract: nobody }],
    ];
    for (const [name, value, change] of refused) {
      await expect(deployWith(change), name)
        .to.be.revertedWithCustomError(manager, "InvalidParameter")
        .withArgs(name, value);
    }
    await expect(deployWith({ targetBalanceWei: 32n * ETHER + 1n }))
      .to.be.revertedWithCustomError(manager, "AmountNotInGwei")
      .withArgs(32n * ETHER + 1n);
  });

  it("may be at their bounds", async () => {
    const { deployWith } = await fixture();
    await deployWith({ requestLifetime: 10n });
    await deployWith({ requestLifetime: 7_200n });
    await deployWith({ targetBalanceWei: 2_046n * ETHER });
  });
});
