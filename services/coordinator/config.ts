import { Command, InvalidArgumentError, Option } from "commander";
import { parseUnits } from "ethers";

export interface RunOptions {
  deployment: string;
  executionUrl: string;
  beaconUrl: string;
  redisUrl?: string;
  dataDir: string;
  keyFile: string;
  apiHost: string;
  apiPort: number;
  confirmations?: number;
  /** Wei per gas. */
  maxFee: bigint;
  maxKeys: number;
  logLevel: string;
}

const LOG_LEVELS = ["error", "warn", "info", "debug", "silent"];

function integer(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
  };
}

function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("Expected an http or https URL.");
}

function gwei(text: string): bigint {
  if (/^\d{1,6}(\.\d{1,9})?$/.test(text)) return parseUnits(text, "gwei");
  throw new InvalidArgumentError("Expected a number of gwei.");
}

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`SEPTET_${variable}`);

/** The command line; every option is also read from the environment, and the command line wins. */
export function createCommand(run: (options: RunOptions) => Promise<void>): Command {
  const command = new Command("coordinator").description(
    "Takes validators of a Septet pool from deposit to activation. Anyone may run one; it is trusted with nothing but the gas money in its own account.",
  );
  const required = (flags: string, description: string, variable: string) =>
    option(flags, description, variable).makeOptionMandatory();
  command
    .command("run")
    .description("run until SIGTERM or SIGINT; may be killed and started again at any time")
    .addOption(required("--deployment <dir>", "folder of the deployment record", "DEPLOYMENT"))
    .addOption(required("--execution-url <url>", "JSON-RPC of an execution node", "EXECUTION_URL").argParser(httpUrl))
    .addOption(required("--beacon-url <url>", "Beacon API with debug states", "BEACON_URL").argParser(httpUrl))
    .addOption(required("--data-dir <dir>", "database; may be deleted, it is rebuilt from the chain", "DATA_DIR"))
    .addOption(required("--key-file <file>", "private key in hex of the account that pays gas; mode 0600", "KEY_FILE"))
    .addOption(option("--redis-url <url>", "Redis (default: REDIS_URL, or one of our own)", "REDIS_URL"))
    .addOption(option("--api-host <host>", "address of the HTTP API", "API_HOST").default("127.0.0.1"))
    .addOption(
      option("--api-port <port>", "port of the HTTP API", "API_PORT").default(7500).argParser(integer(0, 65535)),
    )
    .addOption(
      option("--confirmations <blocks>", "depth to read events at (default: the network's)", "CONFIRMATIONS").argParser(
        integer(0, 128),
      ),
    )
    .addOption(
      option("--max-fee <gwei>", "most to bid per gas", "MAX_FEE")
        .default(parseUnits("200", "gwei"), "200")
        .argParser(gwei),
    )
    .addOption(
      option("--max-keys <count>", "most keys to ask for at once", "MAX_KEYS").default(1).argParser(integer(1, 20)),
    )
    .addOption(option("--log-level <level>", "least severe level", "LOG_LEVEL").default("info").choices(LOG_LEVELS))
    .action(run);
  return command;
}
