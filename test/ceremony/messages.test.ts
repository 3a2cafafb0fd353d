import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Wallet } from "ethers";
import fc from "fast-check";
import { attemptOf, createBook, currentAttempt, isExhausted, recordMessage } from "../../services/ceremony/book.ts";
import { checkContext, MAX_ATTEMPTS } from "../../services/ceremony/context.ts";
import {
  type CeremonyMessage,
  MAX_MESSAGE_BYTES,
  parseMessage,
  parseMessageText,
  type Statement,
} from "../../services/ceremony/messages.ts";
import { signMessage, type UnsignedMessage, verifyMessage } from "../../services/ceremony/signing.ts";
import { SEATS, type Seat } from "../../services/crypto/seats.ts";
import { createContext } from "./world.ts";

const wallets = SEATS.map(() => Wallet.createRandom());
const context = createContext(wallets);
const open: Statement = { kind: "open", payload: { oneTimeKey: `0x${"07".repeat(32)}` } };
const abort: Statement = { kind: "abort", payload: { reason: "timeout", accused: 3 } };

const sign = (
  statement: Statement,
  { seat = 1, attempt = 1, signer = seat }: { seat?: Seat; attempt?: number; signer?: Seat } = {},
) => {
  const wallet = wallets[signer - 1];
  assert.ok(wallet);
  const unsigned = { requestId: "42", attempt, seat, ...statement } as UnsignedMessage;
  return signMessage(context, wallet, unsigned) as Promise<CeremonyMessage>;
};

const bytes = (length: number) => `0x${"ab".repeat(length)}`;
/** Messages of the right form, whatever their bytes mean. */
const statements = (keyCount: number): Statement[] => {
  const perKey = (item: string) => Array.from({ length: keyCount }, () => item);
  return [
    open,
    abort,
    {
      kind: "deal",
      payload: {
        opensHash: bytes(32),
        commitments: Array.from({ length: keyCount }, () => Array.from({ length: 4 }, () => bytes(48))),
        proofs: perKey(bytes(80)),
        ciphertexts: Array.from({ length: 7 }, () => bytes(48 + 32 * keyCount)),
      },
    },
    {
      kind: "result",
      payload: { transcriptHash: bytes(32), encryptedShares: perKey(bytes(48)), depositSignatures: perKey(bytes(96)) },
    },
    {
      kind: "acknowledgement",
      payload: { transcriptHash: bytes(32), keysHash: bytes(32), encryptedSharesHash: bytes(32) },
    },
  ];
};

let signedOpen: CeremonyMessage;
before(async () => {
  signedOpen = await sign(open);
});

test("every kind survives JSON and verifies for its signer", async () => {
  for (const statement of statements(1)) {
    const message = await sign(statement, { seat: 4 });
    const received = parseMessageText(JSON.stringify(message));
    assert.deepEqual(received, message);
    verifyMessage(context, received);
  }
});

test("the largest batch fits into the message limit, and text over the limit isn't parsed", async () => {
  for (const statement of statements(128)) {
    const message = await sign(statement);
    const text = JSON.stringify(message);
    assert.ok(text.length < MAX_MESSAGE_BYTES);
    verifyMessage({ ...context, keyCount: 128 }, parseMessageText(text));
    assert.throws(() => parseMessageText(text + " ".repeat(MAX_MESSAGE_BYTES)), { code: "wrong_size" });
  }
});

test("a message signed by another member, or whose content changed, is refused", async () => {
  const others = [
    await sign(open, { seat: 1, signer: 2 }),
    { ...signedOpen, seat: 2 },
    { ...signedOpen, attempt: 2 },
    { ...signedOpen, payload: { oneTimeKey: bytes(32) } },
    { ...signedOpen, signature: bytes(65) },
    { ...(await sign(abort)), payload: { reason: "timeout", accused: 4 } },
  ];
  for (const message of others) {
    assert.throws(() => verifyMessage(context, parseMessage(message)), { code: "bad_signature" });
  }
});

test("a message signed for another chain, contract, request or number of keys is refused", async () => {
  for (const changed of [{ chainId: 1n }, { verifyingContract: "0x00000000000000000000000000000000000000ab" }]) {
    assert.throws(() => verifyMessage({ ...context, ...changed }, signedOpen), { code: "bad_signature" });
  }
  assert.throws(() => verifyMessage({ ...context, requestId: 43n }, signedOpen), { code: "wrong_request" });
  for (const statement of statements(2).filter(({ kind }) => kind === "deal" || kind === "result")) {
    const message = await sign(statement);
    assert.throws(() => verifyMessage(context, message), { code: "wrong_size" });
  }
});

test("an acknowledgement of another set is refused, because the contract would refuse it", async () => {
  const acknowledgement = statements(1).find(({ kind }) => kind === "acknowledgement");
  assert.ok(acknowledgement);
  const message = await sign(acknowledgement);
  assert.throws(() => verifyMessage({ ...context, setId: 4n }, message), { code: "bad_signature" });
});

test("parsing refuses every message that isn't exactly of its form", () => {
  const malformed = [
    null,
    [],
    {},
    { ...signedOpen, extra: 1 },
    { ...signedOpen, kind: "close" },
    { ...signedOpen, seat: 0 },
    { ...signedOpen, seat: 8 },
    { ...signedOpen, seat: "1" },
    { ...signedOpen, attempt: 0 },
    { ...signedOpen, attempt: 65 },
    { ...signedOpen, attempt: 1.5 },
    { ...signedOpen, requestId: "042" },
    { ...signedOpen, requestId: 42 },
    { ...signedOpen, requestId: "9".repeat(100) },
    { ...signedOpen, payload: { oneTimeKey: bytes(31) } },
    { ...signedOpen, payload: { oneTimeKey: bytes(33) } },
    { ...signedOpen, payload: { oneTimeKey: `0x${"AB".repeat(32)}` } },
    { ...signedOpen, signature: bytes(64) },
    { ...signedOpen, payload: { oneTimeKey: bytes(32), __proto__: null, more: 1 } },
  ];
  for (const input of malformed) {
    assert.throws(() => parseMessage(input), { code: "malformed_message" }, JSON.stringify(input)?.slice(0, 80));
  }
  assert.throws(() => parseMessageText("{"), { code: "malformed_message" });
  const [, , deal] = statements(129);
  assert.throws(() => parseMessage({ ...signedOpen, ...deal }), { code: "malformed_message" });
});

test("parsing any JSON value either refuses it with a typed error or returns it unchanged", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(signedOpen)), (value, field) => {
      const input = { ...signedOpen, [field]: value };
      try {
        assert.deepEqual(parseMessage(input), input);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "malformed_message");
      }
    }),
  );
});

test("a book takes one message of each kind and seat, knows repetitions, and keeps one equivocation as evidence", async () => {
  const book = createBook();
  const second = await sign({ kind: "open", payload: { oneTimeKey: bytes(32) } });
  const third = await sign({ kind: "open", payload: { oneTimeKey: `0x${"cd".repeat(32)}` } });
  const outcomes = [signedOpen, structuredClone(signedOpen), second, second, third].map((m) => recordMessage(book, m));
  assert.deepEqual(outcomes, ["recorded", "known", "equivocation", "surplus", "surplus"]);
  assert.equal(attemptOf(book, 1).open.get(1), signedOpen);
  assert.deepEqual([...attemptOf(book, 1).equivocators], [1]);
});

test("an attempt exists once the one before it was aborted, and there are 64 of them", async () => {
  const book = createBook();
  assert.throws(() => recordMessage(book, { ...signedOpen, attempt: 2 }), { code: "unknown_attempt" });
  const signedAbort = await sign(abort);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    assert.equal(currentAttempt(book), attempt);
    assert.equal(isExhausted(book), false);
    assert.equal(recordMessage(book, { ...signedAbort, attempt }), "recorded");
    assert.equal(recordMessage(book, { ...signedAbort, attempt, seat: 2 }), "recorded");
  }
  assert.equal(isExhausted(book), true);
  assert.equal(currentAttempt(book), MAX_ATTEMPTS);
});

test("a second reason of one seat to abort an attempt is surplus and no equivocation", async () => {
  const book = createBook();
  const other: Statement = { kind: "abort", payload: { reason: "equivocation", accused: 2 } };
  assert.equal(recordMessage(book, await sign(abort)), "recorded");
  assert.equal(recordMessage(book, await sign(other)), "surplus");
  assert.equal(attemptOf(book, 1).equivocators.size, 0);
});

test("a context with too many keys, a repeated node key, a missing or misplaced member is refused", () => {
  const { members } = context;
  const [first, second] = members;
  assert.ok(first && second);
  const bad = [
    { keyCount: 0 },
    { keyCount: 129 },
    { members: members.slice(1) },
    { members: [second, first, ...members.slice(2)] },
    { members: [{ ...first, nodeKey: second.nodeKey }, ...members.slice(1)] },
    { members: [{ ...first, nodeKey: "0x12" }, ...members.slice(1)] },
    { withdrawalCredentials: new Uint8Array(31) },
    { genesisForkVersion: new Uint8Array(5) },
    { verifyingContract: "" },
  ];
  for (const change of bad) assert.throws(() => checkContext({ ...context, ...change }), { code: "invalid_context" });
  checkContext(context);
});
