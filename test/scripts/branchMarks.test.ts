import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { markBranches, type SyntaxNode } from "../../scripts/coverage/branchMarks.ts";
import { linesOfLcov } from "../../scripts/coverage/lcov.ts";

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[];
  sources: Record<string, { ast: SyntaxNode }>;
}

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

function compile(contents: Record<string, string>): SolcOutput {
  const sources = Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, { content }]));
  const settings = { outputSelection: { "*": { "": ["ast"], "*": ["evm.bytecode.object"] } } };
  const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }))) as SolcOutput;
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? [];
  assert.deepEqual(errors, [], errors[0]?.formattedMessage);
  return output;
}

// The dash is three bytes: solc counts bytes.
const SOURCE = `// SPDX-License-Identifier: MIT
// – nested –
pragma solidity ^0.8.20;
contract Decisions {
    function choose(bool a, bool b) external pure returns (uint256) {
        if (a ? b : !b) {
            return 1;
        } else if (b) return 2;
        uint256 x = a ? (b ? 3 : 4) : 5;
        if (x == 4 && !b) return x;
        return x;
    }
}
`;

function marked() {
  const { sources } = compile({ "Decisions.sol": SOURCE });
  const found = sources["Decisions.sol"];
  assert.ok(found);
  const result = markBranches(SOURCE, found.ast, "./Decisions.marks.sol");
  assert.ok(result);
  return result;
}

describe("marks of branches", () => {
  it("compile, and leave each line where it was", () => {
    const { source, marks } = marked();
    compile({ "Decisions.sol": source, "Decisions.marks.sol": marks });
    const strip = (text: string) => text.replace(/ import \{.*?;|mark\d+\(|[()]/g, "");
    assert.deepEqual(source.split("\n").map(strip), SOURCE.split("\n").map(strip));
  });

  it("have both outcomes of each condition of if and ?:, nested ones as well", () => {
    const found = marked().branches.map(({ line, outcome }) => `${line} ${outcome}`);
    const lines = [6, 6, 8, 9, 9, 10];
    assert.deepEqual(
      found,
      lines.flatMap((line) => [`${line} true`, `${line} false`]),
    );
  });

  it("name the line that is reached with the outcome", () => {
    const { marks, branches } = marked();
    const lines = marks.split("\n");
    for (const { outcome, markLine } of branches)
      assert.match(lines[markLine - 1] ?? "", new RegExp(`return ${outcome};`));
  });

  it("are not made where nothing is decided", () => {
    const source = "pragma solidity ^0.8.20;\ncontract Empty {}\n";
    const ast = compile({ "Empty.sol": source }).sources["Empty.sol"]?.ast;
    assert.ok(ast);
    assert.equal(markBranches(source, ast, "./Empty.marks.sol"), undefined);
  });
});

describe("an LCOV tracefile", () => {
  it("gives the hits of each line by file", () => {
    const files = linesOfLcov("TN:\nSF:a.sol\nDA:3,0\nDA:4,2\nend_of_record\nSF:b.sol\nDA:1,1\nend_of_record\n");
    assert.deepEqual(
      [...(files.get("a.sol") ?? [])],
      [
        [3, 0],
        [4, 2],
      ],
    );
    assert.deepEqual([...(files.get("b.sol") ?? [])], [[1, 1]]);
  });
});
