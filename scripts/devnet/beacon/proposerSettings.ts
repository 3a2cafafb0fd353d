/** Fee recipients that proposers registered (`prepare_beacon_proposer`). */
export class ProposerSettings {
  private readonly fallback: Uint8Array;
  private readonly feeRecipients = new Map<number, Uint8Array>();

  constructor(fallback: Uint8Array) {
    this.fallback = fallback;
  }

  setFeeRecipient(validatorIndex: number, feeRecipient: Uint8Array): void {
    this.feeRecipients.set(validatorIndex, feeRecipient);
  }

  feeRecipient(validatorIndex: number): Uint8Array {
    return this.feeRecipients.get(validatorIndex) ?? this.fallback;
  }
}
