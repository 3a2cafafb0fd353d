import { FIRST_GENERATION } from "../../ceremony/context.ts";
import { SEAT_COUNT, type Seat } from "../../crypto/seats.ts";
import type { Pubkey } from "../../ports/beacon.ts";
import type { ChainView, Operator, OperatorSet, VerifiedKey } from "../../ports/chain.ts";
import type { GroupKey } from "../aggregator/aggregator.ts";

/** A set with the seat of this operator. */
export interface NodeSet extends OperatorSet {
  ownSeat: Seat;
}

/** A validator of one of our sets: public key material only. */
export interface ValidatorKey extends GroupKey {
  setId: number;
  configuration: number;
  generation: number;
  ownSeat: Seat;
}

/** What the chain says of this operator's sets and validators, ready to be looked up. Never changed, only replaced. */
export interface Directory {
  sets: ReadonlyMap<number, NodeSet>;
  keys: ReadonlyMap<Pubkey, ValidatorKey>;
  /** Every operator of our sets once, without ourselves. */
  peers: readonly Operator[];
}

export const EMPTY_DIRECTORY: Directory = { sets: new Map(), keys: new Map(), peers: [] };

export function buildDirectory({ operatorId, sets, verifiedKeys }: ChainView): Directory {
  const nodeSets = new Map<number, NodeSet>();
  const peers = new Map<number, Operator>();
  for (const set of sets) {
    const index = set.members.findIndex((member) => member.operatorId === operatorId);
    if (index < 0 || set.members.length !== SEAT_COUNT) continue;
    nodeSets.set(set.setId, { ...set, ownSeat: (index + 1) as Seat });
    for (const member of set.members) if (member.operatorId !== operatorId) peers.set(member.operatorId, member);
  }
  const keys = verifiedKeys.flatMap((key) => validatorKey(key, nodeSets.get(key.setId)));
  return { sets: nodeSets, keys: new Map(keys.map((key) => [key.pubkey, key])), peers: [...peers.values()] };
}

function validatorKey({ pubkey, shareKeys }: VerifiedKey, set: NodeSet | undefined): ValidatorKey[] {
  if (!set) return [];
  const { setId, configuration, ownSeat } = set;
  return [{ pubkey, shareKeys, setId, configuration, generation: FIRST_GENERATION, ownSeat }];
}
