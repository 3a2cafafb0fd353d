import { expect } from "chai";
import { KEY_ACKNOWLEDGEMENT_TYPES, septetDomain } from "../../services/chain/typedData.ts";
import { DAY, ethers, networkHelpers, PARAMETERS } from "./support/chain.ts";
import { testKey } from "./support/keys.ts";
import {
  account,
  CHAIN_ID,
  ETHER,
  nodeWallet,
  register,
  type Septet,
  submissionOf,
  submit,
  withRequest,
  withSet,
} from "./support/septet.ts";

const LIFETIME = 10n * DAY;
const TARGET = BigInt(PARAMETERS.targetBalanceEther) * ETHER;

/** A second set with capacity, so that two sets compete for keys. */
async function withTwoSets() {
  const septet = await withSet();
  for (let number = 9n; number <= 15n; number++) {
    await register(septet, Number(number));
    await septet.operatorSets.setListed(number, true);
    await septet.operatorRegistry.bondEther(number, { value: 3n * ETHER });
  }
  await septet.operatorSets.formSet([9n, 10n, 11n, 12n, 13n, 14n, 15n]);
  return septet;
}

describe("ValidatorManager: requests for keys", () => {
  const fixture = () => networkHelpers.loadFixture(withSet);

  it("lets anyone ask a set for keys and gives it a deadline", async () => {
    const septet = await fixture();
    const { validatorManager: manager, operatorSets: sets } = septet;
    const now = BigInt(await networkHelpers.time.latest()) + 10n;
    await networkHelpers.time.setNextBlockTimestamp(now);
    await expect(manager.connect(account(septet, 12)).requestKeys(1, 2))
      .to.emit(manager, "KeysRequested")
      .withArgs(1, 1, 0, 2, now + LIFETIME);
    expect(await manager.request(1)).to.deep.equal([1n, 1n, 0n, 2n, now + LIFETIME]);
    expect(await manager.openRequestOf(1)).to.equal(1);
    expect(await manager.pendingKeyCount(1)).to.equal(2);
    expect(await manager.committedWei()).to.equal(2n * TARGET);
    expect(await sets.stakeWei(1)).to.equal(2n * TARGET);
  });

  it("refuses no keys and more than twenty", async () => {
    const { validatorManager: manager } = await fixture();
    for (const keyCount of [0n, 21n]) {
      await expect(manager.requestKeys(1, keyCount))
        .to.be.revertedWithCustomError(manager, "InvalidKeyCount")
        .withArgs(keyCount, 20);
      expect(await manager.canRequestKeys(1, keyCount)).to.equal(false);
    }
  });

  it("keeps one request open per set", async () => {
    const { validatorManager: manager } = await fixture();
    await manager.requestKeys(1, 1);
    expect(await manager.canRequestKeys(1, 1)).to.equal(false);
    await expect(manager.requestKeys(1, 1)).to.be.revertedWithCustomError(manager, "RequestAlreadyOpen").withArgs(1, 1);
  });

  it("refuses a set that does not exist", async () => {
    const { validatorManager: manager } = await fixture();
    await expect(manager.requestKeys(2, 1)).to.be.revertedWithCustomError(manager, "SetNotFound").withArgs(2);
  });

  it("asks for more than two spare keys only when the pool has the ETH, because a ceremony costs seven operators work", async () => {
    const septet = await fixture();
    const { validatorManager: manager, stakingPool: pool } = septet;
    expect(await manager.canRequestKeys(1, 3)).to.equal(false);
    await expect(manager.requestKeys(1, 3))
      .to.be.revertedWithCustomError(manager, "NoDemand")
      .withArgs(1, 0, 62n * ETHER);
    await pool.deposit(34n * ETHER, septet.governance, { value: 34n * ETHER });
    expect(await manager.canRequestKeys(1, 3)).to.equal(true);
    await manager.requestKeys(1, 3);
  });

  it("does not count the same ETH for two requests", async () => {
    const septet = await networkHelpers.loadFixture(withTwoSets);
    const { validatorManager: manager, stakingPool: pool } = septet;
    const missing = 5n * TARGET - (await pool.unallocatedWei());
    await pool.deposit(missing, septet.governance, { value: missing });
    await manager.requestKeys(1, 5);
    await expect(manager.requestKeys(2, 5))
      .to.be.revertedWithCustomError(manager, "NoDemand")
      .withArgs(2, 5n * TARGET, 5n * TARGET);
  });

  it("passes the turn to the set with less of its capacity in use", async () => {
    const septet = await networkHelpers.loadFixture(withTwoSets);
    const { validatorManager: manager, operatorSets: sets } = septet;
    await manager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [testKey("turn")]));
    expect(await manager.canRequestKeys(1, 1)).to.equal(false);
    await expect(manager.requestKeys(1, 1)).to.be.revertedWithCustomError(sets, "StakeAboveAverage").withArgs(1);
    await manager.requestKeys(2, 1);
    await manager.requestKeys(1, 1);
  });

  it("refuses more stake than the bonds cover", async () => {
    const septet = await fixture();
    const { validatorManager: manager, operatorSets: sets, stakingPool: pool } = septet;
    await pool.deposit(900n * ETHER, septet.governance, { value: 900n * ETHER });
    await manager.requestKeys(1, 20);
    await submit(
      septet,
      await submissionOf(
        septet,
        Array.from({ length: 20 }, (_, i) => testKey(`bond ${i}`)),
      ),
    );
    await expect(manager.requestKeys(1, 6))
      .to.be.revertedWithCustomError(sets, "CapacityExceeded")
      .withArgs(1, 832n * ETHER, 800n * ETHER);
    await manager.requestKeys(1, 5);
  });
});

/** Shows what these seats signed about one attempt. */
async function record(septet: Septet, attempt: number, signers: number[], seats?: number) {
  const [keysHash, encryptedSharesHash] = [ethers.id("keys"), ethers.id("shares")];
  const acknowledged = { attempt, transcriptHash: ethers.id("transcript"), keysHash, encryptedSharesHash };
  const domain = septetDomain(CHAIN_ID, await septet.validatorManager.getAddress());
  const signatures = await Promise.all(
    signers.map((seat) =>
      nodeWallet(seat).signTypedData(domain, KEY_ACKNOWLEDGEMENT_TYPES, { requestId: 1, setId: 1, ...acknowledged }),
    ),
  );
  const bitmap = seats ?? signers.reduce((bits, seat) => bits | (1 << (seat - 1)), 0);
  return septet.validatorManager.recordAcknowledgements(1, acknowledged, bitmap, signatures);
}

describe("ValidatorManager: requests that expire", () => {
  const fixture = () => networkHelpers.loadFixture(withRequest);
  const pastDeadline = () => networkHelpers.time.increase(LIFETIME + 1n);

  it("takes keys until the deadline and expires only after it", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    const { deadline } = await manager.request(1);
    const submission = await submissionOf(septet, [testKey("late")]);
    await networkHelpers.time.setNextBlockTimestamp(deadline);
    await expect(manager.expireRequest(1))
      .to.be.revertedWithCustomError(manager, "RequestBeforeDeadline")
      .withArgs(1, deadline);
    await networkHelpers.time.setNextBlockTimestamp(deadline + 1n);
    await expect(submit(septet, submission))
      .to.be.revertedWithCustomError(manager, "RequestPastDeadline")
      .withArgs(1, deadline);
    await manager.expireRequest(1);
  });

  it("undoes everything that the request had taken and leaves the set out for a day", async () => {
    const { validatorManager: manager, operatorSets: sets } = await fixture();
    await pastDeadline();
    const until = BigInt(await networkHelpers.time.latest()) + 1n + DAY;
    await networkHelpers.time.setNextBlockTimestamp(until - DAY);
    await expect(manager.expireRequest(1)).to.emit(manager, "RequestExpired").withArgs(1, 1, until);
    expect((await manager.request(1)).state).to.equal(3);
    expect(await manager.openRequestOf(1)).to.equal(0);
    expect(await manager.pendingKeyCount(1)).to.equal(0);
    expect(await manager.committedWei()).to.equal(0);
    expect(await sets.stakeWei(1)).to.equal(0);
    expect(await manager.canRequestKeys(1, 1)).to.equal(false);
    await expect(manager.requestKeys(1, 1)).to.be.revertedWithCustomError(manager, "SetSkipped").withArgs(1, until);
    await networkHelpers.time.increaseTo(until);
    await manager.requestKeys(1, 1);
  });

  it("names the seats that acknowledged nothing, of any attempt", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    await record(septet, 1, [1, 3, 7]);
    await expect(record(septet, 2, [3, 4]))
      .to.emit(manager, "AcknowledgementsRecorded")
      .withArgs(1, 1, 2, 0b0001100);
    await pastDeadline();
    // Not too late while nobody has expired it.
    await record(septet, 1, [2]);
    await expect(manager.expireRequest(1)).to.emit(manager, "SeatsSilent").withArgs(1, 1, 0b0110000);
    await expect(record(septet, 1, [5]))
      .to.be.revertedWithCustomError(manager, "RequestNotOpen")
      .withArgs(1, 3);
  });

  it("names all seven when nobody showed an acknowledgement", async () => {
    const { validatorManager: manager } = await fixture();
    await pastDeadline();
    await expect(manager.expireRequest(1)).to.emit(manager, "SeatsSilent").withArgs(1, 1, 0b1111111);
  });

  it("takes no acknowledgement of one seat for another, nor more or fewer than it is told", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    await expect(record(septet, 1, [1, 2], 0b0000110))
      .to.be.revertedWithCustomError(manager, "InvalidAcknowledgement")
      .withArgs(2, nodeWallet(2).address, nodeWallet(1).address);
    for (const seats of [0b0000001, 0b0000111, 0b10000001]) {
      await expect(record(septet, 1, [1, 2], seats)).to.be.revertedWithCustomError(
        manager,
        "WrongAcknowledgementCount",
      );
    }
  });

  it("takes neither keys nor another expiry afterwards", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    await pastDeadline();
    await manager.expireRequest(1);
    const again = () => manager.expireRequest(1);
    const late = async () => submit(septet, await submissionOf(septet, [testKey("late")]));
    for (const call of [again, late]) {
      await expect(call()).to.be.revertedWithCustomError(manager, "RequestNotOpen").withArgs(1, 3);
    }
    await expect(manager.expireRequest(2)).to.be.revertedWithCustomError(manager, "RequestNotOpen").withArgs(2, 0);
  });

  it("suspends a set that let a request expire until it delivers, so that it does not block the others", async () => {
    const septet = await networkHelpers.loadFixture(withTwoSets);
    const { validatorManager: manager, operatorSets: sets } = septet;
    await manager.requestKeys(2, 1);
    await manager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [testKey("alive")], { requestId: 2n }));
    await pastDeadline();
    await manager.expireRequest(1);
    expect(await sets.isSuspended(2)).to.equal(true);
    await manager.requestKeys(1, 1);

    await networkHelpers.time.increase(DAY);
    await manager.requestKeys(2, 1);
    expect(await sets.isSuspended(2)).to.equal(true);
    expect(await sets.canTakeKey(1)).to.equal(true);
  });

  it("counts a set again once it delivered", async () => {
    const septet = await fixture();
    const { validatorManager: manager, operatorSets: sets } = septet;
    await pastDeadline();
    await manager.expireRequest(1);
    await networkHelpers.time.increase(DAY);
    await manager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [testKey("back")], { requestId: 2n }));
    expect(await sets.isSuspended(1)).to.equal(false);
    expect(await sets.totalStakeWei()).to.equal(TARGET);
  });
});
