import type { ConnectionGater, MultiaddrConnection, PeerId } from "@libp2p/interface";
import type { CountPeerEvent } from "./counters.ts";

/** Lets through only peers that `isMember` knows, and counts the connections that end before they are one. */
export function membersOnly(isMember: (peerId: PeerId) => boolean, count: CountPeerEvent): ConnectionGater {
  const judged = new WeakSet<MultiaddrConnection>();
  const denyStranger = (peerId: PeerId, connection: MultiaddrConnection) => {
    judged.add(connection);
    if (isMember(peerId)) return false;
    count("unauthenticated");
    return true;
  };
  return {
    denyDialPeer: (peerId) => !isMember(peerId),
    denyInboundConnection(connection) {
      connection.addEventListener("close", () => {
        if (!judged.has(connection)) count("handshakeFailed");
      });
      return false;
    },
    denyInboundEncryptedConnection: denyStranger,
    denyOutboundEncryptedConnection: denyStranger,
  };
}
