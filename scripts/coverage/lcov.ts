/** Hits of each counted line, by file: what an LCOV tracefile (geninfo(1)) says in its SF and DA records. */
export function linesOfLcov(text: string): Map<string, Map<number, number>> {
  const files = new Map<string, Map<number, number>>();
  let lines = new Map<number, number>();
  for (const record of text.split("\n")) {
    if (record.startsWith("SF:")) {
      lines = new Map();
      files.set(record.slice(3), lines);
    }
    const [, line, hits] = /^DA:(\d+),(\d+)/.exec(record) ?? [];
    if (line !== undefined) lines.set(Number(line), Number(hits));
  }
  return files;
}
