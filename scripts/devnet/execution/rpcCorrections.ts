// Answers of the execution client's JSON-RPC that no other client gives, mended so that what works against this chain
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

interface Chain {
  blocks: { latest: { header: { timestamp: bigint } } | null };
}

/**
 * eth_estimateGas gave a number for a transaction that reverts, which a person then paid for. And it ran what it estimates a
 * second after the head, when EIP-4788 has no root, where other clients run it in the head's context.
 */
function estimateAtTheHead(): void {
  const { estimateGas } = Eth.prototype;
  Eth.prototype.estimateGas = async function (params) {
    const [transaction, block = "latest"] = params;
    await Eth.prototype.call.call(this, [{ ...transaction }, block]);
    const chain = oneSecondBack(Reflect.get(this, "_chain"));
    return estimateGas.call(Object.create(this, { _chain: { value: chain } }), params);
  };
}

/** The same chain, whose latest block seems to be a second older. */
function oneSecondBack(chain: Chain): Chain {
  const { blocks } = chain;
  if (!blocks.latest) return chain;
  const { header } = blocks.latest;
  const earlier = Object.create(header, { timestamp: { value: header.timestamp - 1n } });
  const latest = Object.create(blocks.latest, { header: { value: earlier } });
  return Object.create(chain, { blocks: { value: { ...blocks, latest } } });
}

export function correctRpc(): void {
  filterByAllTopics();
  estimateAtTheHead();
}
