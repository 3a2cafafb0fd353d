import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { wiringOf } from "../../scripts/deploy/plan.ts";
import { CONTRACT_NAMES } from "../../services/chain/deployment.ts";
import { ethers, networkHelpers } from "./support/chain.ts";
import { documented, HOW_TO_UPDATE, table } from "./support/generatedDocs.ts";
import { findRoles, type Role } from "./support/roles.ts";
import { account, withSet } from "./support/septet.ts";

const TRUST = new URL("../../docs/trust.md", import.meta.url);
const ENUM = new URL("../../contracts/interfaces/IParameters.sol", import.meta.url);
const SECONDS_PER_DAY = 86_400n;

async function withRoles() {
  const septet = await withSet();
  await septet.guardian.setGuardian(account(septet, 15));
  return septet;
}

/** On a real chain the timelock is governance. */
const shown = (caller: string) => (caller === "Timelock" ? "governance" : caller);

function roleRows(roles: Role[]): string[][] {
  return CONTRACT_NAMES.flatMap((contract) => {
    const own = roles.filter((role) => role.contract === contract);
    const restricted = own
      .filter(({ callers }) => callers !== undefined)
      .map(({ signature, callers = [] }) => [
        contract,
        `\`${signature}\``,
        [...new Set(callers.map(shown))].join(", "),
      ]);
    const open = own
      .filter(({ callers }) => callers === undefined)
      .map(({ signature }) => `\`${signature.split("(")[0]}\``);
    return open.length === 0 ? restricted : [...restricted, [contract, [...new Set(open)].join(" "), "anyone"]];
  });
}

/** A number of the table in the unit that a person would use. */
function inUnits(name: string, value: bigint): string {
  if (name.endsWith("Wei")) return `${ethers.formatEther(value).replace(/\.0$/, "")} ETH`;
  if (name.endsWith("Bps")) return `${Number(value) / 100} %`;
  if (!name.endsWith("Seconds")) return String(value);
  return value < SECONDS_PER_DAY ? `${Number(value) / 3_600} h` : `${Number(value) / Number(SECONDS_PER_DAY)} d`;
}

/** Sources of the contracts, but for the table of parameters itself. */
const SOURCES = globSync(`${fileURLToPath(new URL("../../contracts", import.meta.url))}/**/*.sol`).filter(
  (file) => !/I?Parameters\.sol$/.test(file),
);

describe("docs/trust.md", () => {
  it("says of every function who may call it, as the deployment does", async () => {
    const septet = await networkHelpers.loadFixture(withRoles);
    const roles = await findRoles(septet, account(septet, 15).address);
    for (const { contract, signature, callers } of roles) {
      expect(callers, `nobody at all may call ${contract}.${signature}`).not.to.deep.equal([]);
    }
    const generated = table(["contract", "function", "who"], roleRows(roles));
    expect(documented(TRUST, "roles", generated), HOW_TO_UPDATE).to.equal(generated);
  });

  it("gives every parameter its default and bounds, as the code does", async () => {
    const at = Object.fromEntries(CONTRACT_NAMES.map((name) => [name, ethers.ZeroAddress]));
    const wiring = wiringOf(at as Parameters<typeof wiringOf>[0], ethers.ZeroAddress, Number(SECONDS_PER_DAY));
    const parameters = await ethers.deployContract("Parameters", [wiring]);
    const names = [...readFileSync(ENUM, "utf8").matchAll(/^ {4}([A-Z]\w+),? \/\/ (.*)$/gm)];
    const rows = await Promise.all(
      names.map(async ([, name = "", meaning = ""], index) => {
        const { minimum, maximum } = await parameters.bounds(index);
        const [value, from, to] = [await parameters.get(index), minimum, maximum].map((each) => inUnits(name, each));
        return [name, meaning, `${value}`, `${from} – ${to}`];
      }),
    );
    const generated = table(["parameter", "meaning", "default", "bounds"], rows);
    expect(documented(TRUST, "parameters", generated), HOW_TO_UPDATE).to.equal(generated);
    const hasMore = await parameters.bounds(names.length).then(
      () => true,
      () => false,
    );
    const sources = SOURCES.map((file) => readFileSync(file, "utf8")).join("\n");
    const isRead = (name: string) =>
      sources.includes(`Parameter.${name}`) ||
      new RegExp(`erms(\\(\\))?\\.${name[0]?.toLowerCase()}${name.slice(1)}\\b`).test(sources);
    const unread = rows.map(([name = ""]) => name).filter((name) => !isRead(name));
    expect(unread, "parameters without effect").to.deep.equal([]);
    expect(hasMore, "the enum has more members than the table").to.equal(false);
  });
});
