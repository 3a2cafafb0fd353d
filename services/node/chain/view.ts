import { getBytes } from "ethers";
import { EIP2537_G1_BYTES, g1FromEip2537 } from "../../crypto/points.ts";
import { SEAT_COUNT } from "../../crypto/seats.ts";
import type { ChainView, Operator, OperatorSet, VerifiedKey } from "../../ports/chain.ts";
import type { ChainState, VerifiedKeyRecord } from "./fold.ts";

const ENCRYPTED_SHARE_BYTES = 48;

/** What one operator, known by its node key's address, needs of the state. */
export function viewFor(nodeAddress: string, state: ChainState, blockNumber: number): ChainView {
  const own = Object.entries(state.operators).find(([, operator]) => operator.nodeAddress === nodeAddress);
  const operatorId = own ? Number(own[0]) : undefined;
  const sets: OperatorSet[] = Object.entries(state.sets)
    .filter(([, { operatorIds }]) => operatorId !== undefined && operatorIds.includes(operatorId))
    .map(([setId, { configuration, operatorIds }]) => {
      return { setId: Number(setId), configuration, members: operatorIds.map((id) => operatorOf(state, id)) };
    });
  const isOurs = (setId: number) => sets.some((set) => set.setId === setId);
  return {
    blockNumber,
    operatorId,
    sets,
    openRequests: Object.entries(state.requests)
      .filter(([, { setId }]) => isOurs(setId))
      .map(([requestId, request]) => ({ requestId: Number(requestId), ...request })),
    verifiedKeys: Object.entries(state.keys)
      .filter(([, { setId }]) => isOurs(setId))
      .map(([pubkey, key]) => verifiedKey(pubkey, key)),
  };
}

function operatorOf(state: ChainState, operatorId: number): Operator {
  const operator = state.operators[String(operatorId)];
  if (!operator) throw new Error(`operator ${operatorId} sits in a set before it was registered`);
  return { operatorId, ...operator, nodePublicKey: getBytes(operator.nodePublicKey) };
}

function verifiedKey(pubkey: string, key: VerifiedKeyRecord): VerifiedKey {
  const { requestId, setId, attempt, transcriptHash } = key;
  const [, ...shareKeys] = cut(getBytes(key.points), EIP2537_G1_BYTES, SEAT_COUNT + 1);
  return {
    pubkey,
    requestId,
    setId,
    attempt,
    transcriptHash,
    shareKeys: shareKeys.map(g1FromEip2537),
    encryptedShares: cut(getBytes(key.encryptedShares), ENCRYPTED_SHARE_BYTES, SEAT_COUNT),
  };
}

function cut(bytes: Uint8Array, size: number, count: number): Uint8Array[] {
  if (bytes.length !== size * count) throw new Error(`expected ${count} times ${size} bytes, not ${bytes.length}`);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
