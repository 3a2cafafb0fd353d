// Two answers of the execution client's JSON-RPC that no other client gives, mended so that what works against this chain
// works elsewhere, and the other way round.
import { ReceiptsManager } from "@ethereumjs/client/dist/esm/src/execution/receipt.js";
import { Eth } from "@ethereumjs/client/dist/esm/src/rpc/modules/eth.js";

type Topic = Uint8Array | Uint8Array[] | null | undefined;

/** The topic filter of eth_getLogs: null matches anything, a list any of its members. */
function matches(topics: Uint8Array[], filter: Topic[]): boolean {
  return filter.every((wanted, position) => {
    if (wanted === null || wanted === undefined) return true;
    const actual = topics[position];
    const accepted = Array.isArray(wanted) ? wanted : [wanted];
    return actual !== undefined && accepted.some((topic) => Buffer.compare(topic, actual) === 0);
  });
}

/** eth_getLogs judged the first topic only, so a filter on an indexed argument let every log of the event through. */
function filterByAllTopics(): void {
  const { getLogs } = ReceiptsManager.prototype;
  ReceiptsManager.prototype.getLogs = async function (from, to, addresses, topics = []) {
    const found = await getLogs.call(this, from, to, addresses, []);
    return found.filter(({ log }) => matches(log[1], topics as Topic[]));
  };
}

/** eth_estimateGas gave a number for a transaction that reverts, which a person then paid for. */
function refuseToEstimateReverts(): void {
  const { estimateGas } = Eth.prototype;
  Eth.prototype.estimateGas = async function (params) {
    const [transaction, block = "latest"] = params;
    await Eth.prototype.call.call(this, [{ ...transaction }, block]);
    return estimateGas.call(this, params);
  };
}

export function correctRpc(): void {
  filterByAllTopics();
  refuseToEstimateReverts();
}
