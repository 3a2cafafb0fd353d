import { expect } from "chai";
import { wiringOf } from "../../../scripts/deploy/plan.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { account, CHAIN_ID, deployed, ETHER } from "../support/septet.ts";

const DEAD = "0x000000000000000000000000000000000000dEaD";

describe("StakingPool", () => {
  const fixture = () => networkHelpers.loadFixture(deployed);

  it("locks the shares of the seed for ever", async () => {
    const { stakingPool: pool } = await fixture();
    expect(await pool.balanceOf(DEAD)).to.equal(ETHER);
    expect(await pool.totalSupply()).to.equal(ETHER);
    expect(await pool.totalAssets()).to.equal(ETHER);
    expect(await pool.unallocatedWei()).to.equal(ETHER);
  });

  it("refuses a deployment with less than 1 ETH", async () => {
    const { stakingPool: pool, deployment } = await fixture();
    const factory = await ethers.getContractFactory("StakingPool", {
      libraries: {
        Bookkeeping: deployment.contracts.Bookkeeping,
        RedemptionFills: deployment.contracts.RedemptionFills,
        RedemptionClaims: deployment.contracts.RedemptionClaims,
      },
    });
    await expect(factory.deploy(wiringOf(deployment.contracts, deployment.governance, 30), { value: ETHER - 1n }))
      .to.be.revertedWithCustomError(pool, "SeedTooSmall")
      .withArgs(ETHER - 1n, ETHER);
  });

  it("mints shares for exactly the ETH sent and books it", async () => {
    const septet = await fixture();
    const { stakingPool: pool } = septet;
    const [sender, receiver] = [account(septet, 1), account(septet, 2)];
    await expect(pool.connect(sender).deposit(5n * ETHER, receiver, { value: 5n * ETHER }))
      .to.emit(pool, "Deposit")
      .withArgs(sender, receiver, 5n * ETHER, 5n * ETHER);
    expect(await pool.balanceOf(receiver)).to.equal(5n * ETHER);
    expect(await pool.totalAssets()).to.equal(6n * ETHER);
    expect(await pool.unallocatedWei()).to.equal(6n * ETHER);
  });

  it("refuses a deposit whose assets are not the ETH sent (ERC-7535)", async () => {
    const { stakingPool: pool, governance } = await fixture();
    for (const value of [0n, ETHER - 1n, ETHER + 1n]) {
      await expect(pool.deposit(ETHER, governance, { value }))
        .to.be.revertedWithCustomError(pool, "AssetsNotSent")
        .withArgs(ETHER, value);
    }
  });

  it("refuses to deposit or mint nothing", async () => {
    const { stakingPool: pool, governance } = await fixture();
    await expect(pool.deposit(0, governance)).to.be.revertedWithCustomError(pool, "ZeroAmount");
    await expect(pool.mint(0, governance)).to.be.revertedWithCustomError(pool, "ZeroAmount");
  });

  it("returns what mint was sent too much", async () => {
    const septet = await fixture();
    const { stakingPool: pool } = septet;
    const sender = account(septet, 1);
    const minted = pool.connect(sender).mint(2n * ETHER, sender, { value: 7n * ETHER });
    await expect(minted).to.changeEtherBalances(ethers, [sender, pool], [-2n * ETHER, 2n * ETHER]);
    expect(await pool.balanceOf(sender)).to.equal(2n * ETHER);
    expect(await pool.totalAssets()).to.equal(3n * ETHER);
  });

  it("refuses a mint with too little ETH", async () => {
    const { stakingPool: pool, governance } = await fixture();
    await expect(pool.mint(2n * ETHER, governance, { value: 2n * ETHER - 1n }))
      .to.be.revertedWithCustomError(pool, "InsufficientAssetsSent")
      .withArgs(2n * ETHER, 2n * ETHER - 1n);
  });

  it("refuses plain ETH, and ETH forced in moves no rate", async () => {
    const { stakingPool: pool, governance } = await fixture();
    const to = await pool.getAddress();
    await expect(governance.sendTransaction({ to, value: 1n })).to.be.revert(ethers);
    await networkHelpers.setBalance(to, 1_000n * ETHER);
    expect(await pool.totalAssets()).to.equal(ETHER);
    expect(await pool.convertToAssets(ETHER)).to.equal(ETHER);
    expect(await pool.previewDeposit(ETHER)).to.equal(ETHER);
  });

  it("gives ETH to ValidatorManager alone", async () => {
    const septet = await fixture();
    const { stakingPool: pool } = septet;
    const stranger = account(septet, 1);
    for (const call of [() => pool.connect(stranger).fundPredeposit(), () => pool.connect(stranger).fundTopUp(1n)]) {
      await expect(call()).to.be.revertedWithCustomError(pool, "Unauthorized").withArgs(stranger);
    }
  });

  it("caps deposits at half of what the books hold", async () => {
    const { stakingPool: pool, governance } = await fixture();
    const maximum = 2n ** 87n - ETHER;
    expect(await pool.maxDeposit(governance)).to.equal(maximum);
    expect(await pool.maxMint(governance)).to.equal(maximum);
    await networkHelpers.setBalance(governance.address, 2n ** 130n);
    await expect(pool.deposit(maximum + 1n, governance, { value: maximum + 1n }))
      .to.be.revertedWithCustomError(pool, "DepositLimitExceeded")
      .withArgs(maximum + 1n, maximum);
    await pool.deposit(maximum, governance, { value: maximum });
    expect(await pool.maxDeposit(governance)).to.equal(0);
  });

  it("names ETH as its asset", async () => {
    const { stakingPool: pool } = await fixture();
    expect(await pool.asset()).to.equal("0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE");
  });

  it("takes an ERC-2612 permit once", async () => {
    const septet = await fixture();
    const { stakingPool: pool } = septet;
    const [holder, spender] = [account(septet, 1), account(septet, 2)];
    const domain = {
      name: "Septet Staked Ether",
      version: "1",
      chainId: CHAIN_ID,
      verifyingContract: pool.target as string,
    };
    const types = {
      Permit: ["owner", "spender", "value", "nonce", "deadline"].map((name) => ({
        name,
        type: name === "owner" || name === "spender" ? "address" : "uint256",
      })),
    };
    const deadline = 2n ** 64n;
    const message = { owner: holder.address, spender: spender.address, value: 7n, nonce: 0n, deadline };
    const { v, r, s } = ethers.Signature.from(await holder.signTypedData(domain, types, message));
    await pool.permit(holder, spender, 7n, deadline, v, r, s);
    expect(await pool.allowance(holder, spender)).to.equal(7n);
    await expect(pool.permit(holder, spender, 7n, deadline, v, r, s)).to.be.revertedWithCustomError(
      pool,
      "ERC2612InvalidSigner",
    );
  });
});

describe("WithdrawalVault", () => {
  it("names itself in compounding credentials and takes a plain transfer with its little gas, as builders pay", async () => {
    const { withdrawalVault: vault, governance } = await networkHelpers.loadFixture(deployed);
    const to = await vault.getAddress();
    expect(await vault.withdrawalCredentials()).to.equal(`0x02${"00".repeat(11)}${to.slice(2).toLowerCase()}`);
    const sent = governance.sendTransaction({ to, value: ETHER, gasLimit: 23_300 });
    await expect(sent).to.changeEtherBalance(ethers, vault, ETHER);
  });
});
