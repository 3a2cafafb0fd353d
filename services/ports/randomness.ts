/** The only source of randomness. Processes get the operating system's; simulations get a seeded one. */
export interface Randomness {
  /** `length` bytes fit for keys. */
  bytes(length: number): Uint8Array;
}
