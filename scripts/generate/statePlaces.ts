import { ListBasicType, ListCompositeType } from "@chainsafe/ssz";
import { ssz } from "@lodestar/types";

/** Where a list lies in a beacon state. */
export interface ListPlace {
  /** From the state root to the list's root. */
  gindex: number;
  /** Of the tree of chunks, without the length; nothing for a progressive list. */
  depth: number | undefined;
  /** Elements; nothing for a progressive list. */
  limit: number | undefined;
}

export interface StatePlaces {
  validators: ListPlace;
  balances: ListPlace;
  pendingDeposits: ListPlace;
  earliestExitEpoch: number;
  /** Hash of the payload that the block promises, and of that payload's parent; not before Gloas. */
  payloadHash: number | undefined;
  payloadParentHash: number | undefined;
}

export function statePlaces(fork: "electra" | "fulu" | "gloas"): StatePlaces {
  const type = ssz[fork].BeaconState;
  const gindexOf = (...path: string[]) => Number(type.getPathInfo(path).gindex);
  const list = (field: "validators" | "balances" | "pendingDeposits"): ListPlace => {
    const fieldType: unknown = type.fields[field];
    const limited = fieldType instanceof ListCompositeType || fieldType instanceof ListBasicType;
    // chunkDepth leaves out the level that mixes the length in.
    return {
      gindex: gindexOf(field),
      depth: limited ? fieldType.chunkDepth : undefined,
      limit: limited ? fieldType.limit : undefined,
    };
  };
  return {
    validators: list("validators"),
    balances: list("balances"),
    pendingDeposits: list("pendingDeposits"),
    earliestExitEpoch: gindexOf("earliestExitEpoch"),
    payloadHash: fork === "gloas" ? gindexOf("latestExecutionPayloadBid", "blockHash") : undefined,
    payloadParentHash: fork === "gloas" ? gindexOf("latestExecutionPayloadBid", "parentBlockHash") : undefined,
  };
}
