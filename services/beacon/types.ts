/** Arguments of BeaconVerifier (contracts/interfaces/IBeaconVerifier.sol), with hex strings and bigints. */

export interface BeaconBlockHeader {
  slot: bigint;
  proposerIndex: bigint;
  parentRoot: string;
  stateRoot: string;
  bodyRoot: string;
}

export interface Anchor {
  /** Unix seconds of the *next* block, whose execution payload made this header's root readable (EIP-4788). */
  timestamp: bigint;
  header: BeaconBlockHeader;
}

export interface BeaconValidator {
  pubkeyRoot: string;
  withdrawalCredentials: string;
  effectiveBalanceGwei: bigint;
  slashed: boolean;
  activationEligibilityEpoch: bigint;
  activationEpoch: bigint;
  exitEpoch: bigint;
  withdrawableEpoch: bigint;
}

export interface ValidatorProof {
  validatorIndex: bigint;
  listLength: bigint;
  validator: BeaconValidator;
  siblings: string[];
}

export interface ValidatorsProof {
  listLength: bigint;
  validatorIndices: bigint[];
  validators: BeaconValidator[];
  siblings: string[];
}

export interface BalancesProof {
  listLength: bigint;
  /** `first | count << 40` for each run of neighbouring chunks. */
  runs: bigint[];
  chunks: string[];
  siblings: string[];
}

export interface PendingDepositProof {
  depositIndex: bigint;
  listLength: bigint;
  deposit: {
    pubkeyRoot: string;
    withdrawalCredentials: string;
    amountGwei: bigint;
    signatureRoot: string;
    slot: bigint;
  };
  siblings: string[];
}

/** Of `latest_execution_payload_bid` in a Gloas state; hashes of 32 bytes. */
export interface PayloadProof {
  parentHash: string;
  blockHash: string;
  parentSiblings: string[];
  siblings: string[];
}

export interface EarliestExitEpochProof {
  earliestExitEpoch: bigint;
  siblings: string[];
}
