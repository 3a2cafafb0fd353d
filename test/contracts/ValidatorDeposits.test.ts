import { expect } from "chai";
import { concat, sha256 } from "ethers";
import { ethers, networkHelpers } from "./support/chain.ts";
import { type DepositTerms, signDeposit, type TestKey, testKey } from "./support/keys.ts";
import { proveForTopUp, proveValidator } from "./support/proofs.ts";
import {
  account,
  depositTerms,
  ETHER,
  SEVEN,
  type Septet,
  submissionOf,
  submit,
  withRequest,
} from "./support/septet.ts";

/** Arguments of the top-up of a key that has its predeposit alone: all that it lacks. */
async function restOf({ pubkey }: TestKey, { withdrawalCredentials }: DepositTerms, index = 17) {
  const proofs = await proveForTopUp({ pubkey, withdrawalCredentials, effectiveBalance: 1e9, index });
  return [pubkey, 31n * ETHER, ...proofs] as const;
}

/** 1.1 ETH ÷ 7 and 5 %, in shares at the rate of 1, rounded up. */
const RESERVE_PER_SEAT = (11n * ETHER * 105n + 6_999n) / 7_000n;

interface Verified extends Septet {
  key: TestKey;
  terms: DepositTerms;
  validatorId: string;
  signature: string;
}

async function withVerifiedKey(): Promise<Verified> {
  const septet = await withRequest();
  const key = testKey("deposit");
  await submit(septet, await submissionOf(septet, [key]));
  const terms = await depositTerms(septet);
  const validatorId = sha256(concat([key.pubkey, `0x${"00".repeat(16)}`]));
  return { ...septet, key, terms, validatorId, signature: signDeposit(key.groupSecret, key.pubkey, terms).compressed };
}

async function withPredeposit(): Promise<Verified> {
  const septet = await withVerifiedKey();
  await septet.validatorManager.predeposit(septet.key.pubkey, septet.signature);
  return septet;
}

async function withProvenKey(): Promise<Verified> {
  const septet = await withPredeposit();
  const { key, terms, validatorId } = septet;
  const proof = await proveValidator({ pubkey: key.pubkey, withdrawalCredentials: terms.withdrawalCredentials });
  await septet.validatorManager.proveCredentials(validatorId, ...proof);
  return septet;
}

describe("ValidatorManager: predeposit", () => {
  const fixture = () => networkHelpers.loadFixture(withVerifiedKey);

  it("puts 1 ETH of the pool into the deposit contract under our credentials", async () => {
    const septet = await fixture();
    const {
      validatorManager: manager,
      stakingPool: pool,
      depositContract,
      key,
      terms,
      validatorId,
      signature,
    } = septet;
    const before = await pool.unallocatedWei();
    const predeposit = manager.connect(account(septet, 12)).predeposit(key.pubkey, signature);
    await expect(predeposit)
      .to.emit(depositContract, "DepositEvent")
      .withArgs(key.pubkey, terms.withdrawalCredentials, "0x00ca9a3b00000000", signature, "0x0000000000000000");
    const block = await ethers.provider.getBlock("latest");
    await expect(predeposit).to.emit(manager, "Predeposited").withArgs(validatorId, block?.timestamp);
    expect(await pool.unallocatedWei()).to.equal(before - ETHER);
    expect(await pool.totalAssets()).to.equal(before);
    expect(await ethers.provider.getBalance(manager)).to.equal(0);
    expect(await ethers.provider.getBalance(depositContract)).to.equal(ETHER);
    const record = await manager.validator(validatorId);
    expect([record.state, record.sentGwei, record.predepositTimestamp, record.depositDataRoot]).to.deep.equal([
      2n,
      1_000_000_000n,
      BigInt(block?.timestamp ?? 0),
      ethers.ZeroHash,
    ]);
    expect(await manager.committedWei()).to.equal(31n * ETHER);
  });

  it("reserves 1.1 ETH of the seven bonds and five percent", async () => {
    const {
      validatorManager: manager,
      operatorRegistry: registry,
      operatorSets: sets,
      key,
      signature,
    } = await fixture();
    await expect(manager.predeposit(key.pubkey, signature)).to.emit(sets, "BondReserved").withArgs(1, RESERVE_PER_SEAT);
    expect(await sets.reservedPerSeat(1)).to.equal(RESERVE_PER_SEAT);
    // The base of the seat is used first, so nothing else of the bond is bound.
    const bound = ETHER + 1n + (8n * ETHER) / 100n + 1n;
    expect(await registry.freeBondOf(1)).to.equal(3n * ETHER - bound);
  });

  it("makes one predeposit per key", async () => {
    const { validatorManager: manager, key, signature, validatorId } = await networkHelpers.loadFixture(withPredeposit);
    await expect(manager.predeposit(key.pubkey, signature))
      .to.be.revertedWithCustomError(manager, "WrongState")
      .withArgs(validatorId, 2, 1);
  });

  it("refuses another signature than the verified one, because a deposit without a valid one is lost", async () => {
    const { validatorManager: manager, key, terms } = await fixture();
    const other = signDeposit(testKey("stranger").groupSecret, key.pubkey, terms).compressed;
    await expect(manager.predeposit(key.pubkey, other)).to.be.revertedWithCustomError(
      manager,
      "DepositSignatureMismatch",
    );
  });

  it("refuses a key that was not verified here, and malformed input", async () => {
    const { validatorManager: manager, key, signature } = await fixture();
    const { pubkey } = testKey("stranger");
    await expect(manager.predeposit(pubkey, signature))
      .to.be.revertedWithCustomError(manager, "WrongState")
      .withArgs(sha256(concat([pubkey, `0x${"00".repeat(16)}`])), 0, 1);
    await expect(manager.predeposit(`${key.pubkey}00`, signature))
      .to.be.revertedWithCustomError(manager, "InvalidPubkeyLength")
      .withArgs(49);
    await expect(manager.predeposit(key.pubkey, signature.slice(0, -2)))
      .to.be.revertedWithCustomError(manager, "InvalidSignatureLength")
      .withArgs(95);
  });

  it("takes no ETH from anyone but the pool", async () => {
    const { validatorManager: manager, governance } = await fixture();
    await expect(governance.sendTransaction({ to: manager, value: 1n }))
      .to.be.revertedWithCustomError(manager, "Unauthorized")
      .withArgs(governance);
  });
});

describe("ValidatorManager: reserves of many predeposits", () => {
  it("refuses a predeposit that the bonds have no room for", async () => {
    const septet = await networkHelpers.loadFixture(withVerifiedKey);
    const { validatorManager: manager, operatorRegistry: registry, stakingPool: pool } = septet;
    await pool.deposit(700n * ETHER, septet.governance, { value: 700n * ETHER });
    await manager.requestKeys(1, 18);
    const keys = Array.from({ length: 18 }, (_, i) => testKey(`many ${i}`));
    await submit(septet, await submissionOf(septet, keys, { requestId: 2n }));
    // 19 keys of 32 ETH hold 1.52 ETH of each bond of 3 ETH: room for eight reserves of 0.165 ETH in the other 1.48.
    const predeposit = ({ groupSecret, pubkey }: TestKey) =>
      manager.predeposit(pubkey, signDeposit(groupSecret, pubkey, septet.terms).compressed);
    for (const key of keys.slice(0, 8)) await predeposit(key);
    const ninth = keys[8] ?? septet.key;
    await expect(predeposit(ninth)).to.be.revertedWithCustomError(registry, "InsufficientBond");
    expect(await registry.freeBondOf(1)).to.be.lessThan(RESERVE_PER_SEAT);
    await Promise.all(SEVEN.map((number) => registry.bondEther(number, { value: ETHER / 5n })));
    await predeposit(ninth);
  });
});

describe("ValidatorManager: top-up", () => {
  const fixture = () => networkHelpers.loadFixture(withProvenKey);

  it("brings a proven key to the target", async () => {
    const septet = await fixture();
    const { validatorManager: manager, stakingPool: pool, depositContract, key, terms, validatorId } = septet;
    expect(await manager.topUpAmountWei(validatorId)).to.equal(31n * ETHER);
    const topUp = manager.connect(account(septet, 12)).topUp(...(await restOf(key, terms)));
    await expect(topUp)
      .to.emit(depositContract, "DepositEvent")
      .withArgs(
        key.pubkey,
        terms.withdrawalCredentials,
        "0x0076be3707000000",
        `0x${"00".repeat(96)}`,
        "0x0100000000000000",
      );
    await expect(topUp)
      .to.emit(manager, "ToppedUp")
      .withArgs(validatorId, 31n * ETHER);
    expect((await manager.validator(validatorId)).sentGwei).to.equal(32_000_000_000n);
    expect(await pool.unallocatedWei()).to.equal(30n * ETHER);
    expect(await manager.pendingKeyCount(1)).to.equal(0);
    expect(await manager.committedWei()).to.equal(0);
    expect(await manager.topUpAmountWei(validatorId)).to.equal(0);
  });

  it("gives nothing to a key before its proof", async () => {
    const { validatorManager: manager, key, terms, validatorId } = await networkHelpers.loadFixture(withPredeposit);
    expect(await manager.topUpAmountWei(validatorId)).to.equal(0);
    await expect(manager.topUp(...(await restOf(key, terms))))
      .to.be.revertedWithCustomError(manager, "WrongState")
      .withArgs(validatorId, 2, 3);
  });

  it("has one top-up in flight, because the balance could not tell two apart", async () => {
    const { validatorManager: manager, key, terms, validatorId } = await fixture();
    await manager.topUp(...(await restOf(key, terms)));
    await expect(manager.topUp(...(await restOf(key, terms))))
      .to.be.revertedWithCustomError(manager, "TopUpInFlight")
      .withArgs(validatorId);
  });

  it("waits until the pool has the whole rest", async () => {
    const septet = await fixture();
    const { validatorManager: manager, stakingPool: pool, key, terms, validatorId } = septet;
    await manager.requestKeys(1, 1);
    const second = testKey("second");
    await submit(septet, await submissionOf(septet, [second], { requestId: 2n }));
    const { compressed } = signDeposit(second.groupSecret, second.pubkey, septet.terms);
    await manager.predeposit(second.pubkey, compressed);
    const proof = await proveValidator({
      pubkey: second.pubkey,
      withdrawalCredentials: terms.withdrawalCredentials,
      index: 18,
    });
    await manager.proveCredentials(sha256(concat([second.pubkey, `0x${"00".repeat(16)}`])), ...proof);
    await manager.topUp(...(await restOf(second, septet.terms, 18)));

    expect(await manager.provenKeyCount()).to.equal(1);
    expect(await manager.topUpAmountWei(validatorId)).to.equal(0);
    await expect(manager.topUp(...(await restOf(key, terms))))
      .to.be.revertedWithCustomError(pool, "InsufficientUnallocated")
      .withArgs(31n * ETHER, 29n * ETHER);
    await pool.deposit(2n * ETHER, septet.governance, { value: 2n * ETHER });
    await manager.topUp(...(await restOf(key, terms)));
  });
});

describe("ValidatorManager: order of use of the pool's ETH", () => {
  it("refuses a predeposit that takes the ETH of a top-up, because spare keys would keep a proven one waiting", async () => {
    const septet = await networkHelpers.loadFixture(withProvenKey);
    const { validatorManager: manager, stakingPool: pool, key, terms } = septet;
    const predeposit = ({ groupSecret, pubkey }: TestKey) =>
      manager.predeposit(pubkey, signDeposit(groupSecret, pubkey, terms).compressed);
    const spare = testKey("spare");
    await manager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [spare], { requestId: 2n }));
    // 61 ETH lie in the pool: all but the 31 that the proven key lacks are free, then one wei less than a predeposit is.
    const drain = (await pool.unallocatedWei()) - 32n * ETHER + 1n;
    await drainPool(septet, drain);
    await expect(predeposit(spare))
      .to.be.revertedWithCustomError(manager, "TopUpFirst")
      .withArgs(1, 32n * ETHER - 1n);
    await manager.topUp(...(await restOf(key, terms)));
    expect(await manager.provenKeyCount()).to.equal(0);
    await pool.deposit(1n, septet.governance, { value: 1n });
    await predeposit(spare);
  });
});

/** Takes ETH out of the pool as ValidatorManager does; nothing but a test can call this. */
async function drainPool({ validatorManager, stakingPool }: Septet, amountWei: bigint): Promise<void> {
  const manager = await validatorManager.getAddress();
  await networkHelpers.impersonateAccount(manager);
  await networkHelpers.setBalance(manager, ETHER);
  await stakingPool.connect(await ethers.getSigner(manager)).fundTopUp(amountWei);
}
