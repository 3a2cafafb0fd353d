import "../../support/preset.ts";
import { ssz } from "@lodestar/types";
import { hexlify } from "ethers";
import { openState } from "../../../services/beacon/stateProofs.ts";
import type { StateSnapshot } from "../../beacon/realChain.ts";
import { realState } from "../../beacon/realState.ts";
import { ethers, GENESIS_TIME, PARAMETERS, SECONDS_PER_SLOT, setBeaconRoot } from "../support/chain.ts";

const NEVER = 2n ** 64n - 1n;
const GLOAS_EPOCH = 60;

/** A verifier that knows when Gloas starts, and what asks it. */
export async function deployVerifier(gloasSlot = NEVER) {
  const { genesisTime, secondsPerSlot, slotsPerEpoch } = PARAMETERS;
  const { shardCommitteePeriod, minValidatorWithdrawabilityDelay, epochsPerSlashingsVector } = PARAMETERS;
  const verifier = await ethers.deployContract("BeaconVerifier", [
    {
      ...{ genesisTime, secondsPerSlot, slotsPerEpoch },
      ...{ shardCommitteePeriod, minValidatorWithdrawabilityDelay, epochsPerSlashingsVector, gloasSlot },
    },
  ]);
  const anchored = await ethers.deployContract("AnchoredProofs", [verifier]);
  const flipper = await ethers.deployContract("CallFlipper");
  return { verifier, anchored, flipper };
}

/** Makes the execution chain keep the root of the snapshot's block. */
export async function anchorState(snapshot: StateSnapshot) {
  const proofs = openState(snapshot);
  const timestamp = BigInt(GENESIS_TIME) + BigInt(snapshot.header.slot + 1) * SECONDS_PER_SLOT;
  await setBeaconRoot(timestamp, hexlify(snapshot.blockRoot));
  const anchor = proofs.anchor(timestamp);
  return { proofs, anchor, slot: anchor.header.slot, stateRoot: anchor.header.stateRoot };
}

/** The Electra state in which everything happens. */
export async function withElectra() {
  const real = realState();
  return { real, snapshot: real as StateSnapshot, ...(await deployVerifier()), ...(await anchorState(real)) };
}

/** The same story, moved on to Gloas by empty slots. */
export async function withGloas() {
  const real = realState({ gloasForkEpoch: GLOAS_EPOCH });
  const snapshot = real.chain.emptySlotsToGloas();
  const contracts = await deployVerifier(BigInt(GLOAS_EPOCH * PARAMETERS.slotsPerEpoch));
  return { real, snapshot, ...contracts, ...(await anchorState(snapshot)) };
}

/**
 * A state of nothing but random balances: more validators than a test could let live through their epochs. Its header is
 * invented, the tree is that of the fork.
 */
export function balancesOnly(fork: "electra" | "gloas", count: number) {
  const random = randomOf(count);
  const type = ssz[fork].BeaconState;
  const view = type.defaultViewDU();
  const amounts = Array.from({ length: count }, () => Math.floor(32e9 + random() * 2016e9));
  view.balances = type.fields.balances.toViewDU(amounts) as typeof view.balances;
  const header = { ...ssz.phase0.BeaconBlockHeader.defaultValue(), stateRoot: view.hashTreeRoot() };
  return { proofs: openState({ fork, state: view.serialize(), header }), stateRoot: hexlify(header.stateRoot) };
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
