import { ForkName } from "@lodestar/params";
import type { electra } from "@lodestar/types";
import type { ApiModules, BeaconHandlers } from "./modules.ts";
import { takeEach } from "./partialFailure.ts";

export function poolHandlers({
  chain,
  attestations,
  operations,
  reception,
  syncCommittee,
}: ApiModules): BeaconHandlers {
  return {
    async getPoolAttestationsV2({ slot, committeeIndex }) {
      return { data: attestations.all(slot, committeeIndex), meta: { version: ForkName.electra } };
    },

    async submitPoolAttestationsV2({ signedAttestations }) {
      takeEach(signedAttestations as electra.SingleAttestation[], (attestation) => reception.attestation(attestation));
    },

    async submitPoolSyncCommitteeSignatures({ signatures }) {
      takeEach(signatures, (message) => syncCommittee.add(message));
    },

    async getPoolVoluntaryExits() {
      return { data: [...operations.voluntaryExits.values()] };
    },

    async submitPoolVoluntaryExit({ signedVoluntaryExit }) {
      reception.voluntaryExit(signedVoluntaryExit);
    },

    async getPoolProposerSlashings() {
      return { data: [...operations.proposerSlashings.values()] };
    },

    async submitPoolProposerSlashings({ proposerSlashing }) {
      operations.addProposerSlashing(chain.headState, proposerSlashing);
    },

    async getPoolAttesterSlashingsV2() {
      return { data: [...operations.attesterSlashings.values()], meta: { version: ForkName.electra } };
    },

    async submitPoolAttesterSlashingsV2({ attesterSlashing }) {
      operations.addAttesterSlashing(chain.headState, attesterSlashing);
    },

    async getPoolBLSToExecutionChanges() {
      return { data: [...operations.blsToExecutionChanges.values()] };
    },

    async submitPoolBLSToExecutionChange({ blsToExecutionChanges }) {
      takeEach(blsToExecutionChanges, (change) => operations.addBlsToExecutionChange(chain.headState, change));
    },
  };
}
