/** One position of eth_getLogs' topic filter: null matches anything, a list any of its members. */
export type Topic = Uint8Array | Uint8Array[] | null | undefined;

/** Whether a log's topics satisfy every position of the filter. */
export function matchesTopics(topics: readonly Uint8Array[], filter: readonly Topic[]): boolean {
  return filter.every((wanted, position) => {
    if (wanted === null || wanted === undefined) return true;
    const actual = topics[position];
    const accepted = Array.isArray(wanted) ? wanted : [wanted];
    return actual !== undefined && accepted.some((topic) => Buffer.compare(topic, actual) === 0);
  });
}
