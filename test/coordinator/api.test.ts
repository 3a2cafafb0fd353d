import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Wallet } from "ethers";
import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { MAX_ATTEMPTS } from "../../services/ceremony/context.ts";
import type { AbortReason, CeremonyMessage } from "../../services/ceremony/messages.ts";
import { signMessage, type UnsignedMessage } from "../../services/ceremony/signing.ts";
import { createApi } from "../../services/coordinator/api/api.ts";
import { type CeremonyMailbox, createMailbox } from "../../services/coordinator/mailbox/mailbox.ts";
import { createMetrics } from "../../services/coordinator/metrics.ts";
import { project } from "../../services/coordinator/projection/projection.ts";
import { createMailboxStore, type MailboxStore } from "../../services/coordinator/store/mailboxStore.ts";
import { SEATS, type Seat } from "../../services/crypto/seats.ts";
import { createManualClock } from "../ceremony/manualClock.ts";
import { createContext } from "../ceremony/world.ts";
import { temporaryDatabase } from "./support/temporaryStore.ts";

const REQUEST = "42";
const URL = `/v1/ceremonies/${REQUEST}/messages`;

describe("mailbox API", () => {
  const wallets = SEATS.map((seat) => new Wallet(`0x${String(seat).repeat(64)}`));
  const context = createContext(wallets);
  let clock: ReturnType<typeof createManualClock>;
  let store: MailboxStore;
  let mailbox: CeremonyMailbox;
  let api: FastifyInstance;
  let open: boolean;
  let woken: string[];
  let registry: Registry;

  function createStack() {
    mailbox = createMailbox({
      ...{ store, clock },
      request: (id) => (id === REQUEST ? { open, deadlineSeconds: context.deadlineSeconds } : undefined),
      readContext: async () => context,
      onStored: (id) => void woken.push(id),
    });
    registry = new Registry();
    const status = async () => ({
      address: "0x00000000000000000000000000000000000000cc",
      chain: { headNumber: 9, cursorNumber: 8, synced: true },
      redisReachable: false,
      projection: project([]),
      progress: [],
    });
    api = createApi({ mailbox, status, registry, metrics: createMetrics(registry), clock, onError: () => {} });
  }
  beforeEach(() => {
    clock = createManualClock(1_700_000_000_000);
    store = createMailboxStore(temporaryDatabase());
    open = true;
    woken = [];
    createStack();
  });
  afterEach(() => api.close());

  const sign = async (seat: Seat, unsigned: Partial<UnsignedMessage>, signer = wallets[seat - 1]) => {
    const opening = { kind: "open", payload: { oneTimeKey: `0x${"ab".repeat(32)}` } };
    const message = { requestId: REQUEST, attempt: 1, seat, ...opening, ...unsigned } as UnsignedMessage;
    return (await signMessage(context, signer as Wallet, message)) as CeremonyMessage;
  };
  const abort = (seat: Seat, attempt: number, reason: AbortReason = "timeout") =>
    sign(seat, { attempt, kind: "abort", payload: { reason, accused: 0 } } as Partial<UnsignedMessage>);
  const post = async (body: unknown, url = URL) => {
    const payload = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await api.inject({ method: "POST", url, payload, headers: { "content-type": "application/json" } });
    return { status: answer.statusCode, body: answer.json() };
  };
  const list = async (after?: string) => {
    const answer = await api.inject({ url: after === undefined ? URL : `${URL}?after=${after}` });
    return answer.json() as { messages: CeremonyMessage[]; cursor: string };
  };

  it("keeps a member's message once, serves it after any earlier cursor, and wakes the ceremony's job", async () => {
    const message = await sign(1, {});
    assert.deepEqual(await post(message), { status: 202, body: { stored: true } });
    assert.deepEqual(await post(message), { status: 202, body: { stored: false } });
    assert.deepEqual(woken, [REQUEST]);
    const first = await list();
    assert.deepEqual(first.messages, [message]);
    assert.deepEqual((await list(first.cursor)).messages, []);
    const second = await sign(2, {});
    await post(second);
    assert.deepEqual((await list(first.cursor)).messages, [second]);
  });

  it("serves what was stored after a restart, and still knows it", async () => {
    const message = await sign(1, {});
    await post(message);
    await api.close();
    createStack();
    assert.deepEqual((await list()).messages, [message]);
    assert.deepEqual((await post(message)).body, { stored: false });
    assert.deepEqual(await mailbox.messages(42n), [message]);
  });

  const refusals: [string, () => Promise<unknown>, number, string][] = [
    ["what is not JSON", async () => "nonsense", 400, "bad_request"],
    ["another kind", async () => ({ ...(await sign(1, {})), kind: "gossip" }), 400, "malformed_message"],
    ["an unknown field", async () => ({ ...(await sign(1, {})), extra: 1 }), 400, "malformed_message"],
    ["another request's number", async () => sign(1, { requestId: "43" }), 400, "wrong_request"],
    ["a seat's message signed by another member", async () => sign(1, {}, wallets[1]), 401, "bad_signature"],
    ["a stranger's message", async () => sign(1, {}, new Wallet(`0x${"99".repeat(32)}`)), 401, "bad_signature"],
    ["an attempt that nobody has opened", async () => sign(1, { attempt: 2 }), 409, "unknown_attempt"],
    ["a message over the size limit", async () => ({ padding: "0".repeat(200_000) }), 413, "body_too_large"],
  ];
  for (const [what, make, status, code] of refusals) {
    it(`refuses ${what} and keeps nothing`, async () => {
      const answer = await post(await make());
      assert.deepEqual({ status: answer.status, code: answer.body.code }, { status, code });
      assert.deepEqual(store.requestIds(), []);
      assert.deepEqual(woken, []);
      const metrics = await registry.metrics();
      if (status !== 413 && code !== "bad_request") {
        assert.match(metrics, new RegExp(`mailbox_posts_total{outcome="${code}"} 1`));
      }
    });
  }

  it("knows only requests of the chain, and takes nothing for closed ones", async () => {
    const message = await sign(1, {});
    assert.equal((await post(message, "/v1/ceremonies/7/messages")).body.code, "request_not_found");
    assert.equal((await post(message, "/v1/ceremonies/x/messages")).body.code, "bad_request");
    assert.equal(((await list("-1" as string)) as unknown as { code: string }).code, "bad_request");
    open = false;
    assert.deepEqual((await post(message)).status, 409);
  });

  it("forgets messages of a closed request only when its deadline has passed, because a reorganisation may open it again", async () => {
    await post(await sign(1, {}));
    open = false;
    mailbox.forgetClosed();
    assert.deepEqual(store.requestIds(), [REQUEST]);
    clock.advance(context.deadlineSeconds * 1000 - clock.nowMs());
    mailbox.forgetClosed();
    assert.deepEqual(store.requestIds(), []);
  });

  it("keeps at most two different messages of one kind of a seat, as the evidence", async () => {
    for (let index = 1; index <= 4; index++) {
      const oneTimeKey = `0x${String(index).repeat(64)}`;
      const answer = await post(await sign(1, { payload: { oneTimeKey } } as Partial<UnsignedMessage>));
      assert.deepEqual(answer.body, { stored: index <= 2 });
    }
    assert.equal((await list()).messages.length, 2);
  });

  it("leaves one seat's flood to that seat", async () => {
    const codes: number[] = [];
    for (let attempt = 1; attempt <= Math.min(40, MAX_ATTEMPTS); attempt++) {
      codes.push((await post(await abort(1, attempt))).status);
    }
    assert.equal(codes.filter((code) => code === 429).length, 40 - 32);
    assert.equal((await post(await sign(2, {}))).status, 202);
    clock.advance(1_000);
    assert.equal((await post(await abort(1, 33))).status, 202);
  });

  it("refuses an address that asks too often, until time has passed", async () => {
    const ask = async () => (await api.inject({ url: "/livez" })).statusCode;
    const codes = await Promise.all(Array.from({ length: 250 }, ask));
    assert.equal(codes.filter((code) => code === 200).length, 200);
    assert.equal(codes.filter((code) => code === 429).length, 50);
    clock.advance(1_000);
    assert.equal(await ask(), 200);
  });

  it("names in /readyz why it is not ready", async () => {
    const answer = await api.inject({ url: "/readyz" });
    assert.equal(answer.statusCode, 503);
    assert.deepEqual(answer.json(), { ready: false, reasons: ["Redis can't be reached"] });
  });
});
