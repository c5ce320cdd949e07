import { assertEquals, assertNotEquals } from "@std/assert";
import { CLOSE } from "../../../protocol/close_codes.ts";
import { comebackOf, meaningOf } from "../../../static/test/close_codes.js";

Deno.test("every code that the server closes with has a meaning of its own", () => {
  const meanings = Object.values(CLOSE).map(meaningOf);
  assertEquals(new Set(meanings).size, meanings.length);
  for (const code of Object.values(CLOSE)) assertNotEquals(meaningOf(code), "closeOther", String(code));
});

Deno.test("what is not named falls into its range", () => {
  assertEquals([4_100, 4_777, 3_000, 1_015].map(meaningOf), ["close44xx", "close45xx", "closeOther", "closeOther"]);
});

Deno.test("what a client does follows the protocol's table", () => {
  const table: Record<number, string> = {
    1000: "comebackNone",
    1001: "comebackLater",
    1003: "comebackMended",
    1006: "comebackLater",
    1008: "comebackSlowly",
    1009: "comebackMended",
    1011: "comebackLater",
    1012: "comebackNow",
    4000: "comebackLater",
    4001: "comebackToken",
    4200: "comebackLater",
    4500: "comebackNever",
    4501: "comebackNever",
    4700: "comebackNever",
  };
  for (const [code, comeback] of Object.entries(table)) assertEquals(comebackOf(Number(code)), comeback, code);
});
