import { assert, assertEquals, assertFalse } from "@std/assert";
import { didLint, undocumented } from "./check_docs.ts";

const OUTPUT = `error[missing-jsdoc]: exported symbol is missing JSDoc documentation
  --> /here/layers/b.ts:45:17
   |
45 | export function b(): void {}

error[private-type-ref]: public type 'C' references private type 'D'
  --> /here/layers/c.ts:3:1

error[missing-jsdoc]: exported symbol is missing JSDoc documentation
 --> /here/layers/a.ts:5:1

error: Found 3 documentation lint errors.
`;

Deno.test("undocumented() keeps the missing docstrings and nothing else", () => {
  assertEquals(undocumented(OUTPUT), ["/here/layers/a.ts:5:1", "/here/layers/b.ts:45:17"]);
  assertEquals(undocumented("Checked 3 files\n"), []);
});

Deno.test("didLint() tells findings from a lint that could not run", () => {
  assert(didLint(0, ""));
  assert(didLint(1, OUTPUT));
  assert(didLint(1, "error: Found 1 documentation lint error.\n"));
  assertFalse(didLint(1, `error: Module not found "file:///here/layers/d.ts".\n`));
});
