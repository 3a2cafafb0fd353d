import type { electra } from "@lodestar/types";
import { describeError } from "../../logging/describeError.ts";
import type { BeaconAccess, Pubkey } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Aggregator } from "../aggregator/aggregator.ts";
import { attestationDueAtMs, type ChainSpec, epochOf, firstSlotOf, slotStartMs } from "../chainSpec.ts";
import type { ConsensusService } from "../consensus/service.ts";
import type { AttestationValue, Decision } from "../consensus/types.ts";
import type { ValidatorKey } from "../directory/directory.ts";
import type { AttestationDuty } from "../dutyTypes.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { PartialDuty } from "../exchange/messages.ts";
import { runInstance } from "../runInstance.ts";
import { type SignerPorts, signDecided } from "../signer/signer.ts";
import { attestationSigningRoot } from "../signingRoots.ts";
import type { Tracker } from "../tracker/tracker.ts";
import { judgeAttestation } from "./attestationGuard.ts";
import { attestationData, attestationValue } from "./attestationValue.ts";

export interface AttestationFlowPorts extends SignerPorts {
  beacon: BeaconAccess;
  clock: Clock;
  spec: ChainSpec;
  consensus: Pick<ConsensusService, "run">;
  exchange: Pick<Exchange, "publish">;
  aggregator: Pick<Aggregator, "expect" | "isComplete" | "forget">;
  tracker: Tracker;
  key: (pubkey: Pubkey) => ValidatorKey | undefined;
  /** The set's duty of the slot as the beacon node tells it now. */
  dutyNow: (duty: AttestationDuty) => AttestationDuty | undefined;
}

/** From an attestation duty to its signed attestations: agree on the data, sign, exchange partials, publish. */
export class AttestationFlow {
  readonly #ports: AttestationFlowPorts;
  readonly #signed = new Map<string, { duty: AttestationDuty; value: AttestationValue; missing: Set<Pubkey> }>();

  constructor(ports: AttestationFlowPorts) {
    this.#ports = ports;
  }

  begin(duty: AttestationDuty): void {
    const { beacon, clock, spec } = this.#ports;
    const { slot } = duty.instance;
    // An attestation can be included until the end of the next epoch (EIP-7045).
    const expiresAtMs = slotStartMs(firstSlotOf(epochOf(slot, spec.time) + 2, spec.time), spec.time);
    runInstance(duty, this.#ports, {
      startMs: attestationDueAtMs(slot, spec),
      expiresAtMs,
      proposeValue: async (_round, excluded) => {
        const value = attestationValue(duty, await beacon.attestationData(slot), excluded);
        return value.validators.length > 0 ? { value } : undefined;
      },
      validateValue: ({ value }, round) => {
        if (value.type !== "attestation") return { ok: false, reason: "another type" };
        const dutyNow = () => this.#ports.dutyNow(duty);
        return judgeAttestation(value, round, { beacon, clock, time: spec.time, dutyNow });
      },
      onAccepted: (decision) => this.#sign(duty, decision, expiresAtMs),
    });
  }

  #sign(duty: AttestationDuty, decision: Decision, expiresAtMs: number): void {
    const { aggregator, clock, exchange, key, spec, tracker } = this.#ports;
    const { value } = decision.proposal;
    if (value.type !== "attestation") return;
    const signingRoot = attestationSigningRoot(spec.config, attestationData(value));
    const result = signDecided(decision, signingRoot, this.#ports);
    if (!result.ok) {
      tracker.fail(duty.instance, result.reason, result.detail);
      return;
    }
    tracker.step(duty.instance, "signed");

    const keys = value.validators.flatMap((pubkey) => key(pubkey) ?? []);
    const [first] = keys;
    if (!first) return;
    const partialDuty: PartialDuty = { ...duty.instance, generation: first.generation };
    this.#signed.set(flowKey(partialDuty), { duty, value, missing: new Set(keys.map(({ pubkey }) => pubkey)) });
    clock.setTimer(expiresAtMs, () => {
      aggregator.forget(partialDuty);
      this.#signed.delete(flowKey(partialDuty));
    });
    aggregator.expect(partialDuty, signingRoot, keys);
    exchange.publish({ duty: partialDuty, signingRoot, partials: result.partials }, () =>
      aggregator.isComplete(partialDuty),
    );
  }

  /** Verified signatures of some of the validators. Every node publishes; beacon nodes drop what they know. */
  async onSignatures(partialDuty: PartialDuty, signatures: ReadonlyMap<Pubkey, Uint8Array>): Promise<void> {
    const signed = this.#signed.get(flowKey(partialDuty));
    if (!signed) return;
    const { duty, value, missing } = signed;
    const { beacon, tracker } = this.#ports;
    tracker.step(duty.instance, "combined");
    try {
      await beacon.publishAttestations(singleAttestations(duty, value, signatures));
    } catch (error) {
      return tracker.problem(duty.instance, "broadcast_failed", describeError(error));
    }
    for (const pubkey of signatures.keys()) missing.delete(pubkey);
    if (missing.size === 0) tracker.done(duty.instance);
  }
}

function singleAttestations(
  duty: AttestationDuty,
  value: AttestationValue,
  signatures: ReadonlyMap<Pubkey, Uint8Array>,
): electra.SingleAttestation[] {
  const data = attestationData(value);
  return duty.assignments.flatMap(({ pubkey, committeeIndex, validatorIndex }) => {
    const signature = signatures.get(pubkey);
    return signature ? [{ committeeIndex, attesterIndex: validatorIndex, data, signature }] : [];
  });
}

function flowKey({ setId, slot }: PartialDuty): string {
  return `${setId}/${slot}`;
}
