import { type ContractTransactionResponse, id, SigningKey, ZeroHash } from "ethers";
import { CHANGE_KIND, SET_CHANGE_TYPES, septetDomain } from "../../../services/chain/typedData.ts";
import { messageHasher, messageSigner, type SigningDomain } from "../../../services/node/consensus/messageHash.ts";
import type {
  AttestationValue,
  ConsensusValue,
  ProposalValue,
  QbftMessage,
  SignedMessage,
} from "../../../services/node/consensus/types.ts";
import { hashValue } from "../../../services/node/consensus/value.ts";
import {
  attestationFields,
  commonValidator,
  courtMessage,
  proposalFields,
  reportCommitment,
} from "../../../services/node/evidence/courtEvidence.ts";
import { networkHelpers, PARAMETERS } from "../support/chain.ts";
import { account, CHAIN_ID, nodeWallet, type Septet } from "../support/septet.ts";

/** Evidence is signed by the nodes' own code throughout. */
export const root = (index: number) => `0x${index.toString(16).padStart(64, "0")}`;
export const pubkey = (index: number) => `0x${index.toString(16).padStart(96, "0")}`;
export const SALT = id("salt");

export async function domainOf(septet: Septet): Promise<SigningDomain> {
  return { chainId: BigInt(CHAIN_ID), verifyingContract: await septet.operatorSets.getAddress() };
}

export function attestation(slot: number, rest: Partial<AttestationValue> = {}): AttestationValue {
  const targetEpoch = Math.floor(slot / PARAMETERS.slotsPerEpoch);
  return {
    type: "attestation",
    slot,
    index: 0,
    beaconBlockRoot: root(1),
    sourceEpoch: Math.max(0, targetEpoch - 1),
    sourceRoot: root(7),
    targetEpoch,
    targetRoot: root(8),
    dependentRoot: root(9),
    validators: [pubkey(1), pubkey(2), pubkey(3)],
    ...rest,
  };
}

export function proposal(slot: number, head = 1): ProposalValue {
  return { type: "proposal", slot, headerRoot: root(head), parentRoot: root(6), validators: [pubkey(1)] };
}

export interface Saying {
  kind: QbftMessage["kind"];
  value?: ConsensusValue;
  slot?: number;
  type?: "attestation" | "proposal";
  round?: number;
  setId?: number;
  configuration?: number;
  instanceCounter?: number;
  preparedRound?: number;
  preparedValueHash?: string;
}

/** A message as a node makes it, with the key of operator `signer`. */
export function say(domain: SigningDomain, signer: number, saying: Saying, key = nodeWallet(signer).privateKey) {
  const { kind, value, setId = 1, configuration = 0, round = 1 } = saying;
  const instance = {
    setId,
    configuration,
    slot: saying.slot ?? value?.slot ?? 0,
    type: saying.type ?? value?.type ?? "attestation",
  };
  const hashes =
    value && kind !== "round-change" ? hashValue(value) : { valueHash: ZeroHash, validatorsRoot: ZeroHash };
  const { instanceCounter = 0, preparedRound = 0, preparedValueHash = ZeroHash } = saying;
  const rest = { instanceCounter, preparedRound, preparedValueHash, refusedRoot: ZeroHash };
  return messageSigner(domain, new SigningKey(key))({ kind, instance, round, ...hashes, ...rest });
}

/** Reports to the court: the commitment first, and in a later block the evidence. */
export class Reporter {
  readonly septet: Septet;
  readonly domain: SigningDomain;
  readonly number: number;

  constructor(septet: Septet, domain: SigningDomain, number = 12) {
    this.septet = septet;
    this.domain = domain;
    this.number = number;
  }

  get signer() {
    return account(this.septet, this.number);
  }

  get court() {
    return this.septet.faultCourt.connect(this.signer);
  }

  digest = (signed: SignedMessage) => messageHasher(this.domain)(signed.message);

  async commit(first: string, second: string) {
    await this.court.commitReport(reportCommitment(first, second, this.signer.address, SALT));
  }

  async equivocation(first: SignedMessage, second: SignedMessage) {
    await this.commit(this.digest(first), this.digest(second));
    return this.revealEquivocation(first, second);
  }

  revealEquivocation(first: SignedMessage, second: SignedMessage): Promise<ContractTransactionResponse> {
    return this.court.convictEquivocation(courtMessage(first), courtMessage(second), SALT);
  }

  async deniedCommit(commit: SignedMessage, roundChange: SignedMessage) {
    await this.commit(this.digest(commit), this.digest(roundChange));
    return this.court.convictDeniedCommit(courtMessage(commit), courtMessage(roundChange), SALT);
  }

  async attestations(
    [first, a]: readonly [SignedMessage, AttestationValue],
    [second, b]: readonly [SignedMessage, AttestationValue],
    proof = commonValidator(a, b, pubkey(1)),
  ) {
    if (!proof) throw new Error("no common validator");
    await this.commit(this.digest(first), this.digest(second));
    const [fieldsA, fieldsB] = [attestationFields(a), attestationFields(b)];
    return this.court.convictConflictingAttestations(
      courtMessage(first),
      courtMessage(second),
      fieldsA,
      fieldsB,
      proof,
      SALT,
    );
  }

  async proposals(
    [first, a]: readonly [SignedMessage, ProposalValue],
    [second, b]: readonly [SignedMessage, ProposalValue],
  ) {
    const proof = commonValidator(a, b, pubkey(1));
    if (!proof) throw new Error("no common validator");
    await this.commit(this.digest(first), this.digest(second));
    const [fieldsA, fieldsB] = [proposalFields(a), proposalFields(b)];
    return this.court.convictConflictingProposals(
      courtMessage(first),
      courtMessage(second),
      fieldsA,
      fieldsB,
      proof,
      SALT,
    );
  }

  async brokenPromise(message: SignedMessage, statement: { digest: string; signature: string }) {
    await this.commit(this.digest(message), statement.digest);
    return this.court.convictBrokenPromise(courtMessage(message), statement.signature, SALT);
  }
}

export const FIRST_FOUR = 0x0f;

/** Epoch that the chain's next block belongs to, about. */
export async function presentEpoch(): Promise<number> {
  const seconds = (await networkHelpers.time.latest()) - PARAMETERS.genesisTime;
  return Math.floor(seconds / (PARAMETERS.secondsPerSlot * PARAMETERS.slotsPerEpoch));
}

export async function moveToEpoch(epoch: number): Promise<void> {
  await networkHelpers.time.increaseTo(
    PARAMETERS.genesisTime + epoch * PARAMETERS.secondsPerSlot * PARAMETERS.slotsPerEpoch,
  );
}

/** A lease of set 1 to its first four seats, signed by the operators in them; not sent. */
export async function signLease(septet: Septet, seats = FIRST_FOUR, signers = [1, 2, 3, 4]) {
  const { number, generation } = await septet.setChanges.current(1);
  const statement = {
    setId: 1n,
    configuration: number,
    kind: CHANGE_KIND.lease,
    seats,
    generation,
    includeBy: BigInt((await presentEpoch()) + 2),
  };
  const domain = septetDomain(CHAIN_ID, await septet.setChanges.getAddress());
  const signatures = await Promise.all(
    signers.map((signer) => nodeWallet(signer).signTypedData(domain, SET_CHANGE_TYPES, statement)),
  );
  const digest = await septet.setChanges.statementDigest(statement);
  return { statement, signatures, digest, startEpoch: Number(statement.includeBy) + 8 };
}
