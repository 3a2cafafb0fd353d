import { expect } from "chai";
import { hexlify } from "ethers";
import { beaconFixture, pubkeyOf } from "../beacon/state.ts";
import { clearBeaconRoot, ethers, GENESIS_TIME, networkHelpers, setBeaconRoot } from "./support/chain.ts";
import { deployed } from "./support/septet.ts";

const { openState } = await import("../../services/beacon/stateProofs.ts");

const TIMESTAMP = BigInt(GENESIS_TIME) + 20n;
const NEVER = 2n ** 64n - 1n;

async function withState() {
  const { beaconVerifier: verifier } = await deployed();
  const added = [{ pubkey: pubkeyOf(100), withdrawalCredentials: new Uint8Array(32).fill(2), effectiveBalance: 1e9 }];
  const fixture = { fork: "electra", ...beaconFixture(9, added) };
  await setBeaconRoot(TIMESTAMP, hexlify(fixture.blockRoot));
  const proofs = openState(fixture);
  const { header } = proofs.anchor(TIMESTAMP);
  return { verifier, proofs, header, blockRoot: hexlify(fixture.blockRoot) };
}

describe("BeaconVerifier", () => {
  const fixture = () => networkHelpers.loadFixture(withState);

  it("binds a header to the chain", async () => {
    const { verifier, header, blockRoot } = await fixture();
    await verifier.verifyHeader(TIMESTAMP, header);
    await verifier.verifyHeaderRoot(blockRoot, header);
    expect(await verifier.parentBlockRoot(TIMESTAMP)).to.equal(blockRoot);
  });

  it("refuses a header with any field changed", async () => {
    const { verifier, header } = await fixture();
    const changes = [
      ...[{ slot: 10n }, { proposerIndex: 6n }, { parentRoot: header.stateRoot }],
      ...[{ stateRoot: header.parentRoot }, { bodyRoot: header.parentRoot }],
    ];
    for (const change of changes) {
      await expect(
        verifier.verifyHeader(TIMESTAMP, { ...header, ...change }),
        String(Object.keys(change)),
      ).to.be.revertedWithCustomError(verifier, "HeaderMismatch");
    }
  });

  it("says when the chain keeps no beacon root for the time", async () => {
    const { verifier, header } = await fixture();
    await expect(verifier.verifyHeader(TIMESTAMP + 1n, header))
      .to.be.revertedWithCustomError(verifier, "BeaconRootNotFound")
      .withArgs(TIMESTAMP + 1n);
    await clearBeaconRoot(TIMESTAMP);
    await expect(verifier.verifyHeader(TIMESTAMP, header)).to.be.revertedWithCustomError(
      verifier,
      "BeaconRootNotFound",
    );
  });

  it("accepts validators and balances of a real state", async () => {
    const { verifier, proofs, header } = await fixture();
    const { slot, stateRoot } = header;
    for (let index = 0; index < 17; index++) {
      const proof = proofs.validator(index);
      expect(await verifier.verifyValidator(slot, stateRoot, proof)).to.equal(proof.validator.pubkeyRoot);
    }
    const several = proofs.validators([0, 3, 4, 16]);
    expect(await verifier.verifyValidators(slot, stateRoot, several)).to.deep.equal(
      several.validators.map(({ pubkeyRoot }) => pubkeyRoot),
    );
    const all = Array.from({ length: 17 }, (_, index) => index);
    expect(await verifier.verifyBalances(slot, stateRoot, proofs.balances(all))).to.have.length(17);
    expect(await verifier.verifyBalances(slot, stateRoot, proofs.balances([5, 16]))).to.have.length(5);
    await verifier.verifyEarliestExitEpoch(slot, stateRoot, proofs.earliestExitEpoch());
  });

  it("counts slots and epochs from genesis", async () => {
    const { verifier } = await fixture();
    expect(await verifier.slotAt(GENESIS_TIME)).to.equal(0);
    expect(await verifier.slotAt(GENESIS_TIME + 1)).to.equal(0);
    expect(await verifier.slotAt(GENESIS_TIME + 16)).to.equal(8);
    expect([await verifier.epochOf(7), await verifier.epochOf(8)]).to.deep.equal([0n, 1n]);
    await expect(verifier.slotAt(GENESIS_TIME - 1))
      .to.be.revertedWithCustomError(verifier, "BeforeGenesis")
      .withArgs(GENESIS_TIME - 1);
  });

  it("refuses to be deployed with an empty clock or chain constant", async () => {
    const factory = await ethers.getContractFactory("BeaconVerifier");
    const chain = {
      ...{ genesisTime: 1, secondsPerSlot: 2, slotsPerEpoch: 8 },
      ...{
        shardCommitteePeriod: 4,
        epochsPerSlashingsVector: 64,
        minValidatorWithdrawabilityDelay: 4,
        gloasSlot: NEVER,
      },
    };
    await factory.deploy(chain);
    const { gloasSlot: _, ...required } = chain;
    for (const name of Object.keys(required)) {
      await expect(factory.deploy({ ...chain, [name]: 0 }), name).to.be.revertedWithCustomError(
        factory,
        "ZeroParameter",
      );
    }
  });
});
