import type { electra, phase0 } from "@lodestar/types";
import { validateSignedAggregate } from "./aggregateValidation.ts";
import type { AttestationPool } from "./attestationPool.ts";
import { checkVotedBlocks, validateSingleAttestation } from "./attestationValidation.ts";
import type { Chain } from "./chain.ts";
import { Rejection } from "./errors.ts";
import type { ChainEvents } from "./events.ts";
import type { OperationPool } from "./operationPool.ts";
import type { Slasher } from "./slasher.ts";

export interface ReceptionModules {
  chain: Chain;
  attestations: AttestationPool;
  operations: OperationPool;
  slasher: Slasher;
  events: ChainEvents;
}

/** Where every message of a validator arrives, interop or foreign: verified, shown to the slasher, then used. */
export class Reception {
  private readonly modules: ReceptionModules;

  constructor(modules: ReceptionModules) {
    this.modules = modules;
  }

  /** @throws Rejection */
  async block(signedBlock: electra.SignedBeaconBlock): Promise<void> {
    const { chain, slasher } = this.modules;
    try {
      await chain.importBlock(signedBlock);
    } catch (error) {
      if (error instanceof Rejection) slasher.onRefusedBlock(chain.headState, chain.blocks, signedBlock);
      throw error;
    }
  }

  /** @throws Rejection */
  attestation(attestation: electra.SingleAttestation): void {
    const { chain, attestations, events, slasher } = this.modules;
    const vote = validateSingleAttestation(chain, attestation);
    slasher.onAttestation(chain.headState, attestation.data, vote);
    checkVotedBlocks(chain, attestation.data);
    attestations.add(attestation.data, vote);
    events.emit("attestation", attestation);
  }

  /** @throws Rejection */
  signedAggregate(signed: electra.SignedAggregateAndProof): void {
    const { chain, attestations, slasher } = this.modules;
    const { aggregate } = signed.message;
    const vote = validateSignedAggregate(chain, signed);
    slasher.onAttestation(chain.headState, aggregate.data, vote);
    checkVotedBlocks(chain, aggregate.data);
    attestations.add(aggregate.data, vote);
  }

  /** @throws Rejection */
  voluntaryExit(exit: phase0.SignedVoluntaryExit): void {
    const { chain, operations, events } = this.modules;
    operations.addVoluntaryExit(chain.headState, exit);
    events.emit("voluntaryExit", exit);
  }
}
