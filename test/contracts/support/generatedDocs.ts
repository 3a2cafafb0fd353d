import { readFileSync, writeFileSync } from "node:fs";

export const HOW_TO_UPDATE =
  "if this is meant: UPDATE_DOCS=1 node scripts/run.mjs hardhat test mocha test/contracts/{trust,stops}.test.ts";

/**
 * Compares a part of a document, between `<!-- name -->` and `<!-- /name -->`, with what it should be. With UPDATE_DOCS=1 it
 * is written anew.
 *
 * @returns the part as it is in the document (after the update)
 */
export function documented(file: URL, name: string, generated: string): string {
  const text = readFileSync(file, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`${file.pathname} has no part "${name}"`);
  if (process.env["UPDATE_DOCS"] !== "1") return text.slice(from, to);
  writeFileSync(file, text.slice(0, from) + generated + text.slice(to));
  return generated;
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return `\n${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n\n`;
}
