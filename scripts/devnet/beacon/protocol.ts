/** The one message that the beacon node's process is given. */
export interface BeaconNodeOptions {
  chainId: number;
  secondsPerSlot: number;
  interopValidators: number;
  /** 0x-prefixed address in their withdrawal credentials. */
  interopOwner: string;
  engineUrl: string;
  jwtSecretFile: string;
  /** 0x-prefixed address. */
  depositContract: string;
}

/** The chain as seen at one slot, for a person who watches. */
export interface ChainStatus {
  slot: number;
  epoch: number;
  headSlot: number;
  /** Milliseconds from the start of the head's slot until it was imported. */
  headDelayMs: number;
  justifiedEpoch: number;
  finalizedEpoch: number;
  activeValidators: number;
  pendingDeposits: number;
}

/** What the beacon node's process tells its parent. */
export type BeaconMessage =
  | { kind: "ready"; port: number; genesisTime: number; genesisForkVersion: string; genesisValidatorsRoot: string }
  | { kind: "status"; status: ChainStatus }
  | { kind: "log"; line: string };
