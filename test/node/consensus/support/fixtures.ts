import { computeAddress, id as keccakText, SigningKey } from "ethers";
import { messageSigner, recoverSigner } from "../../../../services/node/consensus/messageHash.ts";
import { leaderIndex } from "../../../../services/node/consensus/timers.ts";
import type {
  AttestationValue,
  ConsensusSet,
  ProposalValue,
  QbftMessage,
  Root,
} from "../../../../services/node/consensus/types.ts";
import { hashValue } from "../../../../services/node/consensus/value.ts";
import type { InstanceId } from "../../../../services/node/locks/types.ts";

export const ZERO_ROOT: Root = `0x${"00".repeat(32)}`;
export const TIME = { genesisTimeMs: 0, slotDurationMs: 12_000, slotsPerEpoch: 8 };
export const DOMAIN = { chainId: 31337n, verifyingContract: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
export const SEATS = [0, 1, 2, 3, 4, 5, 6] as const;

export const nodeKey = (seat: number) => new SigningKey(keccakText(`test node key of seat ${seat}`));
export const operatorOf = (seat: number) => seat + 101;

export const SET: ConsensusSet = {
  setId: 3,
  configuration: 0,
  quorum: 5,
  seats: SEATS.map((seat) => ({
    operatorId: operatorOf(seat),
    nodeAddress: computeAddress(nodeKey(seat).publicKey),
    instanceCounter: 0,
  })),
};

export const root = (index: number): Root => `0x${index.toString(16).padStart(64, "0")}`;
export const pubkey = (index: number) => `0x${index.toString(16).padStart(96, "0")}`;

export function instanceOf(slot: number, type: InstanceId["type"] = "attestation"): InstanceId {
  return { setId: SET.setId, configuration: SET.configuration, slot, type };
}

/** `head` tells values of one slot apart. */
export function attestationValue(slot: number, rest: Partial<AttestationValue> = {}, head = 1): AttestationValue {
  const targetEpoch = Math.floor(slot / TIME.slotsPerEpoch);
  return {
    type: "attestation",
    slot,
    index: 0,
    beaconBlockRoot: root(head),
    sourceEpoch: targetEpoch - 2,
    sourceRoot: root(7),
    targetEpoch,
    targetRoot: root(8),
    dependentRoot: root(9),
    validators: [pubkey(1), pubkey(2), pubkey(3)],
    ...rest,
  };
}

export function proposalValue(slot: number, head = 1): ProposalValue {
  return { type: "proposal", slot, headerRoot: root(head), parentRoot: root(6), validators: [pubkey(1)] };
}

const signers = SEATS.map((seat) => messageSigner(DOMAIN, nodeKey(seat)));

/** A message of a seat, rightly signed whatever it says. */
export function signAs(seat: number, message: Partial<QbftMessage> & Pick<QbftMessage, "kind" | "instance" | "round">) {
  const rest = { instanceCounter: 0, preparedRound: 0, preparedValueHash: ZERO_ROOT, refusedRoot: ZERO_ROOT };
  const sign = signers[seat];
  if (!sign) throw new Error(`no seat ${seat}`);
  return sign({ valueHash: ZERO_ROOT, validatorsRoot: ZERO_ROOT, ...rest, ...message });
}

export function signValue(
  seat: number,
  kind: "pre-prepare" | "prepare" | "commit",
  value: AttestationValue | ProposalValue,
  round: number,
) {
  return signAs(seat, { kind, instance: instanceOf(value.slot, value.type), round, ...hashValue(value) });
}

/** The seat that leads a round. */
export const leaderOf = (instance: InstanceId, round: number) => leaderIndex(instance, round, SEATS.length);

const recovered = new Map<string, string | undefined>();

/** Recovery that remembers: seven simulated nodes check the same signatures. */
export function rememberingRecover(digest: Root, signature: string): string | undefined {
  const key = digest + signature;
  if (!recovered.has(key)) recovered.set(key, recoverSigner(digest, signature));
  return recovered.get(key);
}
