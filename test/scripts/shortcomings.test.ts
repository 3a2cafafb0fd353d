import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DemoReport, shortcomings } from "../../scripts/world/report.ts";

const perfect = { due: 3, included: 3, timelyTarget: 3, timelyHead: 3 };
const report: Omit<DemoReport, "ok"> = {
  seconds: 600,
  phases: [],
  validator: { pubkey: "0x", index: 16, activationEpoch: 20 },
  duties: { allUp: perfect, twoDown: perfect, recovered: perfect },
  blocksDue: { allUp: 2, twoDown: 1, recovered: 1 },
  blocksProposed: { allUp: 2, twoDown: 1, recovered: 0 },
  slashings: 0,
  report: { number: 9, slot: 300, validators: 1, startedAtBlock: 300, finishedAtBlock: 302, differenceWei: "5" },
  redemption: {
    requestId: 3,
    shares: "20000000000000000000",
    capWeiPer1e27Shares: "1000000000000000000000000000",
    withdrawal: { amountGwei: "11000000000", requestedAtBlock: 200, processedAtBlock: 280 },
    claimedWei: "20000000000000000000",
  },
  rateCheck: {
    provenTotalWei: "137000000000000000005",
    independentTotalWei: "137000000000000000005",
    unstreamedWei: "4",
    rate: "1000000000000000000",
    independentRate: "1000000000000000000",
    differenceWei: "0",
  },
  shareRate: "1000000000000000000",
};

describe("a demo report is a success only when everything went as promised", () => {
  it("accepts full duties and proposals in two of three phases", () => {
    assert.deepEqual(shortcomings(report), []);
  });

  for (const phase of ["allUp", "twoDown", "recovered"] as const) {
    it(`refuses a missed target in phase ${phase}`, () => {
      const duties = { ...report.duties, [phase]: { ...perfect, timelyTarget: 2 } };
      assert.equal(shortcomings({ ...report, duties }).length, 1);
    });

    it(`refuses a phase ${phase} in which nothing was due`, () => {
      const duties = { ...report.duties, [phase]: { due: 0, included: 0, timelyTarget: 0, timelyHead: 0 } };
      assert.equal(shortcomings({ ...report, duties }).length, 1);
    });
  }

  it("refuses a run with proposals in one phase only", () => {
    const blocksProposed = { allUp: 4, twoDown: 0, recovered: 0 };
    assert.equal(shortcomings({ ...report, blocksProposed }).length, 1);
  });

  it("refuses a total that both chains do not show, by a single wei", () => {
    const rateCheck = { ...report.rateCheck, provenTotalWei: "137000000000000000006" };
    assert.equal(shortcomings({ ...report, rateCheck }).length, 1);
  });

  it("refuses a rate that is off by a wei", () => {
    const rateCheck = { ...report.rateCheck, differenceWei: "-1" };
    assert.equal(shortcomings({ ...report, rateCheck }).length, 1);
  });

  it("refuses a redemption that paid nothing", () => {
    const redemption = { ...report.redemption, claimedWei: "0" };
    assert.equal(shortcomings({ ...report, redemption }).length, 1);
  });

  it("refuses a slashing", () => {
    assert.equal(shortcomings({ ...report, slashings: 1 }).length, 1);
  });
});
