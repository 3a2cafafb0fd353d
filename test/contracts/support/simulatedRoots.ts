import { toBeHex } from "ethers";
import { ethers, networkHelpers } from "./chain.ts";

const BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";

/**
 * Puts SimulatedBeaconRoots in the place of EIP-4788's contract: the simulated network would give roots of its own to the
 * blocks that it makes.
 *
 * @returns what puts the chain back as it was
 */
export async function installSimulatedRoots(): Promise<() => Promise<void>> {
  const snapshot = await networkHelpers.takeSnapshot();
  const simulated = await ethers.deployContract("SimulatedBeaconRoots");
  const code = await ethers.provider.getCode(await simulated.getAddress());
  await networkHelpers.setCode(BEACON_ROOTS, code);
  return () => snapshot.restore();
}

/** The block of `timestamp` gives this root for its parent. */
export async function setSimulatedRoot(timestamp: bigint, root: string): Promise<void> {
  await networkHelpers.setStorageAt(BEACON_ROOTS, toBeHex(timestamp), root);
}
