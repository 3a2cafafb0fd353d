import "../support/preset.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { depositSigningRoot } from "../../services/ceremony/deposit.ts";

const { computeDomain, computeSigningRoot, ZERO_HASH } = await import("@lodestar/state-transition");
const { DOMAIN_DEPOSIT } = await import("@lodestar/params");
const { ssz } = await import("@lodestar/types");

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test("the deposit's signing root is the one that a consensus client computes", () => {
  fc.assert(
    fc.property(bytes(48), bytes(32), bytes(4), fc.integer({ min: 1 }), (pubkey, credentials, forkVersion, amount) => {
      const deposit = { pubkey, withdrawalCredentials: credentials, amount };
      const domain = computeDomain(DOMAIN_DEPOSIT, forkVersion, ZERO_HASH);
      const context = {
        withdrawalCredentials: credentials,
        genesisForkVersion: forkVersion,
        amountGwei: BigInt(amount),
      };
      const expected = computeSigningRoot(ssz.phase0.DepositMessage, deposit, domain);
      assert.deepEqual(depositSigningRoot(context, pubkey), expected);
    }),
  );
});
