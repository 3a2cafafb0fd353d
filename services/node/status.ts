import type { Wallet } from "ethers";
import type { CeremonyProgress } from "../ceremony/runCeremony.ts";
import type { ChainAccess } from "../ports/chain.ts";
import type { OperatorId, Peers } from "../ports/peers.ts";
import type { Ceremonies } from "./ceremonies/ceremonies.ts";
import type { Directory } from "./directory/directory.ts";
import type { DutyBook } from "./duties/dutyBook.ts";
import type { ShareRing } from "./keys/shareRing.ts";
import { REASONS, type ReasonCode } from "./reasons.ts";
import type { Tracker } from "./tracker/tracker.ts";

const LISTED_DUTIES = 64;

/** Answer of `/v1/status`. */
export interface NodeStatus {
  operatorId: OperatorId;
  nodeAddress: string;
  chainBlock: number;
  sets: {
    setId: number;
    configuration: number;
    seat: number;
    members: { operatorId: OperatorId; connected: boolean }[];
  }[];
  validators: { pubkey: string; setId: number; hasShare: boolean; index?: number; status?: string }[];
  ceremonies: { requestId: number; progress: CeremonyProgress | undefined }[];
  /** The latest duties, newest first. */
  duties: {
    setId: number;
    slot: number;
    type: string;
    step: string;
    outcome?: "done" | ReasonCode;
    reason?: string;
    detail?: string;
  }[];
}

export interface StatusSources {
  operatorId: OperatorId;
  nodeKey: Wallet;
  chain: ChainAccess;
  peers: Peers;
  directory: Directory;
  shareRing: ShareRing;
  book: DutyBook;
  tracker: Tracker;
  ceremonies: Ceremonies;
}

export function nodeStatus(sources: StatusSources): NodeStatus {
  const { operatorId, nodeKey, chain, peers, directory, shareRing, book, tracker, ceremonies } = sources;
  const connected = new Set(peers.connected());
  return {
    operatorId,
    nodeAddress: nodeKey.address,
    chainBlock: chain.view().blockNumber,
    sets: [...directory.sets.values()].map(({ setId, configuration, ownSeat, members }) => ({
      setId,
      configuration,
      seat: ownSeat,
      members: members.map((member) => ({
        operatorId: member.operatorId,
        connected: member.operatorId === operatorId || connected.has(member.operatorId),
      })),
    })),
    validators: [...directory.keys.values()].map(({ pubkey, setId }) => {
      const known = book.validators().get(pubkey);
      const hasShare = shareRing.has(pubkey);
      return { pubkey, setId, hasShare, ...(known && { index: known.index, status: known.status }) };
    }),
    ceremonies: ceremonies.progress(),
    duties: tracker
      .recent()
      .slice(0, LISTED_DUTIES)
      .map(({ instance: { setId, slot, type }, step, outcome, detail }) => ({
        ...{ setId, slot, type, step },
        ...(outcome && { outcome }),
        ...(outcome && outcome !== "done" && { reason: REASONS[outcome].long }),
        ...(detail && { detail }),
      })),
  };
}
