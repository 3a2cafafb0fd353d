import { getAddress, hexlify, type LogDescription } from "ethers";

/** Everything the contracts' events said up to a block, in JSON's types: it is kept on disk. */
export interface ChainState {
  operators: Record<string, { nodeAddress: string; nodePublicKey: string; multiaddrs: string[] }>;
  sets: Record<string, { configuration: number; operatorIds: number[] }>;
  requests: Record<string, { setId: number; configuration: number; keyCount: number; deadline: number }>;
  keys: Record<string, VerifiedKeyRecord>;
}

export interface VerifiedKeyRecord {
  requestId: number;
  setId: number;
  attempt: number;
  transcriptHash: string;
  points: string;
  encryptedShares: string;
}

export const EMPTY_STATE: ChainState = { operators: {}, sets: {}, requests: {}, keys: {} };

/** The state after one more event, in the order of the chain; events that don't concern a node change nothing. */
export function foldEvent(state: ChainState, { name, args }: LogDescription): ChainState {
  switch (name) {
    case "OperatorRegistered":
      return withOperator(state, args["operatorId"], {
        nodeAddress: getAddress(args["nodeKey"]),
        nodePublicKey: hexlify(args["nodePublicKey"]),
        multiaddrs: splitMultiaddrs(args["multiaddrs"]),
      });
    case "NodeKeyRotated": {
      const changes = { nodeAddress: getAddress(args["nodeKey"]), nodePublicKey: hexlify(args["nodePublicKey"]) };
      return withOperator(state, args["operatorId"], { ...operatorOf(state, args["operatorId"]), ...changes });
    }
    case "MultiaddrsChanged": {
      const changes = { multiaddrs: splitMultiaddrs(args["multiaddrs"]) };
      return withOperator(state, args["operatorId"], { ...operatorOf(state, args["operatorId"]), ...changes });
    }
    case "SetFormed": {
      const set = {
        configuration: Number(args["configuration"]),
        operatorIds: [...(args["operatorIds"] as readonly bigint[])].map(Number),
      };
      return { ...state, sets: { ...state.sets, [String(args["setId"])]: set } };
    }
    case "KeysRequested": {
      const request = {
        setId: Number(args["setId"]),
        configuration: Number(args["configuration"]),
        keyCount: Number(args["keyCount"]),
        deadline: Number(args["deadline"]),
      };
      return { ...state, requests: { ...state.requests, [String(args["requestId"])]: request } };
    }
    case "RequestExpired":
      return withoutRequest(state, args["requestId"]);
    case "KeyVerified": {
      const key: VerifiedKeyRecord = {
        requestId: Number(args["requestId"]),
        setId: Number(args["setId"]),
        attempt: Number(args["attempt"]),
        transcriptHash: hexlify(args["transcriptHash"]),
        points: hexlify(args["points"]),
        encryptedShares: hexlify(args["encryptedShares"]),
      };
      const keys = { ...state.keys, [hexlify(args["pubkey"])]: key };
      // All keys of a request are verified in one transaction, so its first event completes it.
      return withoutRequest({ ...state, keys }, args["requestId"]);
    }
    default:
      return state;
  }
}

function operatorOf(state: ChainState, operatorId: bigint): ChainState["operators"][string] {
  const operator = state.operators[String(operatorId)];
  if (!operator) throw new Error(`operator ${operatorId} changed before it was registered`);
  return operator;
}

function withOperator(state: ChainState, operatorId: bigint, operator: ChainState["operators"][string]): ChainState {
  return { ...state, operators: { ...state.operators, [String(operatorId)]: operator } };
}

function withoutRequest(state: ChainState, requestId: bigint): ChainState {
  const { [String(requestId)]: _, ...requests } = state.requests;
  return { ...state, requests };
}

function splitMultiaddrs(text: string): string[] {
  return text
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}
