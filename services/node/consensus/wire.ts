import {
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListCompositeType,
  NoneType,
  UintNumberType,
  UnionType,
  type ValueOf,
} from "@chainsafe/ssz";
import { MAX_BODY_BYTES, MAX_SEATS, MAX_VALIDATORS } from "./limits.ts";

/** SSZ containers of the protocol `/septet/qbft/1`. A packet is one byte of kind and the container of that kind. */
const Uint8 = new UintNumberType(1);
const Uint32 = new UintNumberType(4);
const Uint64 = new UintNumberType(8);
const Root = new ByteVectorType(32);
const Pubkeys = new ListCompositeType(new ByteVectorType(48), MAX_VALIDATORS);
const Body = new ByteListType(MAX_BODY_BYTES);

const Instance = new ContainerType({ setId: Uint64, configuration: Uint64, slot: Uint64, dutyType: Uint8 });

/** The instance is that of the packet, so a signed message of another one can't even be written down. */
export const Signed = new ContainerType({
  kind: Uint8,
  round: Uint32,
  valueHash: Root,
  validatorsRoot: Root,
  instanceCounter: Uint64,
  preparedRound: Uint32,
  preparedValueHash: Root,
  refusedRoot: Root,
  signature: new ByteVectorType(65),
});
const SignedList = new ListCompositeType(Signed, MAX_SEATS);

const Attestation = new ContainerType({
  slot: Uint64,
  index: Uint64,
  beaconBlockRoot: Root,
  sourceEpoch: Uint64,
  sourceRoot: Root,
  targetEpoch: Uint64,
  targetRoot: Root,
  dependentRoot: Root,
  validators: Pubkeys,
});
const BlockProposal = new ContainerType({ slot: Uint64, headerRoot: Root, parentRoot: Root, validators: Pubkeys });
/** Selector 0: none (a ROUND-CHANGE that has not prepared), 1: attestation, 2: proposal. */
export const Value = new UnionType([new NoneType(), Attestation, BlockProposal]);

export const PrePrepare = new ContainerType({
  instance: Instance,
  signed: Signed,
  value: Value,
  body: Body,
  roundChanges: SignedList,
  prepares: SignedList,
});
export const VoteMessage = new ContainerType({ instance: Instance, signed: Signed });
export const RoundChange = new ContainerType({
  instance: Instance,
  signed: Signed,
  refused: Pubkeys,
  value: Value,
  body: Body,
  prepares: SignedList,
});
export const Decided = new ContainerType({ instance: Instance, value: Value, body: Body, commits: SignedList });

export type WireInstance = ValueOf<typeof Instance>;
export type WireSigned = ValueOf<typeof Signed>;
export type WireAttestation = ValueOf<typeof Attestation>;
export type WireProposal = ValueOf<typeof BlockProposal>;
export type WireValue = ValueOf<typeof Value>;
