/** One state of the slashed validator. */
export interface SlashedSight {
  epoch: number;
  balanceGwei: bigint;
}

export interface SlashedTerms {
  /** When the chain slashed it. */
  epoch: number;
  effectiveGwei: bigint;
  /** EPOCHS_PER_SLASHINGS_VECTOR: penalties end so many epochs after the slashing. */
  vectorEpochs: number;
  /** Of the whole chain. */
  totalActiveGwei: bigint;
}

const INCREMENT_GWEI = 10n ** 9n;
const BPS = 10_000n;
/** Bounds of the estimate: at least 0.1 % for the correlation, and twice what our own slashed stake makes it. */
const CORRELATION_MINIMUM_BPS = 10n;
const CORRELATION_FACTOR = 2n;

/**
 * The account of one slashed validator by docs/adr/0004-slashing-losses.md, kept with a state in the one hand and the
 * consensus-specs in the other, apart from the contract. No other key of the pool is slashed.
 */
export class SlashedAccount {
  readonly #terms: SlashedTerms;
  #seen: SlashedSight | undefined;
  /** slash_validator: effective balance ÷ MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA. */
  readonly atOnceGwei: bigint;
  lossGwei: bigint;
  remainingGwei: bigint;

  constructor(terms: SlashedTerms) {
    this.#terms = terms;
    this.atOnceGwei = ceilDiv(terms.effectiveGwei, 4096n);
    this.lossGwei = this.atOnceGwei;
    this.remainingGwei = this.#expected(terms.effectiveGwei, terms.epoch, this.withdrawableEpoch);
  }

  get withdrawableEpoch(): number {
    return this.#terms.epoch + this.#terms.vectorEpochs;
  }

  /** What a report learns from a state of before the withdrawable epoch. */
  see(sight: SlashedSight): void {
    const { epoch, effectiveGwei } = this.#terms;
    if (this.#seen === undefined) this.lossGwei += this.#expected(effectiveGwei, epoch, sight.epoch);
    else if (sight.balanceGwei < this.#seen.balanceGwei) this.lossGwei += this.#seen.balanceGwei - sight.balanceGwei;
    this.#seen = sight;
    // Hysteresis: the effective balance is at most a quarter of an increment above the balance.
    const atMost = sight.balanceGwei + INCREMENT_GWEI / 4n;
    const expected = this.#expected(atMost, sight.epoch, this.withdrawableEpoch);
    this.remainingGwei = expected < sight.balanceGwei ? expected : sight.balanceGwei;
  }

  /** Penalties of the epochs from `from` up to `to`. */
  #expected(effectiveGwei: bigint, from: number, to: number): bigint {
    const { vectorEpochs, totalActiveGwei, effectiveGwei: slashedGwei } = this.#terms;
    // get_flag_index_deltas: base reward × (source 14 + target 26) ÷ 64, base reward factor 64.
    const missedGwei = ceilDiv(effectiveGwei * 40n * BigInt(to - from), squareRoot(totalActiveGwei));
    const halfway = this.withdrawableEpoch - vectorEpochs / 2;
    if (halfway < from || halfway >= to) return missedGwei;
    // process_slashings: effective balance × min(3 × slashed, total) ÷ total, at the end of the epoch half-way.
    const ownBps = ceilDiv(3n * slashedGwei * CORRELATION_FACTOR * BPS, totalActiveGwei);
    const bps = ownBps > CORRELATION_MINIMUM_BPS ? ownBps : CORRELATION_MINIMUM_BPS;
    return missedGwei + ceilDiv(effectiveGwei * (bps < BPS ? bps : BPS), BPS);
  }
}

const ceilDiv = (dividend: bigint, divisor: bigint) => (dividend + divisor - 1n) / divisor;

/** The largest integer whose square is not above `value`. */
function squareRoot(value: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(value))));
  while (root * root > value) root--;
  while ((root + 1n) * (root + 1n) <= value) root++;
  return root;
}
