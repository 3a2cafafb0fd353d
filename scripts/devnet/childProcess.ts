import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";

export interface ChildOptions {
  name: string;
  /** Path of the TypeScript entry. */
  entry: string;
  args: string[];
  /** stdout and stderr are appended here. */
  logFile: string;
  onMessage: (message: unknown) => void;
  /** Called when the process ends without {@link Child.stop}. */
  onUnexpectedExit: (error: Error) => void;
}

export interface Child {
  send(message: object): void;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a Node process with an IPC channel, in its own process group: Ctrl-C in a terminal reaches only the parent,
 * which stops its children in order, and a child whose channel closes ends itself.
 */
export function startChild(options: ChildOptions): Child {
  const log = openSync(options.logFile, "a", 0o600);
  const child = fork(options.entry, options.args, { detached: true, stdio: ["ignore", log, log, "ipc"] });
  closeSync(log);
  let stopping = false;
  const exited = waitForExit(child);
  child.on("message", options.onMessage);
  void exited.then((reason) => {
    if (!stopping) options.onUnexpectedExit(new Error(`${options.name} ended (${reason}), see ${options.logFile}`));
  });

  return {
    send(message) {
      child.send(message);
    },

    async stop(graceMs) {
      stopping = true;
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(killer);
    },
  };
}

async function waitForExit(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, "exit");
    return signal === null ? `exit code ${code}` : `signal ${signal}`;
  } catch (error) {
    return String(error);
  }
}
