import { createHash } from "node:crypto";
import { type capella, type electra, ssz } from "@lodestar/types";
import { fromHex, toHex } from "@lodestar/utils";

/** A payload that the execution client built, in consensus types. */
export interface BuiltPayload {
  executionPayload: electra.ExecutionPayload;
  executionRequests: electra.ExecutionRequests;
  /** Fees to the fee recipient. */
  blockValueWei: bigint;
  blobs: Uint8Array[];
  kzgCommitments: Uint8Array[];
  kzgProofs: Uint8Array[];
}

interface EngineWithdrawal {
  index: string;
  validatorIndex: string;
  address: string;
  amount: string;
}

/** ExecutionPayloadV3 of the Engine API: camel case, quantities and data as hex. */
interface EnginePayload {
  parentHash: string;
  feeRecipient: string;
  stateRoot: string;
  receiptsRoot: string;
  logsBloom: string;
  prevRandao: string;
  blockNumber: string;
  gasLimit: string;
  gasUsed: string;
  timestamp: string;
  extraData: string;
  baseFeePerGas: string;
  blockHash: string;
  transactions: string[];
  withdrawals: EngineWithdrawal[];
  blobGasUsed: string;
  excessBlobGas: string;
}

interface EngineGetPayload {
  executionPayload: EnginePayload;
  executionRequests?: string[];
  blockValue: string;
  blobsBundle?: { blobs: string[]; commitments: string[]; proofs: string[] };
}

// EIP-7685 request types.
const DEPOSIT_REQUEST_TYPE = 0x00;
const WITHDRAWAL_REQUEST_TYPE = 0x01;
const CONSOLIDATION_REQUEST_TYPE = 0x02;
// EIP-4844
const VERSIONED_HASH_VERSION_KZG = 0x01;

const quantity = (value: number | bigint): string => `0x${value.toString(16)}`;

export function versionedHash(commitment: Uint8Array): Uint8Array {
  const hash = createHash("sha256").update(commitment).digest();
  hash[0] = VERSIONED_HASH_VERSION_KZG;
  return hash;
}

export function withdrawalToEngine(withdrawal: capella.Withdrawal): EngineWithdrawal {
  return {
    index: quantity(withdrawal.index),
    validatorIndex: quantity(withdrawal.validatorIndex),
    address: toHex(withdrawal.address),
    amount: quantity(withdrawal.amount),
  };
}

export function payloadToEngine(payload: electra.ExecutionPayload): EnginePayload {
  return {
    parentHash: toHex(payload.parentHash),
    feeRecipient: toHex(payload.feeRecipient),
    stateRoot: toHex(payload.stateRoot),
    receiptsRoot: toHex(payload.receiptsRoot),
    logsBloom: toHex(payload.logsBloom),
    prevRandao: toHex(payload.prevRandao),
    blockNumber: quantity(payload.blockNumber),
    gasLimit: quantity(payload.gasLimit),
    gasUsed: quantity(payload.gasUsed),
    timestamp: quantity(payload.timestamp),
    extraData: toHex(payload.extraData),
    baseFeePerGas: quantity(payload.baseFeePerGas),
    blockHash: toHex(payload.blockHash),
    transactions: payload.transactions.map(toHex),
    withdrawals: payload.withdrawals.map(withdrawalToEngine),
    blobGasUsed: quantity(payload.blobGasUsed),
    excessBlobGas: quantity(payload.excessBlobGas),
  };
}

export function executionRequestsToEngine(requests: electra.ExecutionRequests): string[] {
  const encoded: [type: number, count: number, bytes: Uint8Array][] = [
    [DEPOSIT_REQUEST_TYPE, requests.deposits.length, ssz.electra.DepositRequests.serialize(requests.deposits)],
    [
      WITHDRAWAL_REQUEST_TYPE,
      requests.withdrawals.length,
      ssz.electra.WithdrawalRequests.serialize(requests.withdrawals),
    ],
    [
      CONSOLIDATION_REQUEST_TYPE,
      requests.consolidations.length,
      ssz.electra.ConsolidationRequests.serialize(requests.consolidations),
    ],
  ];
  return encoded.filter(([, count]) => count > 0).map(([type, , bytes]) => toHex(Uint8Array.of(type, ...bytes)));
}

function parseExecutionRequests(encoded: string[]): electra.ExecutionRequests {
  const requests = ssz.electra.ExecutionRequests.defaultValue();
  for (const hex of encoded) {
    const bytes = fromHex(hex);
    const data = bytes.subarray(1);
    if (bytes[0] === DEPOSIT_REQUEST_TYPE) requests.deposits = ssz.electra.DepositRequests.deserialize(data);
    else if (bytes[0] === WITHDRAWAL_REQUEST_TYPE) {
      requests.withdrawals = ssz.electra.WithdrawalRequests.deserialize(data);
    } else if (bytes[0] === CONSOLIDATION_REQUEST_TYPE) {
      requests.consolidations = ssz.electra.ConsolidationRequests.deserialize(data);
    } else throw new Error(`unknown execution request type ${bytes[0]}`);
  }
  return requests;
}

export function parseBuiltPayload(answer: EngineGetPayload): BuiltPayload {
  const { executionPayload: payload, executionRequests, blobsBundle } = answer;
  if (executionRequests === undefined) throw new Error("the payload came without execution requests");
  return {
    executionPayload: {
      parentHash: fromHex(payload.parentHash),
      feeRecipient: fromHex(payload.feeRecipient),
      stateRoot: fromHex(payload.stateRoot),
      receiptsRoot: fromHex(payload.receiptsRoot),
      logsBloom: fromHex(payload.logsBloom),
      prevRandao: fromHex(payload.prevRandao),
      blockNumber: Number(payload.blockNumber),
      gasLimit: Number(payload.gasLimit),
      gasUsed: Number(payload.gasUsed),
      timestamp: Number(payload.timestamp),
      extraData: fromHex(payload.extraData),
      baseFeePerGas: BigInt(payload.baseFeePerGas),
      blockHash: fromHex(payload.blockHash),
      transactions: payload.transactions.map(fromHex),
      withdrawals: payload.withdrawals.map((withdrawal) => ({
        index: Number(withdrawal.index),
        validatorIndex: Number(withdrawal.validatorIndex),
        address: fromHex(withdrawal.address),
        amount: BigInt(withdrawal.amount),
      })),
      blobGasUsed: BigInt(payload.blobGasUsed),
      excessBlobGas: BigInt(payload.excessBlobGas),
    },
    executionRequests: parseExecutionRequests(executionRequests),
    blockValueWei: BigInt(answer.blockValue),
    blobs: (blobsBundle?.blobs ?? []).map(fromHex),
    kzgCommitments: (blobsBundle?.commitments ?? []).map(fromHex),
    kzgProofs: (blobsBundle?.proofs ?? []).map(fromHex),
  };
}
