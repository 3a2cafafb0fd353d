/** At most `max` events per key in each window of `windowMs`. Keys are few (seats × kinds), so nothing is evicted. */
export function rateLimit(nowMs: () => number, windowMs: number, max: number): (key: string) => boolean {
  const windows = new Map<string, { startMs: number; events: number }>();
  return (key) => {
    const now = nowMs();
    const window = windows.get(key);
    if (!window || now - window.startMs >= windowMs) {
      windows.set(key, { startMs: now, events: 1 });
      return true;
    }
    window.events += 1;
    return window.events <= max;
  };
}
