import type { BeaconConfig } from "@lodestar/config";
import { DOMAIN_BEACON_ATTESTER, DOMAIN_BEACON_PROPOSER, DOMAIN_RANDAO, SLOTS_PER_EPOCH } from "@lodestar/params";
import { type phase0, ssz } from "@lodestar/types";
import { toHex } from "@lodestar/utils";
import type { Root } from "../ports/beacon.ts";

/** Signing roots of the duties; consensus-specs phase0/validator.md, `compute_signing_root`. */
export function attestationSigningRoot(config: BeaconConfig, data: phase0.AttestationData): Root {
  const domain = config.getDomain(data.slot, DOMAIN_BEACON_ATTESTER, data.target.epoch * SLOTS_PER_EPOCH);
  return signingRoot(ssz.phase0.AttestationData.hashTreeRoot(data), domain);
}

/** `blockRoot`: hash tree root of the block. */
export function blockSigningRoot(config: BeaconConfig, slot: number, blockRoot: Uint8Array): Root {
  return signingRoot(blockRoot, config.getDomain(slot, DOMAIN_BEACON_PROPOSER));
}

/** The reveal signs the epoch of the proposal, so it is one value for all its slots. */
export function randaoSigningRoot(config: BeaconConfig, slot: number): Root {
  const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
  return signingRoot(ssz.Epoch.hashTreeRoot(epoch), config.getDomain(slot, DOMAIN_RANDAO));
}

function signingRoot(objectRoot: Uint8Array, domain: Uint8Array): Root {
  return toHex(ssz.phase0.SigningData.hashTreeRoot({ objectRoot, domain }));
}
