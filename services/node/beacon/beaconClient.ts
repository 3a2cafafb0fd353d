import { type ApiClient, getClient } from "@lodestar/api";
import type { BeaconConfig } from "@lodestar/config";
import { toHex } from "@lodestar/utils";
import type { BeaconAccess, BeaconValidator, BlockHeader, HeadEvent } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import { forkTypes, type SupportedBlockContents } from "../proposal/blockContents.ts";
import { followHeadEvents } from "./headEvents.ts";

const REQUEST_TIMEOUT_MS = 5_000;
const NOT_FOUND = 404;
/** Beacon nodes limit the identifiers of one request. */
const VALIDATORS_PER_REQUEST = 64;

export interface BeaconClientOptions {
  /** The first is asked; the others when it fails. */
  urls: readonly string[];
  config: BeaconConfig;
  clock: Clock;
  signal: AbortSignal;
  onEventStreamError: (url: string, error: unknown) => void;
}

/** BeaconAccess over the standard Beacon API of any beacon nodes. */
export function connectBeacon(options: BeaconClientOptions): BeaconAccess {
  const { urls, config, signal } = options;
  const api: ApiClient = getClient(
    { urls: [...urls], globalInit: { timeoutMs: REQUEST_TIMEOUT_MS, signal } },
    { config },
  );
  const listeners = followHeads(options);

  return {
    async syncStatus() {
      const { isSyncing, isOptimistic, elOffline } = (await api.node.getSyncingStatus()).value();
      return { isSyncing, isOptimistic, elOffline };
    },

    async validators(pubkeys) {
      const known: BeaconValidator[] = [];
      for (let first = 0; first < pubkeys.length; first += VALIDATORS_PER_REQUEST) {
        const validatorIds = pubkeys.slice(first, first + VALIDATORS_PER_REQUEST);
        const answer = await api.beacon.getStateValidators({ stateId: "head", validatorIds });
        for (const { index, status, validator } of answer.value()) {
          known.push({ pubkey: toHex(validator.pubkey), index, status });
        }
      }
      return known;
    },

    async attesterDuties(epoch, validatorIndices) {
      const answer = await api.validator.getAttesterDuties({ epoch, indices: [...validatorIndices] });
      const duties = answer.value().map(({ pubkey, validatorIndex, committeeIndex, slot }) => {
        return { pubkey: toHex(pubkey), validatorIndex, committeeIndex, slot };
      });
      return { dependentRoot: answer.meta().dependentRoot.toLowerCase(), duties };
    },

    async proposerDuties(epoch) {
      const answer = await api.validator.getProposerDuties({ epoch });
      const duties = answer.value().map(({ pubkey, validatorIndex, slot }) => {
        return { pubkey: toHex(pubkey), validatorIndex, slot };
      });
      return { dependentRoot: answer.meta().dependentRoot.toLowerCase(), duties };
    },

    async attestationData(slot) {
      // EIP-7549: the committee index moved out of the data; beacon nodes expect 0.
      return (await api.validator.produceAttestationData({ slot, committeeIndex: 0 })).value();
    },

    async blockHeader(block): Promise<BlockHeader | undefined> {
      const answer = await api.beacon.getBlockHeader({ blockId: block });
      if (answer.status === NOT_FOUND) return undefined;
      const { root, header } = answer.value();
      return {
        root: toHex(root),
        slot: header.message.slot,
        parentRoot: toHex(header.message.parentRoot),
        executionOptimistic: answer.meta().executionOptimistic,
      };
    },

    async produceBlock(slot, randaoReveal) {
      const answer = await api.validator.produceBlockV3({ slot, randaoReveal });
      if (answer.meta().executionPayloadBlinded) return { blinded: true };
      const contents = answer.value() as SupportedBlockContents;
      return { blinded: false, contents: forkTypes(config, slot).BlockContents.serialize(contents) };
    },

    async publishAttestations(attestations) {
      (await api.beacon.submitPoolAttestationsV2({ signedAttestations: [...attestations] })).assertOk();
    },

    async publishBlock(slot, encoded, signature) {
      const { block, kzgProofs, blobs } = forkTypes(config, slot).BlockContents.deserialize(encoded);
      const signedBlockContents = { signedBlock: { message: block, signature }, kzgProofs, blobs };
      (await api.beacon.publishBlockV2({ signedBlockContents })).assertOk();
    },

    async prepareProposers(proposers) {
      (await api.validator.prepareBeaconProposer({ proposers: [...proposers] })).assertOk();
    },

    onHead(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function followHeads({ urls, clock, signal, onEventStreamError }: BeaconClientOptions): Set<(head: HeadEvent) => void> {
  const listeners = new Set<(head: HeadEvent) => void>();
  for (const url of urls) {
    void followHeadEvents({
      url,
      clock,
      signal,
      onHead: (head) => {
        for (const listener of listeners) listener(head);
      },
      onError: (error) => onEventStreamError(url, error),
    });
  }
  return listeners;
}
