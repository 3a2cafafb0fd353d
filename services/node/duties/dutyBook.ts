import type { AttesterDuty, BeaconAccess, BeaconValidator, Duties, ProposerDuty, Pubkey } from "../../ports/beacon.ts";
import { epochOf } from "../chainSpec.ts";
import type { Directory, ValidatorKey } from "../directory/directory.ts";
import type { AttestationDuty, ProposalDuty } from "../dutyTypes.ts";
import type { ChainTime } from "../locks/types.ts";
import { isActive, readValidators } from "./validatorIndices.ts";

const KEPT_EPOCHS = 3;

/** The duties of this operator's validators as its beacon node last told them, by epoch. */
export class DutyBook {
  readonly #beacon: BeaconAccess;
  readonly #time: ChainTime;
  readonly #directory: () => Directory;
  readonly #attesters = new Map<number, Duties<AttesterDuty>>();
  readonly #proposers = new Map<number, Duties<ProposerDuty>>();
  #validators: ReadonlyMap<Pubkey, BeaconValidator> = new Map();
  #validatorsEpoch = -1;

  constructor(beacon: BeaconAccess, time: ChainTime, directory: () => Directory) {
    this.#beacon = beacon;
    this.#time = time;
    this.#directory = directory;
  }

  /** Asks for indices and states of all validators of our sets. */
  async refreshValidators(epoch: number): Promise<void> {
    this.#validators = await readValidators(this.#beacon, [...this.#directory().keys.keys()]);
    this.#validatorsEpoch = epoch;
  }

  async refreshAttesters(epoch: number): Promise<void> {
    const indices = this.activeValidators().map(({ index }) => index);
    if (indices.length === 0) return void this.#attesters.delete(epoch);
    const answer = await this.#beacon.attesterDuties(epoch, indices);
    this.#attesters.set(epoch, this.#checked(epoch, answer, true));
    for (const old of this.#attesters.keys()) if (old <= epoch - KEPT_EPOCHS) this.#attesters.delete(old);
  }

  async refreshProposers(epoch: number): Promise<void> {
    if (this.activeValidators().length === 0) return void this.#proposers.delete(epoch);
    const answer = await this.#beacon.proposerDuties(epoch);
    const ours = answer.duties.filter(({ pubkey }) => this.#directory().keys.has(pubkey));
    this.#proposers.set(epoch, this.#checked(epoch, { ...answer, duties: ours }, false));
    for (const old of this.#proposers.keys()) if (old <= epoch - KEPT_EPOCHS) this.#proposers.delete(old);
  }

  /** Whether everything that the epoch needs was read since it began. */
  isComplete(epoch: number): boolean {
    if (this.#validatorsEpoch < epoch) return false;
    if (this.activeValidators().length === 0) return true;
    return this.#attesters.has(epoch) && this.#attesters.has(epoch + 1) && this.#proposers.has(epoch);
  }

  activeValidators(): BeaconValidator[] {
    return [...this.#validators.values()].filter(isActive);
  }

  validators(): ReadonlyMap<Pubkey, BeaconValidator> {
    return this.#validators;
  }

  /** One duty per set whose validators attest in the slot. */
  attestations(slot: number): AttestationDuty[] {
    const answer = this.#attesters.get(epochOf(slot, this.#time));
    const assignments = answer?.duties.filter((duty) => duty.slot === slot) ?? [];
    const bySet = Map.groupBy(assignments, ({ pubkey }) => this.#keyOf(pubkey)?.setId);
    return [...bySet].flatMap(([setId, ofSet]) => {
      const set = setId === undefined ? undefined : this.#directory().sets.get(setId);
      if (!answer || !set) return [];
      const instance = { setId: set.setId, configuration: set.configuration, slot, type: "attestation" } as const;
      const sorted = ofSet.toSorted((a, b) => (a.pubkey < b.pubkey ? -1 : 1));
      return [{ type: "attestation", instance, dependentRoot: answer.dependentRoot, assignments: sorted }];
    });
  }

  proposals(slot: number): ProposalDuty[] {
    const duties = this.#proposers.get(epochOf(slot, this.#time))?.duties ?? [];
    return duties.flatMap(({ slot: dutySlot, pubkey, validatorIndex }) => {
      const key = this.#keyOf(pubkey);
      if (dutySlot !== slot || !key) return [];
      const instance = { setId: key.setId, configuration: key.configuration, slot, type: "proposal" } as const;
      return [{ type: "proposal", instance, pubkey, validatorIndex }];
    });
  }

  #keyOf(pubkey: Pubkey): ValidatorKey | undefined {
    return this.#directory().keys.get(pubkey);
  }

  /** Duties of our active validators, in the epoch, none twice: or an error, and the book keeps what it had. */
  #checked<D extends AttesterDuty | ProposerDuty>(epoch: number, answer: Duties<D>, oncePerEpoch: boolean): Duties<D> {
    const seen = new Set<string>();
    for (const { pubkey, validatorIndex, slot } of answer.duties) {
      const place = oncePerEpoch ? pubkey : String(slot);
      const isSound = this.#validators.get(pubkey)?.index === validatorIndex && epochOf(slot, this.#time) === epoch;
      if (!isSound || seen.has(place))
        throw new Error(`the beacon node's duties of epoch ${epoch} contradict themselves`);
      seen.add(place);
    }
    return answer;
  }
}
