import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const END_WITH_PARENT = fileURLToPath(new URL("./endWithParent.ts", import.meta.url));
const STOP_GRACE_MS = 12_000;

/** A real process of the local world that can be killed and started again with the same arguments. */
export class Daemon {
  readonly name: string;
  readonly logFile: string;
  private readonly command: string[];
  private child: ChildProcess | undefined;
  private wanted = false;

  /** @param command the script and its arguments, run under this very Node. */
  constructor(name: string, command: string[], logFolder: string) {
    this.name = name;
    this.command = command;
    this.logFile = path.join(logFolder, `${name}.log`);
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Whether it ended without being told to. */
  get crashed(): boolean {
    return this.wanted && !this.running;
  }

  start(): void {
    if (this.running) throw new Error(`${this.name} is running already`);
    this.wanted = true;
    const log = createWriteStream(this.logFile, { flags: "a", mode: 0o600 });
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--import", END_WITH_PARENT, ...this.command],
      {
        // Its own process group: Ctrl-C reaches only the parent, which stops its children in order.
        detached: true,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once("close", () => log.end());
    child.on("error", (error) => log.write(`could not be started: ${error.message}\n`));
    this.child = child;
  }

  /** `kill -9`: the process gets no chance to clean up. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Asks the process to end, and insists after a while. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (child === undefined || !this.running) return;
    const exited = once(child, "exit");
    child.kill(signal);
    const insist = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
    await exited;
    clearTimeout(insist);
  }
}
