import { AbiCoder, getBytes, isAddress, keccak256 } from "ethers";
import { SEAT_COUNT, SEATS, type Seat } from "../crypto/seats.ts";
import type { OperatorId } from "../ports/peers.ts";
import { CeremonyError } from "./errors.ts";

export const MAX_KEYS_PER_CEREMONY = 128;
export const MAX_ATTEMPTS = 64;
/** Sharings of a key are numbered from 0; a second one comes with rotation. */
export const FIRST_GENERATION = 0;
/** ValidatorManager verifies the deposit signature for this amount. */
export const PREDEPOSIT_GWEI = 1_000_000_000n;

export interface CeremonyMember {
  seat: Seat;
  operatorId: OperatorId;
  /** Address of the node key that signs the seat's messages. */
  nodeKey: string;
}

/** What all participants of one key request must agree on, read from the chain. */
export interface CeremonyContext {
  chainId: bigint;
  /** Address of the ValidatorManager. */
  verifyingContract: string;
  requestId: bigint;
  setId: bigint;
  generation: number;
  keyCount: number;
  /** Unix time after which the request can be expired on chain. */
  deadlineSeconds: number;
  /** Seats 1..7 in order. */
  members: readonly CeremonyMember[];
  /** 32 bytes. */
  withdrawalCredentials: Uint8Array;
  /** 4 bytes. */
  genesisForkVersion: Uint8Array;
  /** Amount of the deposit that the keys sign: 1 ETH. */
  amountGwei: bigint;
}

/** Throws `invalid_context` unless the context describes seven different node keys and a batch within the limits. */
export function checkContext(context: CeremonyContext): void {
  const { members, keyCount } = context;
  const problems: [boolean, string][] = [
    [!isAddress(context.verifyingContract), "the verifying contract is no address"],
    [!Number.isInteger(keyCount) || keyCount < 1 || keyCount > MAX_KEYS_PER_CEREMONY, "the key count is out of range"],
    [members.length !== SEAT_COUNT, "there are not seven members"],
    [members.some(({ seat }, index) => seat !== SEATS[index]), "members are not in seat order"],
    [!members.every(({ nodeKey }) => isAddress(nodeKey)), "a node key is no address"],
    [new Set(members.map(({ nodeKey }) => nodeKey.toLowerCase())).size !== SEAT_COUNT, "a node key has two seats"],
    [context.withdrawalCredentials.length !== 32, "withdrawal credentials have 32 bytes"],
    [context.genesisForkVersion.length !== 4, "a fork version has 4 bytes"],
  ];
  for (const [wrong, message] of problems) if (wrong) throw new CeremonyError("invalid_context", message);
}

/** keccak256 of the ABI-encoded context, 32 bytes: every proof and transcript hash starts from it. */
export function hashContext(context: CeremonyContext): Uint8Array {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    [
      "string",
      "uint256",
      "address",
      "uint256",
      "uint256",
      "uint256",
      "uint256",
      "uint256",
      "tuple(uint8,uint256,address)[]",
      "bytes32",
      "bytes4",
      "uint256",
    ],
    [
      "septet/ceremony/v1",
      context.chainId,
      context.verifyingContract,
      context.requestId,
      context.setId,
      context.generation,
      context.keyCount,
      context.deadlineSeconds,
      context.members.map(({ seat, operatorId, nodeKey }) => [seat, operatorId, nodeKey]),
      context.withdrawalCredentials,
      context.genesisForkVersion,
      context.amountGwei,
    ],
  );
  return getBytes(keccak256(encoded));
}
