import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { attemptOf, createBook, recordMessage } from "../../services/ceremony/book.ts";
import { type AttemptView, decide, ROUNDS, type Round } from "../../services/ceremony/decide.ts";
import type { CeremonyMessage } from "../../services/ceremony/messages.ts";
import { SEATS, type Seat } from "../../services/crypto/seats.ts";

/** Unsigned messages: whoever decides has verified them before. */
const message = (round: Round | "abort", seat: Seat, version = 0): CeremonyMessage => {
  const hash = `0x0${version}${"00".repeat(31)}`;
  const payloads = {
    open: { oneTimeKey: hash },
    deal: { opensHash: hash, commitments: [], proofs: [], ciphertexts: [] },
    result: { transcriptHash: hash, encryptedShares: [], depositSignatures: [] },
    acknowledgement: { transcriptHash: hash, keysHash: hash, encryptedSharesHash: hash },
    abort: { reason: "timeout", accused: 0 },
  };
  return {
    requestId: "1",
    attempt: 1,
    seat,
    signature: "0x",
    kind: round,
    payload: payloads[round],
  } as CeremonyMessage;
};

const view = (messages: CeremonyMessage[], own: Round[], timedOut = false): AttemptView => {
  const book = createBook();
  const kept = Object.fromEntries(own.map((round) => [round, message(round, 1)]));
  for (const one of [...Object.values(kept), ...messages]) recordMessage(book, one);
  return { selfSeat: 1, messages: attemptOf(book, 1), own: kept, timedOut };
};
const others = (round: Round, version = 0) => SEATS.slice(1).map((seat) => message(round, seat, version));
const before = (round: Round) => ROUNDS.slice(0, ROUNDS.indexOf(round));

for (const round of ROUNDS) {
  const earlier = before(round).flatMap((previous) => others(previous));

  test(`sends its ${round} once all seven messages of every earlier round are there`, () => {
    assert.deepEqual(decide(view(earlier, before(round))), { do: "send", round });
  });

  test(`awaits the missing ${round}s by seat, and blames the first of them when time is up`, () => {
    const present = [message(round, 2), message(round, 6)];
    const own = [...before(round), round];
    assert.deepEqual(decide(view([...earlier, ...present], own)), { do: "wait", round, missing: [3, 4, 5, 7] });
    const late = { do: "abort", reason: "timeout", accused: 3 };
    assert.deepEqual(decide(view([...earlier, ...present], own, true)), late);
  });

  test(`aborts when its store doesn't know the ${round} that it signed`, () => {
    const lost = { do: "abort", reason: "state_lost", accused: 1 };
    assert.deepEqual(decide(view([...earlier, message(round, 1)], before(round))), lost);
  });
}

const complete = ROUNDS.flatMap((round) => others(round));

test("finishes on seven equal acknowledgements even if somebody aborts afterwards", () => {
  assert.deepEqual(decide(view(complete, [...ROUNDS])), { do: "finish" });
  assert.deepEqual(decide(view([...complete, message("abort", 5)], [...ROUNDS], true)), { do: "finish" });
});

test("leaves an aborted attempt in which not all have acknowledged, and never acknowledges it", () => {
  const messages = [...complete.filter(({ kind }) => kind !== "acknowledgement"), message("abort", 5)];
  assert.deepEqual(decide(view(messages, ["open", "deal", "result"])), { do: "leave" });
});

test("blames whoever acknowledged something else", () => {
  const messages = [
    ...complete.filter(({ seat }) => seat !== 4),
    ...before("acknowledgement").map((round) => message(round, 4)),
  ];
  const decision = decide(view([...messages, message("acknowledgement", 4, 1)], [...ROUNDS]));
  assert.deepEqual(decision, { do: "abort", reason: "acknowledgement_mismatch", accused: 4 });
});

test("never acknowledges without seven results, nor deals without seven opens, whatever arrives in whatever order", () => {
  const mostlyComplete = fc.shuffledSubarray(complete, { minLength: complete.length - 4 });
  const contradiction = fc.constantFrom(...ROUNDS.flatMap((round) => others(round, 1)));
  const arrivals = fc
    .tuple(mostlyComplete, fc.option(contradiction))
    .map(([some, one]) => (one ? [...some, one] : some));
  fc.assert(
    fc.property(arrivals, fc.nat(4), fc.boolean(), (messages, ownRounds, timedOut) => {
      const decision = decide(view(messages, ROUNDS.slice(0, ownRounds), timedOut));
      if (decision.do !== "send") return;
      for (const earlier of before(decision.round)) {
        const seats = new Set(messages.filter(({ kind }) => kind === earlier).map(({ seat }) => seat));
        assert.equal(seats.size, 6, `${decision.round} without all ${earlier}s`);
      }
      const slots = messages.map(({ kind, seat }) => `${kind}/${seat}`);
      assert.equal(new Set(slots).size, slots.length, "went on in spite of an equivocation");
    }),
  );
});
