import { AbiCoder, getBytes, hexlify } from "ethers";
import { evaluateCommitments } from "../crypto/commitments.ts";
import { hpkeOpen, hpkeSeal } from "../crypto/hpke.ts";
import { parseG1 } from "../crypto/points.ts";
import { commitPolynomial, evaluatePolynomial, publicKeyOf, randomPolynomial } from "../crypto/polynomial.ts";
import { proveKnowledge, verifyKnowledge } from "../crypto/proofOfKnowledge.ts";
import { SCALAR_BYTES, scalarFromBytes, scalarToBytes } from "../crypto/scalars.ts";
import type { Seat } from "../crypto/seats.ts";
import type { Randomness } from "../ports/randomness.ts";
import { type CeremonyContext, hashContext } from "./context.ts";
import { letOthersRun } from "./letOthersRun.ts";
import type { AbortReason, MessageOf } from "./messages.ts";
import type { Blame } from "./results.ts";
import { hashOpens } from "./transcript.ts";

export type DealPayload = MessageOf<"deal">["payload"];

/**
 * Draws one polynomial for each key and deals it to the seven one-time keys, unless one of these is unusable. The
 * polynomials don't outlive the call: the dealer's own sub-share is in its own ciphertext.
 */
export async function makeDeal(
  context: CeremonyContext,
  attempt: number,
  dealer: Seat,
  opens: readonly MessageOf<"open">[],
  randomness: Randomness,
): Promise<DealPayload | Blame> {
  const contextHash = hashContext(context);
  const polynomials = Array.from({ length: context.keyCount }, () => randomPolynomial(randomness));
  const ciphertexts: string[] = [];
  for (const open of opens) {
    const subShares = Buffer.concat(polynomials.map((p) => scalarToBytes(evaluatePolynomial(p, open.seat))));
    const info = dealingInfo(context, attempt, dealer, open.seat);
    try {
      ciphertexts.push(hexlify(await hpkeSeal(getBytes(open.payload.oneTimeKey), info, subShares, randomness)));
    } catch {
      return { reason: "bad_one_time_key", accused: open.seat };
    } finally {
      subShares.fill(0);
    }
  }
  return {
    opensHash: hashOpens(opens),
    commitments: polynomials.map((polynomial) => commitPolynomial(polynomial).map((point) => hexlify(point))),
    proofs: polynomials.map((polynomial, key) =>
      hexlify(proveKnowledge(polynomial[0] ?? 0n, proofBinding(contextHash, attempt, dealer, key), randomness)),
    ),
    ciphertexts,
  };
}

/** What a receiver finds in a deal: its sub-shares in batch order, or why the dealer is to blame. */
export type DealCheck = { ok: true; subShares: bigint[] } | { ok: false; reason: AbortReason };

/** Every check of one deal that `receiver` can make with its one-time secret. */
export async function checkDeal(
  context: CeremonyContext,
  deal: MessageOf<"deal">,
  opens: readonly MessageOf<"open">[],
  receiver: Seat,
  oneTimeSecret: Uint8Array,
): Promise<DealCheck> {
  const { payload, seat: dealer, attempt } = deal;
  if (payload.opensHash !== hashOpens(opens)) return { ok: false, reason: "opens_mismatch" };

  const contextHash = hashContext(context);
  const commitments = payload.commitments.map((points) => points.map((point) => getBytes(point)));
  for (const [key, points] of commitments.entries()) {
    if (!points.every(isPoint)) return { ok: false, reason: "bad_commitment" };
    const binding = proofBinding(contextHash, attempt, dealer, key);
    const proof = getBytes(payload.proofs[key] ?? "0x");
    if (!verifyKnowledge(points[0] ?? new Uint8Array(), binding, proof)) return { ok: false, reason: "bad_proof" };
    await letOthersRun();
  }
  try {
    const sealed = getBytes(payload.ciphertexts[receiver - 1] ?? "0x");
    const opened = await hpkeOpen(oneTimeSecret, dealingInfo(context, attempt, dealer, receiver), sealed);
    const subShares = commitments.map((points, key) => {
      const subShare = scalarFromBytes(opened.subarray(key * SCALAR_BYTES, (key + 1) * SCALAR_BYTES));
      const [committed = new Uint8Array()] = evaluateCommitments(points, [receiver]);
      if (Buffer.compare(publicKeyOf(subShare), committed) !== 0) {
        throw new RangeError("the sub-share is off the committed polynomial");
      }
      return subShare;
    });
    opened.fill(0);
    return { ok: true, subShares };
  } catch {
    return { ok: false, reason: "bad_sub_share" };
  }
}

function isPoint(bytes: Uint8Array): boolean {
  try {
    parseG1(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A ciphertext opens only for the ceremony, attempt, dealer and receiver for which it was made. */
function dealingInfo(context: CeremonyContext, attempt: number, dealer: Seat, receiver: Seat): Uint8Array {
  const { chainId, verifyingContract, requestId, setId, generation } = context;
  return encode(
    ["string", "uint256", "address", "uint256", "uint256", "uint256", "uint256", "uint256", "uint256"],
    ["septet/dealing/v1", chainId, verifyingContract, requestId, setId, generation, attempt, dealer, receiver],
  );
}

/** A proof counts only for one constant term, so that nobody can repeat another dealer's. */
function proofBinding(contextHash: Uint8Array, attempt: number, dealer: Seat, keyIndex: number): Uint8Array {
  return encode(
    ["string", "bytes32", "uint256", "uint256", "uint256"],
    ["septet/constant-term/v1", contextHash, attempt, dealer, keyIndex],
  );
}

const encode = (types: string[], values: unknown[]) => getBytes(AbiCoder.defaultAbiCoder().encode(types, values));
