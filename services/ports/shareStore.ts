/** Where a share belongs, for a person who finds its file. */
export interface SharePlace {
  setId: number;
  seat: number;
  generation: number;
}

/** Durable, encrypted storage of this node's shares. What `save` resolved for survives a power loss. */
export interface ShareStore {
  /** All shares; `share` has 32 bytes. */
  load(): Promise<{ pubkey: string; share: Uint8Array }[]>;
  /** Saving the same share again is fine. */
  save(pubkey: string, share: Uint8Array, place: SharePlace): Promise<void>;
}
