// Two answers of the execution client's JSON-RPC that no other client gives, mended so that what works against this chain
// works elsewhere, and the other way round.
import { ReceiptsManager } from "@ethereumjs/client/dist/esm/src/execution/receipt.js";
import { Eth } from "@ethereumjs/client/dist/esm/src/rpc/modules/eth.js";
import { matchesTopics, type Topic } from "./topicFilter.ts";

/** eth_getLogs judged the first topic only, so a filter on an indexed argument let every log of the event through. */
function filterByAllTopics(): void {
  const { getLogs } = ReceiptsManager.prototype;
  ReceiptsManager.prototype.getLogs = async function (from, to, addresses, topics = []) {
    const found = await getLogs.call(this, from, to, addresses, []);
    return found.filter(({ log }) => matchesTopics(log[1], topics as Topic[]));
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
