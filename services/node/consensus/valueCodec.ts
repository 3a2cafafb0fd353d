import type { ConsensusValue, Proposal } from "./types.ts";
import type { WireAttestation, WireProposal, WireValue } from "./wire.ts";

export const hex = (bytes: Uint8Array) =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
export const bytesOf = (text: string) => new Uint8Array(Buffer.from(text.slice(2), "hex"));

/** SSZ integers have 64 bits; ours must be exact in a double. Throws otherwise; the packet decoder catches. */
export function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error("number out of range");
  return value;
}

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("missing part");
  return value;
}

export function toWireProposal(proposal: Proposal | undefined): { value: WireValue; body: Uint8Array } {
  return { value: toWireValue(proposal?.value), body: proposal?.body ?? new Uint8Array() };
}

function toWireValue(value: ConsensusValue | undefined): WireValue {
  if (!value) return { selector: 0, value: null };
  const validators = value.validators.map(bytesOf);
  if (value.type === "proposal") {
    const { slot, headerRoot, parentRoot } = value;
    const wire: WireProposal = { slot, headerRoot: bytesOf(headerRoot), parentRoot: bytesOf(parentRoot), validators };
    return { selector: 2, value: wire };
  }
  const wire: WireAttestation = {
    slot: value.slot,
    index: value.index,
    beaconBlockRoot: bytesOf(value.beaconBlockRoot),
    sourceEpoch: value.sourceEpoch,
    sourceRoot: bytesOf(value.sourceRoot),
    targetEpoch: value.targetEpoch,
    targetRoot: bytesOf(value.targetRoot),
    dependentRoot: bytesOf(value.dependentRoot),
    validators,
  };
  return { selector: 1, value: wire };
}

export function fromWireProposal({ value, body }: { value: WireValue; body: Uint8Array }): Proposal | undefined {
  const decoded = fromWireValue(value);
  if (!decoded) {
    if (body.length > 0) throw new Error("a body without a value");
    return undefined;
  }
  return body.length > 0 ? { value: decoded, body } : { value: decoded };
}

function fromWireValue({ selector, value }: WireValue): ConsensusValue | undefined {
  if (selector === 0) return undefined;
  if (selector === 2) {
    const wire = value as WireProposal;
    const validators = wire.validators.map(hex);
    const roots = { headerRoot: hex(wire.headerRoot), parentRoot: hex(wire.parentRoot) };
    return { type: "proposal", slot: safe(wire.slot), ...roots, validators };
  }
  const wire = value as WireAttestation;
  return {
    type: "attestation",
    slot: safe(wire.slot),
    index: safe(wire.index),
    beaconBlockRoot: hex(wire.beaconBlockRoot),
    sourceEpoch: safe(wire.sourceEpoch),
    sourceRoot: hex(wire.sourceRoot),
    targetEpoch: safe(wire.targetEpoch),
    targetRoot: hex(wire.targetRoot),
    dependentRoot: hex(wire.dependentRoot),
    validators: wire.validators.map(hex),
  };
}
