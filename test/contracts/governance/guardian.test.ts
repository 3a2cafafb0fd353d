import { readFileSync } from "node:fs";
import { expect } from "chai";
import { DAY, deployContracts, networkHelpers } from "../support/chain.ts";
import { account, ETHER, type Septet } from "../support/septet.ts";

const ENUM = new URL("../../../contracts/interfaces/IParameters.sol", import.meta.url);
const FEE_BPS = 0;
const TREASURY_FEE_BPS = 1;
/** ReplacementDelaySeconds, …RequestsSeconds, …SilenceSeconds, …RepeatSeconds, QuarantineSeconds. */
const PROTECTING_DELAYS = [33, 34, 35, 36, 37];

/** Account 15 guards, the deployer governs. */
async function guarded() {
  const septet = await deployContracts();
  await septet.guardian.setGuardian(account(septet, 15));
  return septet;
}

const guardianOf = (septet: Septet) => septet.guardian.connect(account(septet, 15));
const now = async () => BigInt(await networkHelpers.time.latest());

describe("guardian", () => {
  it("stops deposits for at most fourteen days, and they come back by themselves", async () => {
    const septet = await networkHelpers.loadFixture(guarded);
    const { stakingPool: pool, guardian } = septet;
    const tooLong = (await now()) + 14n * DAY + 2n;
    await expect(guardianOf(septet).pause(tooLong)).to.be.revertedWithCustomError(guardian, "InvalidPause");
    await expect(guardianOf(septet).pause(await now())).to.be.revertedWithCustomError(guardian, "InvalidPause");
    await guardianOf(septet).pause((await now()) + 14n * DAY);
    expect(await pool.maxDeposit(septet.governance)).to.equal(0);
    expect(await pool.acceptsNewKeys()).to.equal(false);
    await networkHelpers.time.increase(14n * DAY + 1n);
    await pool.deposit(ETHER, septet.governance, { value: ETHER });
    expect(await pool.acceptsNewKeys()).to.equal(true);
  });

  it("can't pause for ever: each pause but the first is given by governance, one at a time, counted", async () => {
    const septet = await networkHelpers.loadFixture(guarded);
    const { guardian } = septet;
    await guardianOf(septet).pause((await now()) + DAY);
    await expect(guardianOf(septet).pause((await now()) + DAY)).to.be.revertedWithCustomError(guardian, "PauseUsed");
    await guardian.renew();
    await guardian.renew();
    expect(await guardian.renewals()).to.equal(2);
    await guardianOf(septet).pause((await now()) + 14n * DAY);
    expect(await guardian.canPause()).to.equal(false);
    await expect(guardianOf(septet).pause((await now()) + DAY)).to.be.revertedWithCustomError(guardian, "PauseUsed");
  });

  it("may end its pause early, as may governance, and nobody else", async () => {
    const septet = await networkHelpers.loadFixture(guarded);
    const { guardian, stakingPool: pool } = septet;
    await guardianOf(septet).pause((await now()) + 14n * DAY);
    const stranger = guardian.connect(account(septet, 16));
    await expect(stranger.endPause()).to.be.revertedWithCustomError(guardian, "Unauthorized");
    await guardian.endPause();
    await pool.deposit(ETHER, septet.governance, { value: ETHER });
    expect(await guardian.canPause()).to.equal(false);
  });

  it("is whom governance names, and can be nobody", async () => {
    const septet = await networkHelpers.loadFixture(guarded);
    const { guardian } = septet;
    await guardian.setGuardian(`0x${"00".repeat(20)}`);
    await expect(guardianOf(septet).pause((await now()) + DAY)).to.be.revertedWithCustomError(guardian, "Unauthorized");
    await expect(guardianOf(septet).setGuardian(account(septet, 15))).to.be.revertedWithCustomError(
      guardian,
      "Unauthorized",
    );
  });
});

describe("parameters", () => {
  it("move within their bounds only, and only by governance", async () => {
    const { parameters, ...septet } = await networkHelpers.loadFixture(guarded);
    const { minimum, maximum } = await parameters.bounds(FEE_BPS);
    expect([minimum, maximum]).to.deep.equal([0n, 1_500n]);
    await expect(parameters.set(FEE_BPS, maximum + 1n))
      .to.be.revertedWithCustomError(parameters, "ParameterOutOfBounds")
      .withArgs(FEE_BPS, maximum + 1n, minimum, maximum);
    const stranger = account({ ...septet, parameters }, 16);
    await expect(parameters.connect(stranger).set(FEE_BPS, 0)).to.be.revertedWithCustomError(
      parameters,
      "Unauthorized",
    );
    await expect(parameters.set(FEE_BPS, maximum)).to.emit(parameters, "ParameterSet").withArgs(FEE_BPS, maximum);
  });

  it("governance can lengthen the delays that protect from it, and set none below that of the deployment", async () => {
    const { parameters } = await networkHelpers.loadFixture(guarded);
    for (const parameter of PROTECTING_DELAYS) {
      const { minimum, maximum } = await parameters.bounds(parameter);
      expect(await parameters.get(parameter)).to.equal(minimum);
      await expect(parameters.set(parameter, minimum - 1n)).to.be.revertedWithCustomError(
        parameters,
        "ParameterOutOfBounds",
      );
      await parameters.set(parameter, maximum);
    }
  });

  it("are the same one by one and together", async () => {
    const { parameters } = await networkHelpers.loadFixture(guarded);
    const names = readFileSync(ENUM, "utf8").match(/(?<=^ {4})[A-Z]\w+(?=,? \/\/)/gm) ?? [];
    const numberOf = (field: string) => names.findIndex((name) => name.toLowerCase() === field.toLowerCase());
    const fields = parameters.interface.getFunction("poolTerms").outputs[0]?.components?.map(({ name }) => name) ?? [];
    expect(fields).to.have.length(7).and.include("feeBps");
    const all = () => Promise.all(names.map((_, number) => parameters.get(number)));
    for (const field of fields) {
      const number = numberOf(field);
      const others = await all();
      const { minimum, maximum } = await parameters.bounds(number);
      for (const value of [maximum, minimum]) {
        // The treasury's part may not exceed the fee.
        if (field === "feeBps" && value === minimum) continue;
        await parameters.set(number, value);
        expect(await all()).to.deep.equal(others.with(number, value));
        const together = [...(await parameters.poolTerms())];
        expect(together).to.deep.equal(await Promise.all(fields.map((each) => parameters.get(numberOf(each)))));
      }
    }
  });

  it("a treasury fee above the whole fee, which would stop all reports, is refused", async () => {
    const { parameters } = await networkHelpers.loadFixture(guarded);
    await expect(parameters.set(FEE_BPS, 100)).to.be.revertedWithCustomError(parameters, "TreasuryFeeAboveFee");
    await parameters.set(TREASURY_FEE_BPS, 0);
    await parameters.set(FEE_BPS, 0);
    await expect(parameters.set(TREASURY_FEE_BPS, 1)).to.be.revertedWithCustomError(parameters, "TreasuryFeeAboveFee");
  });
});
