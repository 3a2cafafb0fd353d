import { expect } from "chai";
import { type Busy, busyPool, ENTRY_POINTS } from "./support/busy.ts";
import { DAY, ethers, networkHelpers } from "./support/chain.ts";
import { documented, HOW_TO_UPDATE, table } from "./support/generatedDocs.ts";
import { account, ETHER } from "./support/septet.ts";

const TRUST = new URL("../../docs/trust.md", import.meta.url);

const now = async () => BigInt(await networkHelpers.time.latest());

/** A call that only this contract may make, *simulated*: its own reasons have tests of their own. */
async function as(contract: { getAddress(): Promise<string> }) {
  const address = await contract.getAddress();
  await networkHelpers.setBalance(address, ETHER);
  return ethers.getImpersonatedSigner(address);
}

const STATES: Record<string, (septet: Busy) => Promise<unknown>> = {
  working: async () => {},
  frozen: async ({ stakingPool, slashings }) =>
    stakingPool.connect(await as(slashings)).freeze((await now()) + 3n * DAY),
  paused: async (septet) => {
    await septet.guardian.setGuardian(account(septet, 15));
    await septet.guardian.connect(account(septet, 15)).pause((await now()) + 14n * DAY);
  },
  "reports stale": () => networkHelpers.time.increase(3n * DAY + 1n),
  quarantine: async ({ stakingPool, verifierReplacement }) =>
    stakingPool.connect(await as(verifierReplacement)).quarantine((await now()) + 30n * DAY),
  "top-up leaving": async ({ stakingPool, validatorManager }) =>
    stakingPool.connect(await as(validatorManager)).setTopUpLeaving(true),
  closed: async ({ stakingPool }) => {
    await networkHelpers.time.increase(60n * DAY + 1n);
    await stakingPool.close();
  },
};

const GOES_ON = "goes on";
const STOPS = "stops";
const ALWAYS = [GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON];
const UNTIL_CLOSED = [GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON, STOPS];
const ONLY_CLOSED = [STOPS, STOPS, STOPS, STOPS, STOPS, STOPS, GOES_ON];

/** What the design says, in the order of STATES. */
const EXPECTED: Record<string, string[]> = {
  "deposit, mint": [GOES_ON, STOPS, STOPS, STOPS, STOPS, STOPS, STOPS],
  "bond with ETH (a deposit)": [GOES_ON, STOPS, STOPS, STOPS, STOPS, STOPS, STOPS],
  "bond with shares": ALWAYS,
  transfer: ALWAYS,
  "ask for redemption": UNTIL_CLOSED,
  "fill redemptions": [GOES_ON, STOPS, GOES_ON, GOES_ON, GOES_ON, GOES_ON, STOPS],
  "claim what is filled": ALWAYS,
  "start a report": UNTIL_CLOSED,
  "mint fees": UNTIL_CLOSED,
  "request keys": [GOES_ON, GOES_ON, STOPS, GOES_ON, STOPS, GOES_ON, STOPS],
  predeposit: [GOES_ON, GOES_ON, STOPS, GOES_ON, STOPS, GOES_ON, STOPS],
  "top up": [GOES_ON, GOES_ON, GOES_ON, GOES_ON, STOPS, GOES_ON, STOPS],
  "request an exit": ALWAYS,
  "propose a rotation": ALWAYS,
  "lock and unlock votes": ALWAYS,
  "set a parameter": ALWAYS,
  "exit without proof": ONLY_CLOSED,
  "lock shares and draw": ONLY_CLOSED,
  "take votes back at once": ONLY_CLOSED,
};

describe("I16: stops", () => {
  for (const [index, [state, enter]] of Object.entries(STATES).entries()) {
    it(`a pool that is ${state} does exactly what the table says`, async () => {
      const septet = await networkHelpers.loadFixture(busyPool);
      await enter(septet);
      const found: Record<string, string> = {};
      const reasons: Record<string, string> = {};
      for (const [name, attempt] of Object.entries(ENTRY_POINTS)) {
        const snapshot = await networkHelpers.takeSnapshot();
        try {
          await attempt(septet);
          found[name] = GOES_ON;
        } catch (error) {
          found[name] = STOPS;
          reasons[name] = error instanceof Error ? error.message : String(error);
        }
        await snapshot.restore();
      }
      const expected = Object.fromEntries(Object.entries(EXPECTED).map(([name, cells]) => [name, cells[index]]));
      expect(found, JSON.stringify(reasons, null, 2)).to.deep.equal(expected);
    });
  }

  it("are in docs/trust.md as they are", () => {
    const rows = Object.entries(EXPECTED).map(([name, cells]) => [name, ...cells]);
    const generated = table(["", ...Object.keys(STATES)], rows);
    expect(documented(TRUST, "stops", generated), HOW_TO_UPDATE).to.equal(generated);
  });
});
