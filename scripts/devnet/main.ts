import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { startDevnet } from "./devnet.ts";

function wholeNumber(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < min || number > max) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

const { secondsPerSlot, validators, dataDir } = new Command("devnet")
  .description("A private chain: a real execution client and a beacon node of the real state transition.")
  .option("--seconds-per-slot <seconds>", "slot time", wholeNumber(1, 12), 2)
  .option("--validators <count>", "interop validators of 32 ETH", wholeNumber(8, 256), 16)
  .option("--data-dir <path>", "kept after the end (default: a temporary directory)")
  .parse()
  .opts<{ secondsPerSlot: number; validators: number; dataDir?: string }>();

const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stopping.abort(new Error(name)));
const directory = dataDir ?? mkdtempSync(path.join(tmpdir(), "septet-devnet-"));
try {
  const devnet = await startDevnet(
    {
      dataDir: directory,
      secondsPerSlot,
      interopValidators: validators,
      log: (line) => console.log(line),
      onStatus: (status) => console.log(JSON.stringify(status)),
      onFailure: (error) => stopping.abort(error),
    },
    stopping.signal,
  );
  console.log(`execution  ${devnet.executionUrl}  chain id ${devnet.chainId}`);
  console.log(`beacon     ${devnet.beaconUrl}  genesis ${new Date(devnet.genesisTime * 1000).toISOString()}`);
  console.log(`deposit contract ${devnet.depositContract}`);
  console.log("funded accounts (keys are public, never use them elsewhere):");
  for (const { address, privateKey } of devnet.devAccounts) console.log(`  ${address}  ${privateKey}`);
  await new Promise((resolve) => stopping.signal.addEventListener("abort", resolve, { once: true }));
  await devnet.stop();
} finally {
  if (dataDir === undefined) rmSync(directory, { recursive: true, force: true });
}
if (stopping.signal.reason instanceof Error && !/^SIG/.test(stopping.signal.reason.message)) {
  throw stopping.signal.reason;
}
