import type { Contracts } from "../../chain/contracts.ts";
import type { ChainEvent } from "../store/chainStore.ts";
import type { ChainLog } from "../watcher/chainReader.ts";

/** The arguments that are kept of each event; the rest, above all the bulk of KeyVerified, stays on the chain. */
const KEPT: Record<string, readonly string[]> = {
  SetFormed: ["setId"],
  KeysRequested: ["requestId", "setId", "configuration", "keyCount", "deadline"],
  RequestExpired: ["requestId"],
  KeyVerified: ["validatorId", "requestId", "setId", "pubkey", "depositSignature"],
  Predeposited: ["validatorId"],
  CredentialsProven: ["validatorId", "validatorIndex"],
  ToppedUp: ["validatorId", "amountWei"],
  Activated: ["validatorId"],
  ExitSeen: ["validatorId"],
  Withdrawn: ["validatorId"],
};

/** Decodes the events that jobs are made of. */
export function createEventDecoder({ validatorManager, operatorSets }: Contracts) {
  return (log: ChainLog): Pick<ChainEvent, "name" | "arguments"> | undefined => {
    const parsed = validatorManager.interface.parseLog(log) ?? operatorSets.interface.parseLog(log);
    const kept = parsed && KEPT[parsed.name];
    if (!kept) return undefined;
    const values = kept.map((name) => [name, String(parsed.args.getValue(name))]);
    return { name: parsed.name, arguments: Object.fromEntries(values) };
  };
}
