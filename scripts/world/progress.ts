import { stripVTControlCharacters } from "node:util";

export interface Phase {
  name: string;
  seconds: number;
}

/** Tells a person at each moment what is awaited. On a terminal one line is rewritten; elsewhere changes are printed. */
export interface Progress {
  /** Runs one step of the story, timed. */
  phase<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** What is awaited now, and about how long it still takes. */
  awaiting(what: string, secondsLeft?: number): void;
  /** Something that happened and stays on the screen. */
  note(text: string): void;
  phases(): Phase[];
}

const REPEAT_SECONDS = 20;

export function createProgress(out: NodeJS.WriteStream): Progress {
  const phases: Phase[] = [];
  const startedAtMs = Date.now();
  let current: { name: string; startedAtMs: number } | undefined;
  let lastPlain = { text: "", atMs: 0 };

  const clock = () => {
    const total = Math.round((Date.now() - startedAtMs) / 1000);
    return `${String(Math.floor(total / 60)).padStart(2)}:${String(total % 60).padStart(2, "0")}`;
  };
  const line = (text: string) => {
    if (out.isTTY) out.write("\r\x1b[2K");
    out.write(`${text}\n`);
  };

  return {
    async phase(name, work) {
      current = { name, startedAtMs: Date.now() };
      line(`${clock()}  ▸ ${name}`);
      const result = await work();
      const seconds = Math.round((Date.now() - current.startedAtMs) / 100) / 10;
      phases.push({ name, seconds });
      line(`${clock()}  ✔ ${name} (${seconds} s)`);
      current = undefined;
      return result;
    },
    awaiting(what, secondsLeft) {
      const eta = secondsLeft === undefined ? "" : `, about ${Math.max(0, Math.round(secondsLeft))} s`;
      if (out.isTTY) {
        const text = `${clock()}    … ${what}${eta}`;
        out.write(`\r\x1b[2K${text.slice(0, Math.max(20, out.columns - 1))}`);
        return;
      }
      const nowMs = Date.now();
      if (what === lastPlain.text && nowMs - lastPlain.atMs < REPEAT_SECONDS * 1000) return;
      lastPlain = { text: what, atMs: nowMs };
      out.write(`${clock()}    … ${stripVTControlCharacters(what)}${eta}\n`);
    },
    note: (text) => line(`${clock()}    ${text}`),
    phases: () => [...phases],
  };
}
