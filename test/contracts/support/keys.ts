import { SecretKey } from "@chainsafe/blst";
import { concat, getBytes, hexlify, keccak256, toBeHex, toUtf8Bytes } from "ethers";
import { depositSigningRoot } from "../../../services/ceremony/deposit.ts";
import { g1ToEip2537, g2ToEip2537 } from "../../../services/crypto/points.ts";
import { evaluatePolynomial, publicKeyOf } from "../../../services/crypto/polynomial.ts";
import { Fr } from "../../../services/crypto/scalars.ts";
import { SEATS } from "../../../services/crypto/seats.ts";

/** A key whose polynomial the test knows as a whole, which no one ever may outside of a test. */
export interface TestKey {
  groupSecret: bigint;
  /** Secrets of seats 1 to 7. */
  shares: bigint[];
  /** 48 bytes. */
  pubkey: string;
  /** 1024 bytes, EIP-2537. */
  points: string;
}

/** A polynomial of degree `degree`, the same for the same name. */
export function testKey(name: string, degree = 3): TestKey {
  const polynomial = Array.from({ length: degree + 1 }, (_, i) =>
    Fr.create(BigInt(keccak256(toUtf8Bytes(`${name} coefficient ${i}`)))),
  );
  const shares = SEATS.map((seat) => evaluatePolynomial(polynomial, seat));
  return keyOf(Fr.mul(720n, polynomial[0] ?? 0n), shares);
}

/** A key of any eight secrets, on one polynomial or not. */
export function keyOf(groupSecret: bigint, shares: bigint[]): TestKey {
  const points = [groupSecret, ...shares].map((secret) => hexlify(g1ToEip2537(publicKeyOf(secret))));
  return { groupSecret, shares, pubkey: hexlify(publicKeyOf(groupSecret)), points: concat(points) };
}

export interface DepositTerms {
  withdrawalCredentials: string;
  genesisForkVersion: string;
  amountGwei: bigint;
}

/** The deposit signature of a secret: compressed (96 bytes) and for the contract (256 bytes). */
export function signDeposit(secret: bigint, pubkey: string, terms: DepositTerms) {
  const root = depositSigningRoot(
    {
      withdrawalCredentials: getBytes(terms.withdrawalCredentials),
      genesisForkVersion: getBytes(terms.genesisForkVersion),
      amountGwei: terms.amountGwei,
    },
    getBytes(pubkey),
  );
  const signature = SecretKey.fromBytes(getBytes(toBeHex(secret, 32)))
    .sign(root)
    .toBytes();
  return { compressed: hexlify(signature), encoded: hexlify(g2ToEip2537(signature)) };
}
