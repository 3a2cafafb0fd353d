import { ByteVectorType, ContainerType, ListCompositeType, UintNumberType } from "@chainsafe/ssz";
import { fromHex, toHex } from "@lodestar/utils";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import { MAX_VALIDATORS } from "../consensus/limits.ts";

/** What partial signatures are made of; the numbers go over the wire. */
const TYPE_NUMBERS = { attestation: 1, proposal: 2, randao: 3 } as const;
export type PartialType = keyof typeof TYPE_NUMBERS;

const Uint64 = new UintNumberType(8);
const Partials = new ListCompositeType(
  new ContainerType({ pubkey: new ByteVectorType(48), signature: new ByteVectorType(96) }),
  MAX_VALIDATORS,
);
/** SSZ container of the protocol `/septet/partials/1`. */
const PartialsMessage = new ContainerType({
  setId: Uint64,
  configuration: Uint64,
  generation: Uint64,
  slot: Uint64,
  type: new UintNumberType(1),
  signingRoot: new ByteVectorType(32),
  partials: Partials,
});

export const MAX_PARTIALS_MESSAGE_BYTES = 77 + MAX_VALIDATORS * 144;

/** One duty of a set, as far as its signatures are concerned. */
export interface PartialDuty {
  setId: number;
  configuration: number;
  /** Which sharing of the keys the partials are made with. */
  generation: number;
  slot: number;
  type: PartialType;
}

/** One seat's partials for a duty: all its validators sign the same root. */
export interface PartialSet {
  duty: PartialDuty;
  signingRoot: Root;
  partials: readonly { pubkey: Pubkey; signature: Uint8Array }[];
}

export function encodePartials({ duty, signingRoot, partials }: PartialSet): Uint8Array {
  return PartialsMessage.serialize({
    ...duty,
    type: TYPE_NUMBERS[duty.type],
    signingRoot: fromHex(signingRoot),
    partials: partials.map(({ pubkey, signature }) => ({ pubkey: fromHex(pubkey), signature })),
  });
}

/** Throws on bytes that are no such message, on an unknown type, and on a repeated validator. */
export function decodePartials(bytes: Uint8Array): PartialSet {
  const { type: typeNumber, signingRoot, partials, ...duty } = PartialsMessage.deserialize(bytes);
  const type = (Object.keys(TYPE_NUMBERS) as PartialType[]).find((name) => TYPE_NUMBERS[name] === typeNumber);
  if (!type) throw new Error(`unknown type of partials ${typeNumber}`);
  const decoded = partials.map(({ pubkey, signature }) => ({ pubkey: toHex(pubkey), signature }));
  if (new Set(decoded.map(({ pubkey }) => pubkey)).size !== decoded.length) throw new Error("repeated validator");
  return { duty: { ...duty, type }, signingRoot: toHex(signingRoot), partials: decoded };
}
