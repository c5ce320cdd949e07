import { assertEquals, assertThrows } from "@std/assert";
import { OPERATIONS } from "../operations/table.ts";
import { withOperations } from "./operations_page.ts";

const PAGE = new URL("../docs/protocol.md", import.meta.url);

Deno.test("docs/protocol.md has the operations as they are: if not, run tools/operations_page.ts", async () => {
  const page = await Deno.readTextFile(PAGE);
  assertEquals(withOperations(page), page);
});

Deno.test("an operation that is no longer there goes from the page, and the rest of it stays", async () => {
  const page = await Deno.readTextFile(PAGE);
  const old = page.replace(/\| `get_me` .*\n/, "| `old` | `GET /v1/old` | | Gone | |\n");
  assertEquals(old === page, false);
  assertEquals(withOperations(old), page);
  assertThrows(() => withOperations("# A page without marks"), TypeError, "has no line");
});

Deno.test("a summary is a short line in plain words, without a full stop, and no two are the same", () => {
  for (const { type, summary } of OPERATIONS) {
    assertEquals(summary.endsWith("."), false, type);
    assertEquals(summary.length <= 130, true, `${type}: ${summary.length}`);
    // It speaks to the one who asks.
    assertEquals(/\b(I|my|me|mine)\b/.test(summary.replace(/`[^`]*`/g, "")), false, `${type}: ${summary}`);
  }
  assertEquals(new Set(OPERATIONS.map(({ summary }) => summary)).size, OPERATIONS.length);
});
