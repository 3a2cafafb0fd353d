import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import fc from "fast-check";
import { messageHasher } from "../../../services/node/consensus/messageHash.ts";
import type { QbftMessage } from "../../../services/node/consensus/types.ts";
import { hashValue } from "../../../services/node/consensus/value.ts";
import { attestationFields, courtMessage, proposalFields } from "../../../services/node/evidence/courtEvidence.ts";
import { networkHelpers } from "../support/chain.ts";
import { deployed } from "../support/septet.ts";
import { attestation, domainOf, proposal } from "./support.ts";

const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const uint32 = fc.nat(2 ** 32 - 1);

const message: fc.Arbitrary<QbftMessage> = fc.record({
  kind: fc.constantFrom("pre-prepare", "prepare", "commit", "round-change"),
  instance: fc.record({
    setId: fc.maxSafeNat(),
    configuration: fc.maxSafeNat(),
    slot: fc.maxSafeNat(),
    type: fc.constantFrom("attestation", "proposal"),
  }),
  round: uint32,
  valueHash: bytes32,
  validatorsRoot: bytes32,
  instanceCounter: fc.maxSafeNat(),
  preparedRound: uint32,
  preparedValueHash: bytes32,
  refusedRoot: bytes32,
});

describe("what nodes sign and what the court reads", () => {
  it("has one digest", async () => {
    const septet = await networkHelpers.loadFixture(deployed);
    const hash = messageHasher(await domainOf(septet));
    const signature = `0x${"11".repeat(64)}1b`;
    await fc.assert(
      fc.asyncProperty(message, async (each) => {
        const asked = courtMessage({ message: each, signature }).message;
        expect(await septet.faultCourt.messageDigest(asked)).to.equal(hash(each));
      }),
      { numRuns: 40 },
    );
  });

  it("lists the fields of a value in the order in which nodes hash them", () => {
    const abi = AbiCoder.defaultAbiCoder();
    const [vote, block] = [attestation(100, { index: 5 }), proposal(100, 4)];
    const attested = abi.encode(
      ["uint8", "uint64", "uint64", "bytes32", "uint64", "bytes32", "uint64", "bytes32", "bytes32", "bytes32"],
      [1, ...Object.values(attestationFields(vote)), hashValue(vote).validatorsRoot],
    );
    expect(keccak256(attested)).to.equal(hashValue(vote).valueHash);
    const proposed = abi.encode(
      ["uint8", "uint64", "bytes32", "bytes32", "bytes32"],
      [2, ...Object.values(proposalFields(block)), hashValue(block).validatorsRoot],
    );
    expect(keccak256(proposed)).to.equal(hashValue(block).valueHash);
  });
});
