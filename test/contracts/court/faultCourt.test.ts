import { SecretKey } from "@chainsafe/blst";
import { expect } from "chai";
import { concat, getBytes, hexlify, Signature, toBeHex, ZeroAddress } from "ethers";
import { septetDomain } from "../../../services/chain/typedData.ts";
import { pubkeysRoot } from "../../../services/node/consensus/merkle.ts";
import type { AttestationValue, ConsensusValue } from "../../../services/node/consensus/types.ts";
import { hashValue } from "../../../services/node/consensus/value.ts";
import { canonicalSignature, commonValidator, courtMessage } from "../../../services/node/evidence/courtEvidence.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { testKey } from "../support/keys.ts";
import { account, CHAIN_ID, nodePublicKey, nodeWallet, SEVEN, withSet } from "../support/septet.ts";
import { attestation, domainOf, proposal, pubkey, Reporter, root, SALT, say } from "./support.ts";

async function courtWorld() {
  const septet = await withSet();
  const domain = await domainOf(septet);
  return { septet, domain, court: septet.faultCourt, reporter: new Reporter(septet, domain) };
}

const fixture = () => networkHelpers.loadFixture(courtWorld);
type World = Awaited<ReturnType<typeof courtWorld>>;

const commitOf = ({ domain }: World, seat: number, value: ConsensusValue, rest: object = {}) =>
  say(domain, seat, { kind: "commit", value, ...rest });

describe("equivocation", () => {
  const [one, other] = [attestation(100), attestation(100, { beaconBlockRoot: root(2) })];

  for (const kind of ["prepare", "commit"] as const) {
    it(`convicts a seat of two ${kind}s of one instance and round with different values, and it pays`, async () => {
      const { septet, domain, court, reporter } = await fixture();
      const { operatorRegistry: registry, stakingPool: pool, operatorSets: sets } = septet;
      const required = await pool.convertToShares(await sets.seatRequirementWei(1));
      const bond = await registry.bondOf(3);
      await expect(
        reporter.equivocation(say(domain, 3, { kind, value: one }), say(domain, 3, { kind, value: other })),
      ).to.emit(court, "Convicted");
      const taken = bond - (await registry.bondOf(3));
      expect(taken).to.be.within(required, required + 1n);
      expect(await pool.balanceOf(reporter.signer)).to.equal((taken * 5n) / 100n);
      expect(await court.isConvicted(3, 1, 0)).to.equal(true);
    });
  }

  it("leaves the configuration as it is, because removing a member at once would reopen the attack on two forks", async () => {
    const world = await fixture();
    await world.reporter.equivocation(commitOf(world, 3, one), commitOf(world, 3, other));
    expect(await world.septet.operatorSets.membersAt(1, 0)).to.deep.equal([...SEVEN]);
    expect(await world.septet.setChanges.configuration(1)).to.equal(0);
    expect((await world.septet.operatorSets.feeSeats(1)) & 4n).to.equal(0n);
  });

  it("charges once per operator, set and configuration", async () => {
    const world = await fixture();
    const { court, reporter } = world;
    await reporter.equivocation(commitOf(world, 3, one), commitOf(world, 3, other));
    const later = [attestation(200), attestation(200, { beaconBlockRoot: root(2) })] as const;
    await expect(reporter.equivocation(commitOf(world, 3, later[0]), commitOf(world, 3, later[1])))
      .to.be.revertedWithCustomError(court, "AlreadyConvicted")
      .withArgs(3, 1, 0);
    await reporter.equivocation(commitOf(world, 4, one), commitOf(world, 4, other));
  });

  const none: [string, (world: World) => [ReturnType<typeof say>, ReturnType<typeof say>]][] = [
    ["the same message twice", (w) => [commitOf(w, 3, one), commitOf(w, 3, one)]],
    [
      "the same value under two instance counters",
      (w) => [commitOf(w, 3, one), commitOf(w, 3, one, { instanceCounter: 1 })],
    ],
    ["another COMMIT in a later round", (w) => [commitOf(w, 3, one), commitOf(w, 3, other, { round: 2 })]],
    ["other kinds", (w) => [say(w.domain, 3, { kind: "prepare", value: one }), commitOf(w, 3, other)]],
    [
      "two PRE-PREPAREs",
      (w) => [
        say(w.domain, 3, { kind: "pre-prepare", value: one }),
        say(w.domain, 3, { kind: "pre-prepare", value: other }),
      ],
    ],
    ["another slot", (w) => [commitOf(w, 3, one), commitOf(w, 3, attestation(101))]],
    ["another configuration", (w) => [commitOf(w, 3, one), commitOf(w, 3, other, { configuration: 1 })]],
    ["another set", (w) => [commitOf(w, 3, one), commitOf(w, 3, other, { setId: 2 })]],
    ["another duty", (w) => [commitOf(w, 3, one), commitOf(w, 3, proposal(100))]],
  ];
  for (const [what, messages] of none) {
    it(`is not ${what}`, async () => {
      const world = await fixture();
      const [first, second] = messages(world);
      await expect(world.reporter.equivocation(first, second)).to.be.revertedWithCustomError(
        world.court,
        "NoContradiction",
      );
    });
  }

  it("convicts two live machines of one seat, whatever their instance counters", async () => {
    const world = await fixture();
    await world.reporter.equivocation(commitOf(world, 3, one), commitOf(world, 3, other, { instanceCounter: 1 }));
    expect(await world.court.isConvicted(3, 1, 0)).to.equal(true);
  });

  it("reads a signature of any form that peers take", async () => {
    const world = await fixture();
    const signed = commitOf(world, 3, one);
    const { r, s, yParity } = Signature.from(signed.signature);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = (order - BigInt(s)).toString(16).padStart(64, "0");
    for (const odd of [
      concat([r, `0x${high}`, yParity ? "0x1b" : "0x1c"]),
      concat([r, s, yParity ? "0x01" : "0x00"]),
    ]) {
      expect(canonicalSignature(odd)).to.equal(signed.signature);
    }
    const strict = { ...courtMessage(signed), signature: concat([r, `0x${high}`, yParity ? "0x1b" : "0x1c"]) };
    const second = commitOf(world, 3, other);
    await world.reporter.commit(world.reporter.digest(signed), world.reporter.digest(second));
    await expect(world.reporter.court.convictEquivocation(strict, courtMessage(second), SALT))
      .to.be.revertedWithCustomError(world.court, "UnknownSigner")
      .withArgs(ZeroAddress);
  });
});

describe("who is accused", () => {
  const [one, other] = [attestation(100), attestation(100, { beaconBlockRoot: root(2) })];

  it("frames nobody by partial signatures: only what the node key signed counts", async () => {
    const world = await fixture();
    const first = commitOf(world, 3, one);
    const second = commitOf(world, 3, other);
    // What any four seats can compute of seat 3: its partial signature of the digest, here by its very share.
    const share = SecretKey.fromBytes(getBytes(toBeHex(testKey("frame").shares[2] ?? 0n, 32)));
    const partial = share.sign(getBytes(world.reporter.digest(second))).toBytes();
    await world.reporter.commit(world.reporter.digest(first), world.reporter.digest(second));
    for (const signature of [hexlify(partial), hexlify(partial.subarray(0, 65))]) {
      const framed = { ...courtMessage(second), signature };
      await expect(
        world.reporter.court.convictEquivocation(courtMessage(first), framed, SALT),
      ).to.be.revertedWithCustomError(world.court, "UnknownSigner");
    }
  });

  it("refuses the messages of two operators", async () => {
    const world = await fixture();
    await expect(world.reporter.equivocation(commitOf(world, 3, one), commitOf(world, 4, other)))
      .to.be.revertedWithCustomError(world.court, "DifferentOperators")
      .withArgs(3, 4);
  });

  it("refuses messages of another chain or for another contract", async () => {
    const world = await fixture();
    const elsewhere = [
      { ...world.domain, chainId: 1n },
      { ...world.domain, verifyingContract: await world.septet.faultCourt.getAddress() },
    ];
    for (const domain of elsewhere) {
      const replayed = say(domain, 3, { kind: "commit", value: other });
      const { court, reporter } = await fixture();
      await expect(reporter.equivocation(commitOf(world, 3, one), replayed)).to.be.revertedWithCustomError(
        court,
        "UnknownSigner",
      );
    }
  });

  it("refuses messages about sets without its seat, and about numbers to come, which would charge one stolen key again and again", async () => {
    const world = await fixture();
    const pair = (seat: number, rest: object) =>
      [commitOf(world, seat, one, rest), commitOf(world, seat, other, rest)] as const;
    // Operator 8 is registered and sits in no set; configuration 1 has not begun.
    await expect(world.reporter.equivocation(...pair(8, {}))).to.be.revertedWithCustomError(world.court, "NoSeat");
    await expect(world.reporter.equivocation(...pair(3, { configuration: 1 }))).to.be.revertedWithCustomError(
      world.court,
      "NoSeat",
    );
  });

  it("holds an operator to what its former node key signed", async () => {
    const world = await fixture();
    const { operatorRegistry: registry } = world.septet;
    const next = nodeWallet(103);
    const domain = septetDomain(CHAIN_ID, await registry.getAddress());
    const types = {
      NodeKeyRotation: [
        { name: "operatorId", type: "uint256" },
        { name: "nodeKey", type: "address" },
      ],
    };
    const proof = await next.signTypedData(domain, types, { operatorId: 3, nodeKey: next.address });
    await registry.connect(account(world.septet, 3)).rotateNodeKey(3, nodePublicKey(next), proof);
    const old = commitOf(world, 3, one);
    const now = say(world.domain, 3, { kind: "commit", value: other }, next.privateKey);
    await world.reporter.equivocation(old, now);
    expect(await world.court.isConvicted(3, 1, 0)).to.equal(true);
  });
});

describe("commit and reveal", () => {
  const [one, other] = [attestation(100), attestation(100, { beaconBlockRoot: root(2) })];

  it("gives a report that was seen in the mempool to nobody else", async () => {
    const world = await fixture();
    const [first, second] = [commitOf(world, 3, one), commitOf(world, 3, other)];
    await world.reporter.commit(world.reporter.digest(first), world.reporter.digest(second));
    const thief = new Reporter(world.septet, world.domain, 13);
    await expect(thief.revealEquivocation(first, second)).to.be.revertedWithCustomError(world.court, "NotCommitted");
    await world.reporter.revealEquivocation(first, second);
    expect(await world.septet.stakingPool.balanceOf(thief.signer)).to.equal(0n);
  });

  it("wants a block between commitment and report", async () => {
    const world = await fixture();
    const [first, second] = [commitOf(world, 3, one), commitOf(world, 3, other)];
    await ethers.provider.send("evm_setAutomine", [false]);
    try {
      await world.reporter.commit(world.reporter.digest(first), world.reporter.digest(second));
      const sent = await world.reporter.court.convictEquivocation(courtMessage(first), courtMessage(second), SALT, {
        gasLimit: 1_000_000,
      });
      await networkHelpers.mine();
      const receipt = await ethers.provider.getTransactionReceipt(sent.hash);
      expect(receipt?.status).to.equal(0);
    } finally {
      await ethers.provider.send("evm_setAutomine", [true]);
    }
    await world.reporter.revealEquivocation(first, second);
  });

  it("lets a commitment expire after a day, and be made again", async () => {
    const world = await fixture();
    const [first, second] = [commitOf(world, 3, one), commitOf(world, 3, other)];
    const digests = [world.reporter.digest(first), world.reporter.digest(second)] as const;
    await world.reporter.commit(...digests);
    await expect(world.reporter.commit(...digests)).to.be.revertedWithCustomError(world.court, "AlreadyCommitted");
    await networkHelpers.time.increase(31);
    await expect(world.reporter.revealEquivocation(first, second)).to.be.revertedWithCustomError(
      world.court,
      "NotCommitted",
    );
    await world.reporter.equivocation(first, second);
  });
});

describe("a denied COMMIT", () => {
  const value = attestation(100);
  const { valueHash } = hashValue(value);
  const roundChange = ({ domain }: World, rest: object) =>
    say(domain, 3, { kind: "round-change", slot: 100, round: 3, ...rest });

  it("convicts a seat that leaves for a later round and reports less than it committed", async () => {
    for (const report of [
      {},
      { preparedRound: 1, preparedValueHash: valueHash },
      { preparedRound: 2, preparedValueHash: root(5) },
    ]) {
      const world = await fixture();
      await world.reporter.deniedCommit(commitOf(world, 3, value, { round: 2 }), roundChange(world, report));
      expect(await world.court.isConvicted(3, 1, 0)).to.equal(true);
    }
  });

  const none: [string, object][] = [
    ["who reports the round of the COMMIT", { preparedRound: 2, preparedValueHash: valueHash }],
    ["who prepared another value in a later round", { round: 4, preparedRound: 3, preparedValueHash: root(5) }],
    ["who left for the round of the COMMIT", { round: 2 }],
    ["who left for an earlier round before", { round: 1 }],
    ["who speaks of another instance", { slot: 101 }],
    ["who speaks of another configuration", { configuration: 1 }],
  ];
  for (const [who, report] of none) {
    it(`is no fault of one ${who}`, async () => {
      const world = await fixture();
      await expect(
        world.reporter.deniedCommit(commitOf(world, 3, value, { round: 2 }), roundChange(world, report)),
      ).to.be.revertedWithCustomError(world.court, "NoContradiction");
    });
  }
});

describe("conflicting votes", () => {
  const at = (world: World, value: AttestationValue, rest: object = {}) =>
    [commitOf(world, 3, value, rest), value] as const;

  const conflicts: [string, AttestationValue, AttestationValue][] = [
    ["a double vote", attestation(100), attestation(101)],
    [
      "a surrounding vote (10→12, then 9→13)",
      attestation(96, { sourceEpoch: 10 }),
      attestation(104, { sourceEpoch: 9 }),
    ],
    ["a surrounded vote", attestation(104, { sourceEpoch: 9 }), attestation(96, { sourceEpoch: 10 })],
    [
      "a double vote of one shared validator",
      attestation(100),
      attestation(101, { validators: [pubkey(1), pubkey(9)] }),
    ],
  ];
  for (const [what, a, b] of conflicts) {
    it(`convict a seat of COMMITs for ${what}`, async () => {
      const world = await fixture();
      await world.reporter.attestations(at(world, a), at(world, b));
      expect(await world.court.isConvicted(3, 1, 0)).to.equal(true);
    });
  }

  const harmless: [string, AttestationValue, AttestationValue, object][] = [
    ["the same source", attestation(96, { sourceEpoch: 10 }), attestation(104, { sourceEpoch: 10 }), {}],
    ["one after the other", attestation(96, { sourceEpoch: 10 }), attestation(104, { sourceEpoch: 12 }), {}],
    ["the same instance in another round", attestation(100), attestation(100, { sourceEpoch: 3 }), { round: 2 }],
  ];
  for (const [what, a, b, rest] of harmless) {
    it(`are not ${what}`, async () => {
      const world = await fixture();
      await expect(world.reporter.attestations(at(world, a), at(world, b, rest))).to.be.revertedWithCustomError(
        world.court,
        "NoContradiction",
      );
    });
  }

  it("are not equal attestation data, which slash nobody, on both sides of a change", async () => {
    const world = await fixture();
    const twin = attestation(100, { dependentRoot: root(77) });
    await expect(
      world.reporter.attestations(at(world, attestation(100)), at(world, twin, { configuration: 1 })),
    ).to.be.revertedWithCustomError(world.court, "NoContradiction");
  });

  it("must be COMMITs", async () => {
    const world = await fixture();
    const [a, b] = [attestation(100), attestation(101)];
    const prepared = say(world.domain, 3, { kind: "prepare", value: b });
    await expect(world.reporter.attestations(at(world, a), [prepared, b])).to.be.revertedWithCustomError(
      world.court,
      "NoContradiction",
    );
  });

  it("must be the values that were signed", async () => {
    const world = await fixture();
    const [a, b] = [attestation(100), attestation(108)];
    const invented = { ...b, targetEpoch: 12 };
    await expect(
      world.reporter.attestations(at(world, a), [commitOf(world, 3, b), invented]),
    ).to.be.revertedWithCustomError(world.court, "ValueMismatch");
  });

  it("must name a validator in common, by its whole key", async () => {
    const world = await fixture();
    const [a, b] = [attestation(100), attestation(101, { validators: [pubkey(4), pubkey(5)] })];
    const foreign = {
      pubkey: pubkey(1),
      firstProof: commonValidator(a, a, pubkey(1))?.firstProof ?? [],
      secondProof: [],
    };
    await expect(world.reporter.attestations(at(world, a), at(world, b), foreign)).to.be.revertedWithCustomError(
      world.court,
      "ValidatorNotNamed",
    );
    const inner = { pubkey: pubkeysRoot(a.validators), firstProof: [], secondProof: [] };
    await expect(
      world.reporter.attestations(at(world, a), at(world, attestation(101)), inner),
    ).to.be.revertedWithCustomError(world.court, "InvalidPubkeyLength");
  });
});
