import { expect } from "chai";
import { NODE_KEY_ROTATION_TYPES, septetDomain } from "../../services/chain/typedData.ts";
import { ethers, networkHelpers } from "./support/chain.ts";
import { testKey } from "./support/keys.ts";
import {
  account,
  acknowledge,
  CHAIN_ID,
  nodePublicKey,
  nodeWallet,
  type Submission,
  submissionOf,
  submit,
  withRequest,
} from "./support/septet.ts";

const fixture = () => networkHelpers.loadFixture(withRequest);

/** A submission that all seats acknowledged, changed afterwards. */
async function submitChanged(change: (submission: Submission) => Partial<Submission>) {
  const septet = await fixture();
  const submission = await submissionOf(septet, [testKey("acknowledged")]);
  return { manager: septet.validatorManager, sent: submit(septet, { ...submission, ...change(submission) }) };
}

describe("ValidatorManager: acknowledgements of the seven seats", () => {
  it("refuses what a seat signed about something else", async () => {
    const changes: [string, (submission: Submission) => Partial<Submission>][] = [
      ["attempt", () => ({ attempt: 2 })],
      ["transcript", () => ({ transcriptHash: ethers.ZeroHash })],
      [
        "encrypted shares",
        ({ keys }) => ({ keys: keys.map((key) => ({ ...key, encryptedShares: `0x${"cd".repeat(336)}` })) }),
      ],
      ["points", ({ keys }) => ({ keys: keys.map((key) => ({ ...key, points: testKey("other").points })) })],
    ];
    for (const [what, change] of changes) {
      const { manager, sent } = await submitChanged(change);
      await expect(sent, what).to.be.revertedWithCustomError(manager, "InvalidAcknowledgement");
    }
  });

  it("refuses the acknowledgement of another request", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    await submit(septet, await submissionOf(septet, [testKey("first")]));
    await manager.requestKeys(1, 1);
    const old = await submissionOf(septet, [testKey("second")], { requestId: 1n });
    await expect(submit(septet, { ...old, requestId: 2n })).to.be.revertedWithCustomError(
      manager,
      "InvalidAcknowledgement",
    );
  });

  it("refuses the acknowledgement of one seat in the place of another", async () => {
    for (const [seat, other] of [
      [1, 2],
      [7, 6],
    ] as const) {
      const { manager, sent } = await submitChanged(({ acknowledgements }) => ({
        acknowledgements: acknowledgements.map((signature, i) =>
          i === seat - 1 ? (acknowledgements[other - 1] ?? "") : signature,
        ),
      }));
      await expect(sent)
        .to.be.revertedWithCustomError(manager, "InvalidAcknowledgement")
        .withArgs(seat, nodeWallet(seat).address, nodeWallet(other).address);
    }
  });

  it("refuses six acknowledgements, and an eighth seat's", async () => {
    for (const change of [(all: string[]) => all.slice(0, 6), (all: string[]) => [...all, all[6] ?? ""]]) {
      const { manager, sent } = await submitChanged(({ acknowledgements }) => ({
        acknowledgements: change(acknowledgements),
      }));
      await expect(sent).to.be.revertedWithCustomError(manager, "WrongAcknowledgementCount");
    }
  });

  it("refuses the acknowledgement by a node key of before, because it may be stolen", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry, validatorManager: manager } = septet;
    const submission = await submissionOf(septet, [testKey("acknowledged")]);
    const next = nodeWallet(103);
    const domain = septetDomain(CHAIN_ID, await registry.getAddress());
    const proof = await next.signTypedData(domain, NODE_KEY_ROTATION_TYPES, { operatorId: 3, nodeKey: next.address });
    await registry.connect(account(septet, 3)).rotateNodeKey(3, nodePublicKey(next), proof);
    await expect(submit(septet, submission))
      .to.be.revertedWithCustomError(manager, "InvalidAcknowledgement")
      .withArgs(3, next.address, nodeWallet(3).address);
  });

  it("refuses the acknowledgement of a stranger", async () => {
    const septet = await fixture();
    const submission = await submissionOf(septet, [testKey("acknowledged")]);
    const [, ...others] = await acknowledge(septet, submission);
    const stranger = await nodeWallet(8).signMessage("hello");
    await expect(
      submit(septet, { ...submission, acknowledgements: [stranger, ...others] }),
    ).to.be.revertedWithCustomError(septet.validatorManager, "InvalidAcknowledgement");
  });

  it("refuses an acknowledgement that is no signature", async () => {
    for (const signature of ["0x", `0x${"00".repeat(65)}`, `0x${"ff".repeat(65)}`, `0x${"01".repeat(64)}`]) {
      const { manager, sent } = await submitChanged(({ acknowledgements }) => ({
        acknowledgements: [...acknowledgements.slice(0, 4), signature, ...acknowledgements.slice(5)],
      }));
      await expect(sent)
        .to.be.revertedWithCustomError(manager, "InvalidAcknowledgement")
        .withArgs(5, nodeWallet(5).address, ethers.ZeroAddress);
    }
  });
});
