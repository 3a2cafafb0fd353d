import { TokenBucket } from "../../p2p/tokenBucket.ts";
import type { Clock } from "../../ports/clock.ts";

// Seven nodes behind one address poll once a second, and post in bursts.
const REQUESTS_PER_SECOND = 50;
const BURST = 200;
const MAX_ADDRESSES = 10_000;

/** Admits requests by address; the memory for it is bounded. */
export function createRateLimits(clock: Clock): (address: string) => boolean {
  const buckets = new Map<string, TokenBucket>();
  return (address) => {
    const nowMs = clock.nowMs();
    const bucket = buckets.get(address) ?? new TokenBucket(REQUESTS_PER_SECOND, BURST, nowMs);
    // The map stays in order of use, so the first is the one that was away for longest.
    buckets.delete(address);
    buckets.set(address, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= MAX_ADDRESSES) break;
      buckets.delete(oldest);
    }
    return bucket.take(nowMs);
  };
}
