import { expect } from "chai";
import { id } from "ethers";
import { DAY, deployContracts, ethers, networkHelpers } from "../support/chain.ts";
import { account, ETHER, register, SEVEN, type Septet } from "../support/septet.ts";

const FOR = 1;
const QUEUED = 5n;
const DEFEATED = 3n;
const CANCELED = 2n;
const FEE_BPS = 0;
const [VOTING_DELAY, VOTING_PERIOD, TIMELOCK_DELAY] = [2n * DAY, 5n * DAY, 7n * DAY];

/** Accounts: operators' owners 1 to 7, holders 10 to 12, guardian 15. The timelock governs. */
async function governedByVotes() {
  const guardian = "0x976EA74026E726554dB657fA54763abd0C3a0aa9";
  const septet = await deployContracts({ governance: "timelock", guardian });
  for (const number of [10, 11, 12]) await stake(septet, number, 100n * ETHER);
  return septet;
}

async function stake(septet: Septet, number: number, amountWei: bigint) {
  const holder = account(septet, number);
  await septet.stakingPool.connect(holder).deposit(amountWei, holder, { value: amountWei });
}

async function lock(septet: Septet, number: number, shares: bigint) {
  const holder = account(septet, number);
  await septet.stakingPool.connect(holder).approve(septet.voteToken, shares);
  await septet.voteToken.connect(holder).depositFor(holder, shares);
  await septet.voteToken.connect(holder).delegate(holder);
}

interface Proposal {
  id: bigint;
  arguments: [targets: string[], values: bigint[], calldatas: string[], descriptionHash: string];
}

async function propose(septet: Septet, number: number, calls: [target: string, data: string][]): Promise<Proposal> {
  const governor = septet.septetGovernor.connect(account(septet, number));
  const targets = calls.map(([target]) => target);
  const values = calls.map(() => 0n);
  const calldatas = calls.map(([, data]) => data);
  const description = `Proposal of ${number}`;
  await governor.propose(targets, values, calldatas, description);
  const proposalId = await governor.hashProposal(targets, values, calldatas, id(description));
  return { id: proposalId, arguments: [targets, values, calldatas, id(description)] };
}

const wait = (seconds: bigint) => networkHelpers.time.increase(seconds + 1n);

async function setFee(septet: Septet, feeBps: number): Promise<[string, string]> {
  const { parameters } = septet;
  return [await parameters.getAddress(), parameters.interface.encodeFunctionData("set", [FEE_BPS, feeBps])];
}

describe("governance by locked votes", () => {
  it("lists operators, forms a set and changes a parameter, end to end", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const { septetGovernor: governor, operatorSets: sets, parameters } = septet;
    for (const number of SEVEN) {
      await register(septet, Number(number));
      await septet.operatorRegistry.bondEther(number, { value: 3n * ETHER });
    }
    await lock(septet, 10, 60n * ETHER);
    await lock(septet, 11, 30n * ETHER);
    await wait(1n);
    const at = await sets.getAddress();
    const proposal = await propose(septet, 10, [
      await setFee(septet, 900),
      ...SEVEN.map((number): [string, string] => [at, sets.interface.encodeFunctionData("setListed", [number, true])]),
      [at, sets.interface.encodeFunctionData("formSet", [[...SEVEN]])],
    ]);
    await wait(VOTING_DELAY);
    await governor.connect(account(septet, 10)).castVote(proposal.id, FOR);
    await governor.connect(account(septet, 11)).castVote(proposal.id, FOR);
    await wait(VOTING_PERIOD);
    await governor.queue(...proposal.arguments);
    expect(await governor.state(proposal.id)).to.equal(QUEUED);
    await expect(governor.execute(...proposal.arguments)).to.be.revertedWithCustomError(
      septet.timelock,
      "TimelockUnexpectedOperationState",
    );
    await wait(TIMELOCK_DELAY);
    await governor.connect(account(septet, 14)).execute(...proposal.arguments);
    expect(await parameters.get(FEE_BPS)).to.equal(900);
    expect(await sets.members(1)).to.deep.equal([...SEVEN]);
  });

  it("shares borrowed when the vote is counted have no votes", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    await lock(septet, 10, 10n * ETHER);
    const proposal = await propose(septet, 10, [await setFee(septet, 0)]);
    await wait(VOTING_DELAY);
    const borrower = account(septet, 12);
    await septet.stakingPool.connect(account(septet, 11)).transfer(borrower, 100n * ETHER);
    await lock(septet, 12, 200n * ETHER);
    await septet.septetGovernor.connect(borrower).castVote(proposal.id, FOR);
    const { forVotes } = await septet.septetGovernor.proposalVotes(proposal.id);
    expect(forVotes).to.equal(0);
  });

  it("whoever borrows before the count can't give back before the decision is executed", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const { voteToken: votes, septetGovernor: governor, parameters } = septet;
    const borrower = account(septet, 10);
    await lock(septet, 10, 100n * ETHER);
    await wait(1n);
    const proposal = await propose(septet, 10, [await setFee(septet, 1_500)]);
    await wait(VOTING_DELAY);
    // The earliest moment at which the votes are not needed any more: they were counted a second ago.
    await votes.connect(borrower).requestUnlock(100n * ETHER);
    const { releasedAt } = await votes.unlockOf(borrower);
    await governor.connect(borrower).castVote(proposal.id, FOR);
    await wait(VOTING_PERIOD);
    await governor.queue(...proposal.arguments);
    await expect(votes.connect(borrower).withdrawTo(borrower, 1)).to.be.revertedWithCustomError(votes, "NotUnlocked");
    await wait(TIMELOCK_DELAY);
    await governor.execute(...proposal.arguments);
    expect(await parameters.get(FEE_BPS)).to.equal(1_500);
    expect(releasedAt).to.be.greaterThanOrEqual(await networkHelpers.time.latest());
    await networkHelpers.time.increaseTo(releasedAt);
    await votes.connect(borrower).withdrawTo(borrower, 100n * ETHER);
    expect(await septet.stakingPool.balanceOf(borrower)).to.equal(100n * ETHER);
  });

  it("a few locked shares don't govern everyone's", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    await stake(septet, 13, 1_000n * ETHER);
    await lock(septet, 10, 20n * ETHER);
    await wait(1n);
    const proposal = await propose(septet, 10, [await setFee(septet, 0)]);
    await wait(VOTING_DELAY);
    await septet.septetGovernor.connect(account(septet, 10)).castVote(proposal.id, FOR);
    await wait(VOTING_PERIOD);
    // All the votes there are, but less than 2 % of the pool.
    expect(await septet.septetGovernor.state(proposal.id)).to.equal(DEFEATED);
  });

  it("shares staked for a proposal of one's own don't raise the quorum of those made before", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const { septetGovernor: governor } = septet;
    await lock(septet, 10, 60n * ETHER);
    await lock(septet, 12, 10n * ETHER);
    await wait(1n);
    const proposal = await propose(septet, 10, [await setFee(septet, 900)]);
    // They can be asked back in the next block: it costs nothing to keep every proposal from being decided.
    await stake(septet, 12, 9_000n * ETHER);
    await propose(septet, 12, [await setFee(septet, 0)]);
    await wait(VOTING_DELAY);
    await governor.connect(account(septet, 10)).castVote(proposal.id, FOR);
    await wait(VOTING_PERIOD);
    await governor.queue(...proposal.arguments);
    expect(await governor.state(proposal.id)).to.equal(QUEUED);
  });

  it("a proposal is withdrawn by its proposer alone, and only before the vote", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const { septetGovernor: governor } = septet;
    await lock(septet, 10, 20n * ETHER);
    await wait(1n);
    const proposal = await propose(septet, 10, [await setFee(septet, 0)]);
    const cancel = (number: number) => governor.connect(account(septet, number)).cancel(...proposal.arguments);
    await expect(cancel(11)).to.be.revertedWithCustomError(governor, "GovernorUnableToCancel");
    const snapshot = await networkHelpers.takeSnapshot();
    await cancel(10);
    expect(await governor.state(proposal.id)).to.equal(CANCELED);
    await snapshot.restore();
    await wait(VOTING_DELAY);
    await expect(cancel(10)).to.be.revertedWithCustomError(governor, "GovernorUnableToCancel");
  });

  it("no shares are lost in the wrapper: not by zero, not to itself, not beyond what was locked", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const holder = account(septet, 10);
    const votes = septet.voteToken.connect(holder);
    await lock(septet, 10, 20n * ETHER);
    await expect(votes.requestUnlock(0)).to.be.revertedWithCustomError(votes, "ZeroAmount");
    await expect(votes.withdrawTo(holder, 0)).to.be.revertedWithCustomError(votes, "ZeroAmount");
    await expect(votes.withdrawTo(votes, 1)).to.be.revertedWithCustomError(votes, "ERC20InvalidReceiver");
    await expect(votes.depositFor(votes, 1)).to.be.revertedWithCustomError(votes, "ERC20InvalidReceiver");
    await expect(votes.requestUnlock(20n * ETHER + 1n)).to.be.revertedWithCustomError(
      votes,
      "ERC20InsufficientBalance",
    );
    expect(await votes.decimals()).to.equal(await septet.stakingPool.decimals());
    expect(await votes.CLOCK_MODE()).to.equal("mode=timestamp");
  });

  it("votes can't be transferred", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    await lock(septet, 10, 20n * ETHER);
    const votes = septet.voteToken.connect(account(septet, 10));
    await expect(votes.transfer(account(septet, 11), 1)).to.be.revertedWithCustomError(votes, "NotTransferable");
  });

  it("moves its own delays, quorum and threshold within their bounds, by a vote", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const { septetGovernor: governor } = septet;
    await lock(septet, 10, 60n * ETHER);
    await wait(1n);
    const at = await governor.getAddress();
    const { interface: abi } = governor;
    const proposal = await propose(septet, 10, [
      [at, abi.encodeFunctionData("setVotingDelay", [14n * DAY])],
      [at, abi.encodeFunctionData("setVotingPeriod", [7n * DAY])],
      [at, abi.encodeFunctionData("updateQuorumNumerator", [50])],
      [at, abi.encodeFunctionData("setProposalThreshold", [ETHER])],
    ]);
    await wait(VOTING_DELAY);
    await governor.connect(account(septet, 10)).castVote(proposal.id, FOR);
    await wait(VOTING_PERIOD);
    await governor.queue(...proposal.arguments);
    await wait(TIMELOCK_DELAY);
    await governor.execute(...proposal.arguments);
    expect([
      await governor.votingDelay(),
      await governor.votingPeriod(),
      await governor["quorumNumerator()"](),
      await governor.proposalThreshold(),
    ]).to.deep.equal([14n * DAY, 7n * DAY, 50n, ETHER]);
  });

  it("keeps its own delays, quorum and timelock within bounds", async () => {
    const septet = await networkHelpers.loadFixture(governedByVotes);
    const { septetGovernor: governor, timelock } = septet;
    const at = await timelock.getAddress();
    await networkHelpers.setBalance(at, ETHER);
    const self = await ethers.getImpersonatedSigner(at);
    const asTimelock = { governor: governor.connect(self), timelock: timelock.connect(self) };
    for (const delay of [3n * DAY - 1n, 30n * DAY + 1n]) {
      await expect(asTimelock.timelock.updateDelay(delay)).to.be.revertedWithCustomError(timelock, "DelayOutOfBounds");
    }
    await asTimelock.timelock.updateDelay(3n * DAY);
    expect(await timelock.getMinDelay()).to.equal(3n * DAY);
    // The voting period must not outlast the lock, or who voted could have left before it takes effect.
    await expect(asTimelock.governor.setVotingPeriod(7n * DAY + 1n)).to.be.revertedWithCustomError(
      governor,
      "SettingOutOfBounds",
    );
    for (const change of [
      asTimelock.governor.setVotingDelay(DAY - 1n),
      asTimelock.governor.updateQuorumNumerator(9),
      asTimelock.governor.setProposalThreshold(1_000n * ETHER),
    ]) {
      await expect(change).to.be.revertedWithCustomError(governor, "SettingOutOfBounds");
    }
    await expect(asTimelock.governor.updateTimelock(self)).to.be.revertedWithCustomError(governor, "TimelockFixed");
    await expect(governor.setVotingDelay(DAY)).to.be.revertedWithCustomError(governor, "GovernorOnlyExecutor");
    await expect(timelock.updateDelay(3n * DAY)).to.be.revertedWithCustomError(timelock, "TimelockUnauthorizedCaller");
  });
});
