import { expect } from "chai";
import { DAY, networkHelpers } from "../support/chain.ts";
import { account, ETHER, nodeWallet, SEVEN, withOperators, withSet } from "../support/septet.ts";

type Seven = [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
const seven = (...changes: [seat: number, operatorId: bigint][]): Seven => {
  const operatorIds: Seven = [...SEVEN];
  for (const [seat, operatorId] of changes) operatorIds[seat - 1] = operatorId;
  return operatorIds;
};

describe("OperatorSets: forming a set", () => {
  const fixture = () => networkHelpers.loadFixture(withOperators);

  it("gives seven bonded operators the seats 1 to 7", async () => {
    const { operatorSets: sets } = await fixture();
    await expect(sets.formSet(seven())).to.emit(sets, "SetFormed").withArgs(1, 0, seven());
    expect(await sets.members(1)).to.deep.equal(seven());
    expect(await sets.configuration(1)).to.equal(0);
    expect(await sets.setCount()).to.equal(1);
    expect([await sets.SEATS(), await sets.THRESHOLD(), await sets.QUORUM()]).to.deep.equal([7n, 4n, 5n]);
    for (const number of SEVEN) {
      expect(await sets.isMember(1, number)).to.equal(true);
      expect(await sets.seatNodeKey(1, number)).to.equal(nodeWallet(Number(number)).address);
      expect(await sets.requiredBondWei(number)).to.equal(ETHER);
    }
    expect(await sets.isMember(1, 8)).to.equal(false);
  });

  it("has no eighth seat and no seat 0", async () => {
    const { operatorSets: sets } = await networkHelpers.loadFixture(withSet);
    for (const seat of [0n, 8n]) {
      await expect(sets.seatNodeKey(1, seat)).to.be.revertedWithCustomError(sets, "InvalidSeat").withArgs(seat);
    }
  });

  it("refuses the same operator twice", async () => {
    const { operatorSets: sets } = await fixture();
    await expect(sets.formSet(seven([7, 1n])))
      .to.be.revertedWithCustomError(sets, "DuplicateOperator")
      .withArgs(1);
  });

  it("refuses an operator without a bond, or with too small a one", async () => {
    const { operatorSets: sets, operatorRegistry: registry } = await fixture();
    await expect(sets.formSet(seven([3, 8n])))
      .to.be.revertedWithCustomError(sets, "InsufficientBond")
      .withArgs(8, ETHER, 0);
    await registry.bondEther(8, { value: ETHER - 1n });
    await expect(sets.formSet(seven([3, 8n])))
      .to.be.revertedWithCustomError(sets, "InsufficientBond")
      .withArgs(8, ETHER, ETHER - 1n);
    await registry.bondEther(8, { value: 1n });
    await sets.formSet(seven([3, 8n]));
  });

  it("adds up what several seats of one operator need", async () => {
    const { operatorSets: sets, operatorRegistry: registry } = await fixture();
    for (let formed = 0; formed < 3; formed++) await sets.formSet(seven());
    expect(await sets.requiredBondWei(1)).to.equal(3n * ETHER);
    expect(await registry.freeBondOf(1)).to.equal(0);
    await expect(sets.formSet(seven()))
      .to.be.revertedWithCustomError(sets, "InsufficientBond")
      .withArgs(1, 4n * ETHER, 3n * ETHER);
  });

  it("refuses operators that do not exist", async () => {
    const { operatorSets: sets, operatorRegistry: registry } = await fixture();
    for (const operatorId of [0n, 9n]) {
      await expect(sets.formSet(seven([5, operatorId])))
        .to.be.revertedWithCustomError(registry, "OperatorNotFound")
        .withArgs(operatorId);
      await expect(sets.setListed(operatorId, true)).to.be.revertedWithCustomError(registry, "OperatorNotFound");
    }
  });

  it("keeps four seats for the list, because open seats alone must never sign", async () => {
    const septet = await fixture();
    const { operatorSets: sets } = septet;
    for (const operatorId of [1, 2, 3, 4]) {
      await sets.setListed(operatorId, false);
      await sets.connect(account(septet, operatorId)).joinOpenList(operatorId);
    }
    await networkHelpers.time.increase(30n * DAY);
    await expect(sets.formSet(seven())).to.be.revertedWithCustomError(sets, "TooFewListed").withArgs(3, 4);
    await expect(sets.setListed(1, true)).to.emit(sets, "OperatorListed").withArgs(1, true);
    await sets.formSet(seven());
  });

  it("gives no seat to an operator that is on the open list for less than thirty days", async () => {
    const septet = await fixture();
    const { operatorSets: sets } = septet;
    const owner = account(septet, 1);
    await sets.setListed(1, false);
    const refused = () => expect(sets.formSet(seven())).to.be.revertedWithCustomError(sets, "NotEligible").withArgs(1);
    await refused();
    await expect(sets.connect(account(septet, 2)).joinOpenList(1))
      .to.be.revertedWithCustomError(sets, "Unauthorized")
      .withArgs(account(septet, 2));
    await expect(sets.connect(owner).joinOpenList(1)).to.emit(sets, "OpenListJoined").withArgs(1);
    const { openSince } = await sets.standing(1);
    await networkHelpers.time.increaseTo(openSince + 30n * DAY - 2n);
    await refused();
    await sets.connect(owner).leaveOpenList(1);
    await sets.connect(owner).joinOpenList(1);
    await networkHelpers.time.increase(2n);
    // Leaving and joining again started the time anew.
    await refused();
    await networkHelpers.time.increase(30n * DAY);
    expect(await sets.isEligible(1)).to.equal(true);
    await sets.formSet(seven());
  });

  it("is formed by governance alone", async () => {
    const septet = await fixture();
    const { operatorSets: sets } = septet;
    const stranger = account(septet, 1);
    for (const call of [
      () => sets.connect(stranger).formSet(seven()),
      () => sets.connect(stranger).setListed(1, true),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(sets, "Unauthorized").withArgs(stranger);
    }
  });

  it("lets ValidatorManager alone move stake and suspend", async () => {
    const { operatorSets: sets, governance } = await networkHelpers.loadFixture(withSet);
    for (const call of [
      () => sets.assignStake(1, 1n),
      () => sets.releaseStake(1, 1n),
      () => sets.setSuspended(1, true),
      () => sets.reserve(1, 1n),
      () => sets.release(1, 1n),
      () => sets.burnReserved(1, 0, 1n),
      () => sets.keyVerified(1, 0),
      () => sets.keyExiting(1, 0),
      () => sets.keyRetired(1, 0, false),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(sets, "Unauthorized").withArgs(governance);
    }
  });

  it("knows no set 0 and none beyond the last", async () => {
    const { operatorSets: sets } = await networkHelpers.loadFixture(withSet);
    for (const setId of [0n, 2n]) {
      for (const call of [
        () => sets.members(setId),
        () => sets.stakeWei(setId),
        () => sets.canTakeKey(setId),
        () => sets.configuration(setId),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(sets, "SetNotFound").withArgs(setId);
      }
    }
  });
});
