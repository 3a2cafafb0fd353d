import { spawn } from "node:child_process";

export interface CommandResult {
  ok: boolean;
  /** Standard output and error, as they came. */
  output: string;
}

/** Runs a command to its end and returns its output, which is also shown as it comes unless `quiet`. */
export async function runCommand(
  command: string,
  args: string[],
  { quiet = false }: { quiet?: boolean } = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (!quiet) to.write(chunk);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { ok: code === 0, output };
}
