import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { REASONS } from "../../services/node/reasons.ts";

test("docs/operating.md explains every reason of a failed duty, and no other", () => {
  const docs = readFileSync(new URL("../../docs/operating.md", import.meta.url), "utf8");
  const documented = [...docs.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(documented, Object.keys(REASONS));
});
