import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AbiCoder, concat, keccak256, TypedDataEncoder, verifyTypedData } from "ethers";
import fc from "fast-check";
import { pubkeyProof, pubkeysRoot } from "../../../services/node/consensus/merkle.ts";
import { messageHasher, messageSigner, QBFT_MESSAGE_TYPES } from "../../../services/node/consensus/messageHash.ts";
import type { MessageKind, QbftMessage } from "../../../services/node/consensus/types.ts";
import { checkValue, hashValue } from "../../../services/node/consensus/value.ts";
import {
  attestationValue,
  DOMAIN,
  instanceOf,
  nodeKey,
  proposalValue,
  pubkey,
  root,
  SET,
  TIME,
  ZERO_ROOT,
} from "./support/fixtures.ts";

const KINDS: MessageKind[] = ["pre-prepare", "prepare", "commit", "round-change"];
const domain = { name: "Septet", version: "1", ...DOMAIN };
const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const uint = fc.maxSafeNat();

const message: fc.Arbitrary<QbftMessage> = fc.record({
  kind: fc.constantFrom(...KINDS),
  instance: fc.record({
    setId: uint,
    configuration: uint,
    slot: uint,
    type: fc.constantFrom("attestation" as const, "proposal" as const),
  }),
  round: fc.nat(2 ** 32 - 1),
  valueHash: bytes32,
  validatorsRoot: bytes32,
  instanceCounter: uint,
  preparedRound: fc.nat(2 ** 32 - 1),
  preparedValueHash: bytes32,
  refusedRoot: bytes32,
});

function typedData({ kind, instance, ...rest }: QbftMessage) {
  const { type, ...id } = instance;
  return { kind: KINDS.indexOf(kind) + 1, ...id, dutyType: type === "attestation" ? 1 : 2, ...rest };
}

describe("signed messages", () => {
  const hash = messageHasher(DOMAIN);

  it("hash as EIP-712 typed data", () => {
    fc.assert(
      fc.property(message, (m) =>
        assert.equal(hash(m), TypedDataEncoder.hash(domain, QBFT_MESSAGE_TYPES, typedData(m))),
      ),
    );
  });

  it("are signed by the node key in the domain of chain and contract", () => {
    const [m] = fc.sample(message, { numRuns: 1, seed: 1 }) as [QbftMessage];
    const { signature } = messageSigner(DOMAIN, nodeKey(3))(m);
    assert.equal(verifyTypedData(domain, QBFT_MESSAGE_TYPES, typedData(m), signature), SET.seats[3]?.nodeAddress);
    assert.notEqual(messageHasher({ ...DOMAIN, chainId: 1n })(m), hash(m));
    assert.notEqual(
      messageHasher({ ...DOMAIN, verifyingContract: DOMAIN.verifyingContract.toLowerCase().replace("5", "6") })(m),
      hash(m),
    );
  });
});

describe("value hash", () => {
  it("is keccak256 of the ABI encoding of type, fields and validators root", () => {
    const value = attestationValue(100);
    const types = [
      "uint8",
      "uint64",
      "uint64",
      "bytes32",
      "uint64",
      "bytes32",
      "uint64",
      "bytes32",
      "bytes32",
      "bytes32",
    ];
    const fields = [1, 100, 0, root(1), 10, root(7), 12, root(8), root(9), pubkeysRoot(value.validators)];
    assert.equal(hashValue(value).valueHash, keccak256(AbiCoder.defaultAbiCoder().encode(types, fields)));
    const proposal = [2, 100, root(1), root(6), keccak256(pubkey(1))];
    const encoded = AbiCoder.defaultAbiCoder().encode(["uint8", "uint64", "bytes32", "bytes32", "bytes32"], proposal);
    assert.equal(hashValue(proposalValue(100)).valueHash, keccak256(encoded));
  });

  it("changes with every field", () => {
    const value = attestationValue(100);
    const changes = [
      { slot: 101 },
      { index: 1 },
      { beaconBlockRoot: root(50) },
      { sourceEpoch: 9 },
      { sourceRoot: root(50) },
      { targetEpoch: 13 },
      { targetRoot: root(50) },
      { dependentRoot: root(50) },
      { validators: [pubkey(1)] },
    ];
    const hashes = changes.map((change) => hashValue({ ...value, ...change }).valueHash);
    assert.equal(new Set([...hashes, hashValue(value).valueHash]).size, changes.length + 1);
  });
});

describe("validators root", () => {
  it("lets a contract prove each key, by sorted pairs of hashes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), (count, pick) => {
        const keys = Array.from({ length: count }, (_, i) => pubkey(i + 1));
        const index = pick % count;
        const node = pubkeyProof(keys, index).reduce(
          (hash, sibling) => keccak256(hash < sibling ? concat([hash, sibling]) : concat([sibling, hash])),
          keccak256(pubkey(index + 1)),
        );
        assert.equal(node, pubkeysRoot(keys));
      }),
    );
  });

  it("is zero for no keys", () => assert.equal(pubkeysRoot([]), ZERO_ROOT));
});

describe("the checks that every signer makes itself", () => {
  const check = (change: object) =>
    checkValue({ ...attestationValue(100), ...change }, instanceOf(100), TIME.slotsPerEpoch);

  it("accept a value of the instance", () => {
    check({});
    checkValue(proposalValue(100), instanceOf(100, "proposal"), TIME.slotsPerEpoch);
  });

  const refused: [string, object][] = [
    ["another slot", { slot: 101 }],
    ["a far-future target, which would silence the validators for ever", { targetEpoch: 2 ** 40 }],
    ["a source that is not before the target", { sourceEpoch: 12 }],
    ["a committee index", { index: 1 }],
    ["no validators", { validators: [] }],
    ["unsorted validators", { validators: [pubkey(2), pubkey(1)] }],
    ["repeated validators", { validators: [pubkey(1), pubkey(1)] }],
    ["a short root", { targetRoot: "0x12" }],
  ];
  for (const [name, change] of refused) {
    it(`refuse ${name}`, () => assert.throws(() => check(change), { code: "malformed-value" }));
  }

  it("refuse two proposers", () => {
    const two = { ...proposalValue(100), validators: [pubkey(1), pubkey(2)] };
    assert.throws(() => checkValue(two, instanceOf(100, "proposal"), TIME.slotsPerEpoch), { code: "malformed-value" });
  });
});
