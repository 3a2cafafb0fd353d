import { Command, InvalidArgumentError, Option } from "commander";
import { pino } from "pino";
import { describeError } from "../logging/describeError.ts";
import { systemRandomness } from "../ports/systemRandomness.ts";
import { createDataDirectory } from "./cli/dataDirectory.ts";
import { type RegisterOptions, register } from "./cli/register.ts";
import { type RunOptions, run } from "./cli/run.ts";

const API_TIMEOUT_MS = 5_000;

const program = new Command("septet-node")
  .description("Operator node of Septet: holds one key share per validator and signs with any three others of its set")
  .addHelpText("after", "\nEvery option can be given in the environment instead; a flag wins.");

const dataDir = () =>
  option("--data-dir <folder>", "keys, shares and slashing protection", "DATA_DIR").makeOptionMandatory();
const deployment = () =>
  option("--deployment <folder>", "deployment record, e.g. deployments/560048", "DEPLOYMENT").makeOptionMandatory();
const executionUrl = () =>
  option("--execution-url <url>", "JSON-RPC of your execution client", "EXECUTION_URL")
    .makeOptionMandatory()
    .argParser(parseUrl);

program
  .command("init")
  .description("create the data directory of a new operator: node key, password, slashing-protection database")
  .addOption(dataDir())
  .action(async (options: { dataDir: string }) => {
    const { address } = await createDataDirectory(options.dataDir, systemRandomness);
    print({ nodeAddress: address, dataDir: options.dataDir });
  });

program
  .command("register")
  .description("register the node key on chain and bring addresses, payout and bond to what is given; may be repeated")
  .addOption(dataDir())
  .addOption(deployment())
  .addOption(executionUrl())
  .addOption(
    option("--owner-key-file <file>", "hex private key of the owner account", "OWNER_KEY_FILE").makeOptionMandatory(),
  )
  .addOption(option("--payout <address>", "receiver of the operator's fees", "PAYOUT").makeOptionMandatory())
  .addOption(
    option(
      "--multiaddrs <list>",
      "comma-separated, e.g. /ip4/203.0.113.7/tcp/9100",
      "MULTIADDRS",
    ).makeOptionMandatory(),
  )
  .addOption(option("--uri <uri>", "where people find the operator", "URI").default(""))
  .addOption(option("--bond-ether <amount>", "ETH that the bond should be worth", "BOND_ETHER").makeOptionMandatory())
  .action(async (options: RegisterOptions) => print(await register(options)));

program
  .command("run")
  .description("run the node until SIGTERM or SIGINT")
  .addOption(dataDir())
  .addOption(deployment())
  .addOption(executionUrl())
  .addOption(
    option("--beacon-url <urls>", "Beacon API of your beacon nodes, comma-separated", "BEACON_URL")
      .makeOptionMandatory()
      .argParser((text) => text.split(",").map(parseUrl)),
  )
  .addOption(
    option("--coordinator-url <url>", "mailbox of the key ceremonies", "COORDINATOR_URL")
      .makeOptionMandatory()
      .argParser(parseUrl),
  )
  .addOption(option("--p2p-host <ip>", "address to listen on for the other operators", "P2P_HOST").default("127.0.0.1"))
  .addOption(
    option("--p2p-port <port>", "port to listen on for the other operators", "P2P_PORT")
      .default(9100)
      .argParser(parsePort),
  )
  .addOption(option("--api-host <ip>", "address of health, metrics and status", "API_HOST").default("127.0.0.1"))
  .addOption(
    option("--api-port <port>", "port of health, metrics and status", "API_PORT").default(9101).argParser(parsePort),
  )
  .addOption(
    option("--log-level <level>", "how much to tell", "LOG_LEVEL")
      .choices(["error", "warn", "info", "debug"])
      .default("info"),
  )
  .action(
    async ({
      beaconUrl,
      logLevel,
      ...options
    }: Omit<RunOptions, "beaconUrls"> & { beaconUrl: string[]; logLevel: string }) => {
      const log = pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
      const stop = new AbortController();
      for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => stop.abort(new Error(name)));
      try {
        await run({ ...options, beaconUrls: beaconUrl }, log, stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) {
          log.fatal({ error: describeError(error) }, "Could not go on");
          process.exitCode = 1;
        }
      }
      log.info("Stopped");
      // HTTP clients keep idle sockets for some seconds; everything that matters is closed.
      process.exit();
    },
  );

program
  .command("status")
  .description("show what a running node says of itself; exits 1 when it isn't ready")
  .addOption(option("--api-url <url>", "health and status of the node", "API_URL").default("http://127.0.0.1:9101"))
  .action(async ({ apiUrl }: { apiUrl: string }) => {
    const get = async (path: string) => fetch(new URL(path, apiUrl), { signal: AbortSignal.timeout(API_TIMEOUT_MS) });
    const [ready, status] = [await get("/readyz"), await get("/v1/status")];
    print({ readiness: await ready.json(), status: await status.json() });
    process.exitCode = ready.ok ? 0 : 1;
  });

function option(flags: string, description: string, name: string): Option {
  return new Option(flags, description).env(`SEPTET_${name}`);
}

function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new InvalidArgumentError("not an http(s) URL");
  return text;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError("not a port");
  return port;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}
