import type { ConsensusSet } from "../consensus/types.ts";
import type { ExchangeSet } from "../exchange/exchange.ts";
import type { Directory, NodeSet } from "./directory.ts";

/** QBFT quorum of seven seats: ⌈2·7/3⌉. Four shares make a signature, but four messages would not make agreement safe. */
const QUORUM = 5;
/** Instance counters come with recovery; until then every operator's is 0, in messages and in the lock database. */
export const FIRST_INSTANCE_COUNTER = 0;

export function consensusSet({ setId, configuration, members }: NodeSet): ConsensusSet {
  const seats = members.map(({ operatorId, nodeAddress }) => {
    return { operatorId, nodeAddress, instanceCounter: FIRST_INSTANCE_COUNTER };
  });
  return { setId, configuration, seats, quorum: QUORUM };
}

export function exchangeSet(directory: Directory, setId: number): ExchangeSet | undefined {
  const set = directory.sets.get(setId);
  if (!set) return undefined;
  return {
    configuration: set.configuration,
    operatorIds: set.members.map(({ operatorId }) => operatorId),
    ownSeat: set.ownSeat,
    hasKey(pubkey, generation) {
      const key = directory.keys.get(pubkey);
      return key?.setId === setId && key.generation === generation;
    },
  };
}
