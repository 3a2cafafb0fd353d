import { privateKeyFromRaw, publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { PeerId, PrivateKey } from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

const MAX_MULTIADDRS = 8;
const DIALABLE = /^\/(ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/\d{1,5}$/;

/** The libp2p identity of a secp256k1 node key of 32 bytes. */
export function libp2pKey(nodePrivateKey: Uint8Array): PrivateKey {
  if (nodePrivateKey.length !== 32) throw new RangeError("a node key has 32 bytes");
  return privateKeyFromRaw(nodePrivateKey);
}

/** The peer id of a registered node public key: 64 bytes, x ‖ y. Throws when it is no point of secp256k1. */
export function peerIdOf(nodePublicKey: Uint8Array): PeerId {
  if (nodePublicKey.length !== 64) throw new RangeError("a node public key has 64 bytes, x ‖ y");
  const compressed = new Uint8Array(33);
  compressed[0] = 2 + ((nodePublicKey[63] ?? 0) & 1);
  compressed.set(nodePublicKey.subarray(0, 32), 1);
  return peerIdFromPublicKey(publicKeyFromRaw(compressed));
}

/**
 * Addresses that can be dialled, with the peer id to expect there. The registry holds whatever an operator wrote, so
 * anything but host and TCP port is left out, and a peer id in it is ignored: the registered key alone counts.
 */
export function dialAddresses(multiaddrs: readonly string[], peerId: PeerId): Multiaddr[] {
  const addresses: Multiaddr[] = [];
  for (const text of multiaddrs.slice(0, MAX_MULTIADDRS)) {
    const host = text.trim().replace(/\/p2p\/[^/]+$/, "");
    if (!DIALABLE.test(host)) continue;
    try {
      addresses.push(multiaddr(`${host}/p2p/${peerId.toString()}`));
    } catch {
      // an address that doesn't parse can't be dialled
    }
  }
  return addresses;
}
