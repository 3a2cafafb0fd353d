import "../../support/preset.ts";
import { ssz } from "@lodestar/types";
import { expect } from "chai";
import { getBytes, hexlify, id } from "ethers";
import { openState } from "../../../services/beacon/stateProofs.ts";
import { startReport } from "../support/busy.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { insertIndices } from "../support/insertedIndices.ts";
import { account, withOperatorsOn } from "../support/septet.ts";
import { withElectra, withGloas } from "./support.ts";

const GLOAS_EPOCH = 60;
const OURS = [0, 1, 2, 3];

/** Contracts of a chain that knows Gloas, and the Gloas state of the real upgrade. */
async function withFork() {
  const gloas = await withGloas();
  const septet = await withOperatorsOn({ gloasForkEpoch: GLOAS_EPOCH });
  await insertIndices(septet, 0, OURS.length);
  // Blocks with neighbours to speak of.
  await networkHelpers.mine(5);
  return { gloas, septet, verifier: septet.beaconVerifier };
}

type World = Awaited<ReturnType<typeof withFork>>;
const fixture = () => networkHelpers.loadFixture(withFork);

async function hashOf(number: number): Promise<string> {
  const hash = (await ethers.provider.getBlock(number))?.hash;
  if (hash == null) throw new Error(`no block ${number}`);
  return hash;
}

/** The state with another promise in it: the hashes are those of blocks that the test makes. */
function promising({ gloas }: World, parentHash: string, blockHash: string) {
  const view = ssz.gloas.BeaconState.deserializeToViewDU(gloas.snapshot.state);
  view.latestExecutionPayloadBid.parentBlockHash = getBytes(parentHash);
  view.latestExecutionPayloadBid.blockHash = getBytes(blockHash);
  view.commit();
  const { slot, proposerIndex, parentRoot, bodyRoot } = gloas.snapshot.header;
  // Field by field: a copy would take along the root that Lodestar keeps in the old one.
  const header = { slot, proposerIndex, parentRoot, bodyRoot, stateRoot: view.hashTreeRoot() };
  const proofs = openState({ fork: "gloas", state: view.serialize(), header });
  const blockRoot = hexlify(ssz.phase0.BeaconBlockHeader.hashTreeRoot(header));
  return { proofs, blockRoot, header: proofs.anchor(0n).header };
}

/** Promises execution block `number`. */
async function promisingBlock(world: World, number: number) {
  return promising(world, await hashOf(number - 1), await hashOf(number));
}

describe("a Gloas block without its payload", () => {
  it("is refused by reports until somebody shows that the payload came, because it would tell a loss that is none", async () => {
    const world = await fixture();
    const { septet, verifier } = world;
    const { balanceReport: report } = septet;
    const number = await ethers.provider.getBlockNumber();
    const { proofs, blockRoot, header } = await promisingBlock(world, number);
    await startReport(septet, blockRoot);
    const balances = proofs.balances(OURS);
    await expect(report.prove(header, balances))
      .to.be.revertedWithCustomError(verifier, "PayloadNotShown")
      .withArgs(blockRoot);
    await expect(verifier.connect(account(septet, 12)).showPayload(header, proofs.payload(), number))
      .to.emit(verifier, "PayloadShown")
      .withArgs(blockRoot, proofs.payload().blockHash);
    await report.prove(header, balances);
    expect(await report.provenCount()).to.equal(OURS.length);
    await report.finish();
  });

  it("is not shown by a hash that never became a block, or one of another number", async () => {
    const world = await fixture();
    const { verifier } = world;
    const number = await ethers.provider.getBlockNumber();
    const never = promising(world, await hashOf(number), id("a payload that was kept back"));
    for (const at of [number, number + 1]) {
      await expect(verifier.showPayload(never.header, never.proofs.payload(), at)).to.be.revertedWithCustomError(
        verifier,
        "NotARecentBlock",
      );
    }
    const { header, proofs } = await promisingBlock(world, number);
    for (const at of [number - 1, number + 1]) {
      await expect(verifier.showPayload(header, proofs.payload(), at)).to.be.revertedWithCustomError(
        verifier,
        "NotARecentBlock",
      );
    }
    expect(await verifier.isPayloadShown(never.blockRoot)).to.equal(false);
  });

  it("is not shown by an old block that a proposer promised again, keeping the payload back", async () => {
    const world = await fixture();
    const { verifier } = world;
    const latest = await ethers.provider.getBlockNumber();
    // The beacon chain makes sure that the parent is the latest block; the promise is anything.
    for (const old of [latest, latest - 1, latest - 2]) {
      const { header, proofs } = promising(world, await hashOf(latest), await hashOf(old));
      for (const at of [old, old + 1, latest, latest + 1]) {
        await expect(verifier.showPayload(header, proofs.payload(), at)).to.be.revertedWithCustomError(
          verifier,
          "NotARecentBlock",
        );
      }
    }
  });

  it("is not shown by real blocks that its state does not promise", async () => {
    const world = await fixture();
    const { verifier } = world;
    const number = await ethers.provider.getBlockNumber();
    const { header, proofs } = await promisingBlock(world, number);
    const good = proofs.payload();
    const other = { parentHash: await hashOf(number - 2), blockHash: await hashOf(number - 1) };
    await expect(verifier.showPayload(header, { ...good, ...other }, number - 1)).to.be.revertedWithCustomError(
      verifier,
      "InvalidProof",
    );
    const elsewhere = { ...header, stateRoot: id("another state") };
    await expect(verifier.showPayload(elsewhere, good, number)).to.be.revertedWithCustomError(verifier, "InvalidProof");
    const short = { ...good, siblings: good.siblings.slice(1) };
    await expect(verifier.showPayload(header, short, number)).to.be.revertedWithCustomError(
      verifier,
      "WrongSiblingCount",
    );
  });

  it("asks nothing of blocks before the fork, whose payload is part of them", async () => {
    const { verifier, snapshot, proofs } = await networkHelpers.loadFixture(withElectra);
    await verifier.verifyHeaderRoot(hexlify(snapshot.blockRoot), proofs.anchor(0n).header);
    expect(() => proofs.payload()).to.throw();
  });
});
