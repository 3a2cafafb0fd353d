// Hardhat counts lines and statements, not branches. So each condition of an `if` or `?:` is wrapped in a function of its own
// whose two ways out are statements on two lines: a branch is covered when its line is. No line of the source moves.

/** What is read of solc's syntax tree. */
export interface SyntaxNode {
  readonly nodeType: string;
  /** `start:length:source`, in bytes. */
  readonly src: string;
  readonly [key: string]: unknown;
}

export interface Branch {
  readonly line: number;
  readonly outcome: boolean;
  /** Line of the file of functions that is reached with this outcome. */
  readonly markLine: number;
}

export interface MarkedSource {
  readonly source: string;
  /** Content of the file of functions. */
  readonly marks: string;
  readonly branches: readonly Branch[];
}

const HEADER = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n";
const HEADER_LINES = 2;
/** Of the function of a mark: its head, its condition, the way out when that is true, and when it is false. */
const LINES_OF_MARK = 4;

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

function* conditionsIn(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* conditionsIn(item);
    return;
  }
  if (!isNode(value)) return;
  const condition = value["condition"];
  const decides = value.nodeType === "IfStatement" || value.nodeType === "Conditional";
  if (decides && isNode(condition)) yield condition;
  for (const child of Object.values(value)) yield* conditionsIn(child);
}

function rangeOf({ src }: SyntaxNode): [start: number, end: number] {
  const [start = Number.NaN, length = Number.NaN] = src.split(":").map(Number);
  return [start, start + length];
}

/**
 * Wraps the conditions of one file.
 *
 * @param ast Of exactly this source; conditions of inline assembly are not counted.
 * @param marksPath How the marked source imports the file of functions.
 * @returns undefined when the source decides nothing.
 */
export function markBranches(source: string, ast: SyntaxNode, marksPath: string): MarkedSource | undefined {
  const ranges = [...conditionsIn(ast)].map(rangeOf).sort(([a], [b]) => a - b);
  if (ranges.length === 0) return undefined;
  const bytes = Buffer.from(source);
  const names = ranges.map((_, index) => `mark${index}`);
  // Where ranges touch, all close before one opens, and the outer one opens first.
  const texts = ranges.flatMap(([start, end], index) => [
    { at: start, order: end - start, text: `${names[index]}(` },
    { at: end, order: Number.MAX_SAFE_INTEGER, text: ")" },
  ]);
  const pragma = bytes.indexOf("pragma solidity");
  const imported = { at: bytes.indexOf(";", pragma) + 1, order: 0, text: ` import {${names}} from "${marksPath}";` };
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, text } of [...texts, imported].sort((a, b) => a.at - b.at || b.order - a.order)) {
    parts.push(bytes.subarray(from, at), Buffer.from(text));
    from = at;
  }
  parts.push(bytes.subarray(from));
  return { source: Buffer.concat(parts).toString(), marks: marksOf(names), branches: branchesOf(bytes, ranges) };
}

function marksOf(names: readonly string[]): string {
  const functions = names.map((name) =>
    [
      `function ${name}(bool condition) pure returns (bool) {`,
      "if (condition)",
      "return true;",
      "return false; }",
      "",
    ].join("\n"),
  );
  return HEADER + functions.join("");
}

function branchesOf(bytes: Buffer, ranges: readonly (readonly [number, number])[]): Branch[] {
  return ranges.flatMap(([start], index) => {
    const line = bytes.subarray(0, start).toString().split("\n").length;
    const head = HEADER_LINES + index * LINES_OF_MARK + 1;
    return [
      { line, outcome: true, markLine: head + 2 },
      { line, outcome: false, markLine: head + 3 },
    ];
  });
}
