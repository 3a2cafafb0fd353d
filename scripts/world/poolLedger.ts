// The books of the pool a second time, from its events alone and with arithmetic of our own: docs/accounting.md says what
// each event means. The contract is never asked for a sum.

const RATE_SHARES = 10n ** 18n;
const BPS = 10_000n;
const DAYS_PER_YEAR = 365n;
const OLD_END_DAYS = 30n;
const NO_TIME = 2n ** 40n - 1n;

/** What moves the books. Amounts in wei. */
export type PoolEvent =
  | { name: "Deposit"; assetsWei: bigint; shares: bigint }
  | { name: "FeesMinted" }
  | { name: "ReportBooked"; differenceWei: bigint }
  /** All cycles that one transaction filled. */
  | { name: "CyclesFilled"; shares: bigint; paidWei: bigint }
  | { name: "SharesBurnt"; shares: bigint; isBond: boolean }
  | { name: "ReportClockSet" };

/** Of Parameters, and of the deployment. */
export interface LedgerTerms {
  feeBps: bigint;
  treasuryFeeBps: bigint;
  streamMinimumSeconds: bigint;
  streamYearlyBps: bigint;
  daySeconds: bigint;
}

export interface PoolLedger {
  /** @param timestamp Unix seconds of the event's block */
  apply(event: PoolEvent, timestamp: bigint): void;
  /** All that is booked: the holders', and fees and burnt bonds that are not theirs yet. */
  bookedWei(): bigint;
  /** Gains, fees and burnt bonds that no share is worth yet. */
  unstreamedWei(timestamp: bigint): bigint;
  supply(): bigint;
  /** Wei per 10^18 shares, rounded down. */
  rate(timestamp: bigint): bigint;
}

export function createPoolLedger(terms: LedgerTerms, deployedAt: bigint): PoolLedger {
  const { feeBps, treasuryFeeBps, streamMinimumSeconds, streamYearlyBps, daySeconds } = terms;
  let [holdersWei, supply, coverWei, carriedLossWei, lossShares, dueFeeWei] = [0n, 0n, 0n, 0n, 0n, 0n];
  let clockAt = deployedAt;
  let stream = { netWei: 0n, feeWei: 0n, start: 0n, end: 0n };

  const left = (amountWei: bigint, at: bigint) => {
    if (stream.end === NO_TIME) return amountWei;
    return at >= stream.end ? 0n : divideUp(amountWei * (stream.end - at), stream.end - stream.start);
  };
  const totalWei = (at: bigint) => holdersWei - left(stream.netWei, at);

  function advance(at: bigint): void {
    const feeWei = left(stream.feeWei, at);
    dueFeeWei += stream.feeWei - feeWei;
    stream = { ...stream, netWei: left(stream.netWei, at), feeWei, start: at };
  }

  function extend(seconds: bigint): void {
    stream.end = maximum(stream.end, minimum(stream.start + seconds, NO_TIME));
  }

  /** The rate may not rise faster than a part of itself a year. */
  function keepCap(): void {
    const unstreamedWei = stream.netWei + stream.feeWei;
    if (unstreamedWei === 0n) return;
    const nowWei = holdersWei - stream.netWei;
    if (nowWei === 0n) extend(NO_TIME);
    else extend(divideUp(unstreamedWei * BPS * DAYS_PER_YEAR * daySeconds, nowWei * streamYearlyBps));
  }

  function mintFees(at: bigint): void {
    advance(at);
    const feeShares = (dueFeeWei * supply) / (holdersWei - stream.netWei);
    const treasuryShares = (feeShares * minimum(treasuryFeeBps, feeBps)) / feeBps;
    supply += treasuryShares + (feeShares - treasuryShares);
    holdersWei += dueFeeWei;
    dueFeeWei = 0n;
  }

  function lose(lossWei: bigint): void {
    const coveredWei = minimum(lossWei, coverWei);
    coverWei -= coveredWei;
    const unstreamedWei = stream.netWei + stream.feeWei;
    const eatenWei = minimum(lossWei - coveredWei, unstreamedWei);
    const eatenFeeWei = eatenWei === 0n ? 0n : divideUp(eatenWei * stream.feeWei, unstreamedWei);
    stream.feeWei -= eatenFeeWei;
    stream.netWei -= eatenWei - eatenFeeWei;
    holdersWei -= eatenWei - eatenFeeWei;
    const fallWei = minimum(lossWei - coveredWei - eatenWei, holdersWei - stream.netWei);
    holdersWei -= fallWei;
    if (fallWei === 0n) return;
    lossShares = (carriedLossWei * lossShares + fallWei * supply) / (carriedLossWei + fallWei);
    carriedLossWei += fallWei;
  }

  function gain(gainWei: bigint): void {
    const recoveredWei = minimum(gainWei, carriedLossWei);
    carriedLossWei -= recoveredWei;
    const feeWei = ((gainWei - recoveredWei) * feeBps) / BPS;
    stream.feeWei += feeWei;
    stream.netWei += gainWei - feeWei;
    holdersWei += gainWei - feeWei;
  }

  function book(differenceWei: bigint, at: bigint): void {
    advance(at);
    if (differenceWei < 0n) lose(-differenceWei);
    else gain(differenceWei);
    stream.netWei += coverWei;
    holdersWei += coverWei;
    coverWei = 0n;
    stream.end = minimum(stream.end, at + OLD_END_DAYS * daySeconds);
    extend(maximum(streamMinimumSeconds, at - clockAt));
    keepCap();
    clockAt = at;
  }

  /** Shares leave at `paidWei`, or as cover; what they were worth above that is the others'. */
  function burn(shares: bigint, at: bigint, takenWei: (valueWei: bigint) => bigint, roundsUp: boolean): void {
    advance(at);
    const exact = shares * (holdersWei - stream.netWei);
    const valueWei = roundsUp ? divideUp(exact, supply) : exact / supply;
    if (supply - shares < lossShares && carriedLossWei > 0n) {
      carriedLossWei = divideUp(carriedLossWei * (supply - shares), lossShares);
      lossShares = supply - shares;
    }
    const taken = takenWei(valueWei);
    holdersWei -= taken;
    stream.netWei += valueWei - taken;
    keepCap();
    supply -= shares;
  }

  return {
    apply(event, at) {
      switch (event.name) {
        case "Deposit":
          holdersWei += event.assetsWei;
          supply += event.shares;
          return;
        case "FeesMinted":
          return mintFees(at);
        case "ReportBooked":
          return book(event.differenceWei, at);
        case "CyclesFilled":
          return burn(event.shares, at, () => event.paidWei, true);
        case "SharesBurnt":
          return burn(
            event.shares,
            at,
            (valueWei) => {
              if (!event.isBond) return 0n;
              coverWei += valueWei;
              return valueWei;
            },
            false,
          );
        case "ReportClockSet":
          clockAt = at;
      }
    },
    bookedWei: () => holdersWei + stream.feeWei + dueFeeWei + coverWei,
    unstreamedWei: (at) => left(stream.netWei, at) + stream.feeWei + dueFeeWei + coverWei,
    supply: () => supply,
    rate: (at) => (totalWei(at) * RATE_SHARES) / supply,
  };
}

const divideUp = (a: bigint, b: bigint) => (a + b - 1n) / b;
const minimum = (a: bigint, b: bigint) => (a < b ? a : b);
const maximum = (a: bigint, b: bigint) => (a > b ? a : b);
