import { ApiError } from "@lodestar/api/server";
import { ForkName } from "@lodestar/params";
import { computeEpochAtSlot } from "@lodestar/state-transition";
import { type electra, ProducedBlockSource } from "@lodestar/types";
import { fromHex, toRootHex } from "@lodestar/utils";
import { attestationData } from "../attestationData.ts";
import { produceBlock } from "../blockProduction.ts";
import { dutyHandlers } from "./duties.ts";
import { isLiveIn } from "./liveness.ts";
import type { ApiModules, ValidatorHandlers } from "./modules.ts";
import { takeEach } from "./partialFailure.ts";

const ADDRESS_PATTERN = /^0x[0-9a-fA-F]{40}$/;

function parseGraffiti(graffiti: string | undefined): Uint8Array {
  const bytes = new Uint8Array(32);
  if (graffiti !== undefined) bytes.set(new TextEncoder().encode(graffiti).subarray(0, 32));
  return bytes;
}

function parseAddress(address: string): Uint8Array {
  if (!ADDRESS_PATTERN.test(address)) throw new ApiError(400, `Invalid fee recipient: ${address}`);
  return fromHex(address);
}

export function validatorApi(modules: ApiModules): ValidatorHandlers {
  const { chain, attestations, proposers, reception } = modules;
  return {
    ...dutyHandlers(modules),

    async produceBlockV3({ slot, randaoReveal, graffiti, skipRandaoVerification, feeRecipient }) {
      const produced = await produceBlock(modules, {
        slot,
        randaoReveal,
        graffiti: parseGraffiti(graffiti),
        ...(skipRandaoVerification === undefined ? {} : { skipRandaoVerification }),
        ...(feeRecipient === undefined ? {} : { feeRecipient: parseAddress(feeRecipient) }),
      });
      return {
        data: { block: produced.block, kzgProofs: produced.kzgProofs, blobs: produced.blobs },
        meta: {
          version: ForkName.electra,
          executionPayloadBlinded: false,
          executionPayloadSource: ProducedBlockSource.engine,
          executionPayloadValue: produced.executionPayloadValueWei,
          consensusBlockValue: produced.consensusBlockValueWei,
        },
      };
    },

    // Since EIP-7549 the data is the same for every committee, so the committee index is not looked at.
    async produceAttestationData({ slot }) {
      return { data: attestationData(chain, slot) };
    },

    async getAggregatedAttestationV2({ attestationDataRoot, slot, committeeIndex }) {
      const aggregate = attestations.aggregate(toRootHex(attestationDataRoot), committeeIndex);
      if (aggregate === undefined || aggregate.data.slot !== slot) {
        throw new ApiError(404, `No attestation for slot ${slot} and committee ${committeeIndex} is known`);
      }
      return { data: aggregate, meta: { version: ForkName.electra } };
    },

    async publishAggregateAndProofsV2({ signedAggregateAndProofs }) {
      takeEach(signedAggregateAndProofs as electra.SignedAggregateAndProof[], (signed) => {
        reception.signedAggregate(signed);
      });
    },

    async prepareBeaconProposer({ proposers: preparations }) {
      const parsed = preparations.map((preparation) => ({
        validatorIndex: preparation.validatorIndex,
        feeRecipient: parseAddress(preparation.feeRecipient),
      }));
      const unknown = parsed.find(({ validatorIndex }) => validatorIndex >= chain.headState.validators.length);
      if (unknown !== undefined) throw new ApiError(400, `Unknown validator: ${unknown.validatorIndex}`);
      for (const { validatorIndex, feeRecipient } of parsed) proposers.setFeeRecipient(validatorIndex, feeRecipient);
    },

    // There are no subnets to subscribe to and no builders to register with; both are taken without effect.
    async prepareBeaconCommitteeSubnet() {},
    async prepareSyncCommitteeSubnets() {},
    async registerValidator() {},

    async getLiveness({ epoch, indices }) {
      const currentEpoch = computeEpochAtSlot(chain.slotClock.currentSlot());
      if (epoch > currentEpoch || epoch + 1 < currentEpoch) {
        throw new ApiError(400, `Epoch ${epoch} is neither the current nor the previous one (${currentEpoch})`);
      }
      return { data: indices.map((index) => ({ index, isLive: isLiveIn(chain, epoch, index) })) };
    },
  };
}
