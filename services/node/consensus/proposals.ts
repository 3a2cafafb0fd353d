import type { InstanceId } from "../locks/types.ts";
import type { Proposal, Root } from "./types.ts";
import { checkValue, hashValue, type ValueHashes } from "./value.ts";

interface Known {
  proposal: Proposal;
  hashes: ValueHashes;
  /** The guards accepted the value with this body, so no other packet can put a false body in its place. */
  checked: boolean;
}

/** The values that one instance has heard of, with the best body known for each. */
export class Proposals {
  readonly #id: InstanceId;
  readonly #slotsPerEpoch: number;
  readonly #known = new Map<Root, Known>();

  constructor(id: InstanceId, slotsPerEpoch: number) {
    this.#id = id;
    this.#slotsPerEpoch = slotsPerEpoch;
  }

  /** Hashes of a value of this instance, or `undefined` when it is malformed or has another hash than was signed. */
  admit({ value }: Proposal, signed: { valueHash: Root; validatorsRoot?: Root }): ValueHashes | undefined {
    try {
      checkValue(value, this.#id, this.#slotsPerEpoch);
    } catch {
      return undefined;
    }
    const hashes = hashValue(value);
    if (hashes.valueHash !== signed.valueHash) return undefined;
    if (signed.validatorsRoot !== undefined && hashes.validatorsRoot !== signed.validatorsRoot) return undefined;
    return hashes;
  }

  /** The value with the body that was checked, else with the offered one if it has any. */
  best(offered: Proposal, { valueHash }: ValueHashes): Proposal {
    const known = this.#known.get(valueHash);
    return known && (known.checked || !offered.body) ? known.proposal : offered;
  }

  /** Only for values that something signed by a leader or a quorum proves: what is learned is kept. */
  learn(offered: Proposal, hashes: ValueHashes): void {
    const checked = this.#known.get(hashes.valueHash)?.checked ?? false;
    this.#known.set(hashes.valueHash, { proposal: this.best(offered, hashes), hashes, checked });
  }

  markChecked(valueHash: Root): void {
    const known = this.#known.get(valueHash);
    if (known) known.checked = true;
  }

  all(): Iterable<{ proposal: Proposal; hashes: ValueHashes }> {
    return this.#known.values();
  }
}
