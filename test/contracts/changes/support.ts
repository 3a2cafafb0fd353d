import { id, keccak256, toUtf8Bytes } from "ethers";
import {
  CHANGE_KIND,
  keyFieldHash,
  RESHARING_ACKNOWLEDGEMENT_TYPES,
  type ResharingAcknowledgement,
  SET_CHANGE_TYPES,
  septetDomain,
} from "../../../services/chain/typedData.ts";
import { evaluatePolynomial } from "../../../services/crypto/polynomial.ts";
import { Fr } from "../../../services/crypto/scalars.ts";
import { SEATS } from "../../../services/crypto/seats.ts";
import { networkHelpers, PARAMETERS } from "../support/chain.ts";
import { keyOf, type TestKey, testKey } from "../support/keys.ts";
import { CHAIN_ID, ETHER, nodeWallet, type Septet, submissionOf, submit, withSet } from "../support/septet.ts";

const EPOCH_SECONDS = PARAMETERS.secondsPerSlot * PARAMETERS.slotsPerEpoch;

/** Set 1 with two verified keys, and operator 8 bonded. */
export async function withKeys() {
  const septet = await withSet();
  const keys = [testKey("first"), testKey("second")];
  await septet.validatorManager.requestKeys(1, keys.length);
  await submit(septet, await submissionOf(septet, keys));
  await septet.operatorRegistry.bondEther(8, { value: 3n * ETHER });
  return { septet, keys };
}

/** The same key shared anew: another polynomial with the same constant term. */
export function reshared(key: TestKey, name = "anew"): TestKey {
  const rest = [1, 2, 3].map((i) => Fr.create(BigInt(keccak256(toUtf8Bytes(`${name} coefficient ${i}`)))));
  const polynomial = [Fr.div(key.groupSecret, 720n), ...rest];
  const shares = SEATS.map((seat) => evaluatePolynomial(polynomial, seat));
  return keyOf(key.groupSecret, shares);
}

export const maskOf = (seats: readonly number[]) => seats.reduce((mask, seat) => mask | (1 << (seat - 1)), 0);

export interface SliceChanges {
  generation?: bigint;
  attempt?: number;
  /** Seats that acknowledge. */
  seats?: number[];
  /** Who signs for a seat instead of the operator that was named. */
  instead?: Record<number, number>;
  chainId?: number;
}

/** What the seats of the pending generation of set 1 hand in for `keys`. */
export async function sliceOf(septet: Septet, keys: readonly TestKey[], changes: SliceChanges = {}) {
  const { setChanges } = septet;
  const pending = await setChanges.resharing(1);
  const { generation = pending.generation, attempt = 1, seats = [1, 2, 3, 4, 5, 6, 7], instead = {} } = changes;
  const slice = { setId: 1n, generation, attempt, transcriptHash: id("transcript") };
  const results = keys.map(({ points }) => ({ points, encryptedShares: `0x${"cd".repeat(336)}` }));
  const acknowledgement: ResharingAcknowledgement = {
    ...slice,
    keysHash: keyFieldHash(results.map(({ points }) => points)),
    encryptedSharesHash: keyFieldHash(results.map(({ encryptedShares }) => encryptedShares)),
  };
  const domain = septetDomain(changes.chainId ?? CHAIN_ID, await setChanges.getAddress());
  const signatures = await Promise.all(
    seats.map((seat) => {
      const signer = nodeWallet(instead[seat] ?? Number(pending.operatorIds[seat - 1]));
      return signer.signTypedData(domain, RESHARING_ACKNOWLEDGEMENT_TYPES, acknowledgement);
    }),
  );
  return [slice, results, maskOf(seats), signatures] as const;
}

export async function deliver(septet: Septet, keys: readonly TestKey[], changes: SliceChanges = {}) {
  return septet.setChanges.submitResharing(...(await sliceOf(septet, keys, changes)));
}

export async function presentEpoch(): Promise<number> {
  return Math.floor(((await networkHelpers.time.latest()) - PARAMETERS.genesisTime) / EPOCH_SECONDS);
}

export async function moveToEpoch(epoch: number): Promise<void> {
  await networkHelpers.time.increaseTo(PARAMETERS.genesisTime + epoch * EPOCH_SECONDS);
}

/** A statement of the members of set 1, signed by the operators in `seats`; not sent. */
export async function signChange(
  septet: Septet,
  kind: keyof typeof CHANGE_KIND,
  statedSeats: readonly number[],
  signers: readonly number[] = [1, 2, 3, 4],
) {
  const { setChanges, operatorSets } = septet;
  const { number, generation } = await setChanges.current(1);
  const isReshared = kind === "rotation" || kind === "refresh";
  const statement = {
    setId: 1n,
    configuration: number,
    kind: CHANGE_KIND[kind],
    seats: maskOf(statedSeats),
    generation: isReshared ? (await setChanges.resharing(1)).generation : generation,
    includeBy: BigInt((await presentEpoch()) + 2),
  };
  const members = await operatorSets.membersAt(1, number);
  const domain = septetDomain(CHAIN_ID, await setChanges.getAddress());
  const signatures = await Promise.all(
    signers.map((seat) => nodeWallet(Number(members[seat - 1])).signTypedData(domain, SET_CHANGE_TYPES, statement)),
  );
  const digest = await setChanges.statementDigest(statement);
  const startEpoch = Number(statement.includeBy) + Number(await setChanges.CHANGE_DELAY());
  return { statement, signers: maskOf(signers), signatures, digest, startEpoch };
}

/** Signs, sends, and waits until it is in force. */
export async function change(
  septet: Septet,
  ...what: Parameters<typeof signChange> extends [Septet, ...infer Rest] ? Rest : never
) {
  const { statement, signers, signatures, startEpoch } = await signChange(septet, ...what);
  await septet.setChanges.acceptChange(statement, signers, signatures);
  await moveToEpoch(startEpoch);
}
