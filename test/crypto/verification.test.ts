import assert from "node:assert/strict";
import { test } from "node:test";
import type { Seat } from "../../services/crypto/seats.ts";
import { combineVerified, verifyPartial, verifySameMessage } from "../../services/crypto/verification.ts";
import { FOUR_SUBSETS, partialOf, randomRoot, randomSharing, sign } from "./sharing.ts";

const sharing = randomSharing();
const { groupKey, shareKeys } = sharing;
const signingRoot = randomRoot();
const expected = sign(sharing.groupSecret, signingRoot);
const partial = (seat: Seat) => partialOf(sharing, seat, signingRoot);
const wrongMessage = (seat: Seat) => partialOf(sharing, seat, new Uint8Array(32).fill(seat));
const garbage = (seat: Seat) => ({ seat, signature: new Uint8Array(96).fill(0xff) });
const combine = (partials: ReturnType<typeof partial>[]) =>
  combineVerified({ groupKey, shareKeys, signingRoot, partials });

test("a partial verifies under its own seat's share key only", () => {
  const { signature } = partial(2);
  const verdicts = shareKeys.map((shareKey) => verifyPartial(shareKey, signingRoot, signature));
  assert.deepEqual(verdicts, [false, true, false, false, false, false, false]);
});

test("combines the first four of valid partials", () => {
  const result = combine([7, 3, 5, 1, 2].map((seat) => partial(seat as Seat)));
  assert.deepEqual(result, { ok: true, signature: expected, culprits: [] });
});

test("finds the culprits and combines the others, wherever three bad partials stand", () => {
  for (const good of FOUR_SUBSETS.filter((_, index) => index % 5 === 0)) {
    const all = ([1, 2, 3, 4, 5, 6, 7] as const).map((seat) =>
      good.includes(seat) ? partial(seat) : seat % 2 ? wrongMessage(seat) : garbage(seat),
    );
    const result = combine(all);
    assert.ok(result.ok, `good seats ${good}`);
    assert.deepEqual(result.signature, expected);
    // Four good partials in front are never doubted, so nobody looks at the rest.
    if (result.culprits.length > 0) {
      assert.deepEqual(new Set([...result.culprits, ...good]), new Set([1, 2, 3, 4, 5, 6, 7]));
    }
  }
});

test("names the culprits when fewer than four valid partials remain", () => {
  const result = combine([partial(1), partial(2), wrongMessage(3), garbage(4), partial(5)]);
  assert.deepEqual(result, { ok: false, reason: "too_few_partials", culprits: [3, 4] });
});

test("a seat that repeats its partial counts once", () => {
  const result = combine([partial(1), partial(1), partial(2), partial(3)]);
  assert.deepEqual(result, { ok: false, reason: "too_few_partials", culprits: [] });
});

test("partials of a sharing that isn't the group's are reported as inconsistent keys, accusing nobody", () => {
  const partials = ([1, 2, 3, 4] as const).map(partial);
  const result = combineVerified({ groupKey: randomSharing().groupKey, shareKeys, signingRoot, partials });
  assert.deepEqual(result, { ok: false, reason: "inconsistent_keys", culprits: [] });
});

test("a batch on one message names exactly the invalid signatures", () => {
  const others = Array.from({ length: 6 }, randomSharing);
  const items = others.map((other) => ({ publicKey: other.groupKey, signature: sign(other.groupSecret, signingRoot) }));
  assert.deepEqual(
    verifySameMessage(signingRoot, items),
    items.map(() => true),
  );

  const [first, second] = items;
  assert.ok(first && second);
  const swapped = [
    { ...first, signature: second.signature },
    { ...second, signature: first.signature },
    ...items.slice(2),
  ];
  assert.deepEqual(verifySameMessage(signingRoot, swapped), [false, false, true, true, true, true]);
  assert.deepEqual(verifySameMessage(signingRoot, [{ ...first, signature: new Uint8Array(96) }]), [false]);
  assert.deepEqual(verifySameMessage(signingRoot, []), []);
});
