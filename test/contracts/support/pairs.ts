import { getBytes, hexlify } from "ethers";
import { openState } from "../../../services/beacon/stateProofs.ts";
import { beaconFixture, pubkeyOf } from "../../beacon/state.ts";
import { GENESIS_TIME, networkHelpers, SECONDS_PER_SLOT, setBeaconRoot } from "./chain.ts";
import type { Known } from "./validators.ts";

/** Evidence of two keys with indices 17 and 18 in one state. */
export async function twoOf(first: Known, second: Known, slot: number) {
  const other = { pubkey: pubkeyOf(16), withdrawalCredentials: new Uint8Array(32).fill(9) };
  const ours = [first, second].map(({ shown: { index: _, ...shown } }) => ({
    ...shown,
    pubkey: getBytes(shown.pubkey),
    withdrawalCredentials: getBytes(shown.withdrawalCredentials),
  }));
  const { state, header, blockRoot } = beaconFixture(slot, [other, ...ours]);
  const timestamp = BigInt(GENESIS_TIME) + BigInt(slot + 1) * SECONDS_PER_SLOT;
  await setBeaconRoot(timestamp, hexlify(blockRoot));
  const proofs = openState({ fork: "electra", state, header });
  const [source, target] = [first, second].map(({ key }, i) => ({
    pubkey: key.pubkey,
    validator: proofs.validator(17 + i),
    balances: proofs.balances([17 + i]),
  }));
  if (!source || !target) throw new Error("two keys were given");
  await networkHelpers.time.setNextBlockTimestamp(timestamp);
  return { anchor: proofs.anchor(timestamp), source, target };
}
