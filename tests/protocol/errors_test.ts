import { assert, assertEquals, assertFalse, assertLessOrEqual, assertMatch } from "@std/assert";
import { CLOSE } from "../../protocol/close_codes.ts";
import { ChatError, type ErrorCode, ERRORS, meaningOf, quote, wireError } from "../../protocol/errors.ts";

/** The rows of the page's table, each code of a row on its own. */
async function documentedErrors(): Promise<
  Map<string, { status: number; close: number | undefined; retryable: boolean }>
> {
  const page = await Deno.readTextFile(new URL("../../docs/protocol.md", import.meta.url));
  const table = page.slice(page.indexOf("## Errors"));
  const documented = new Map();
  for (const line of table.split("\n").filter((row) => row.startsWith("| `"))) {
    const [codes = "", status = "", close = "", retry = ""] = line.split("|").slice(1).map((cell) => cell.trim());
    for (const [, code] of codes.matchAll(/`(\w+)`/g)) {
      documented.set(code, {
        status: Number(status),
        close: close === "–" ? undefined : Number(close),
        retryable: retry === "yes",
      });
    }
  }
  return documented;
}

Deno.test("the table of errors is the one that docs/protocol.md shows", async () => {
  const documented = await documentedErrors();
  assertEquals([...documented.keys()].toSorted(), Object.keys(ERRORS).toSorted());
  for (const [code, meaning] of Object.entries(ERRORS)) {
    const { status, retryable } = meaning;
    assertEquals(
      documented.get(code),
      { status, close: "close" in meaning ? meaning.close : undefined, retryable },
      code,
    );
  }
});

Deno.test("every error has a title, an error status, and a close code that RFC 6455 knows or that is ours", () => {
  const codes: readonly number[] = Object.values(CLOSE);
  for (const [code, meaning] of Object.entries(ERRORS)) {
    assert(meaning.title.length > 0, code);
    assert(meaning.status >= 400 && meaning.status < 600, code);
    if ("close" in meaning) assert(codes.includes(meaning.close), code);
  }
});

Deno.test("what may be retried is closed with a code that says to come back, and 5xx may always be retried", () => {
  for (const [code, meaning] of Object.entries(ERRORS)) {
    if (meaning.status >= 500) assert(meaning.retryable, code);
    if ("close" in meaning) assertFalse(meaning.close >= 4_500, code);
  }
});

Deno.test("a ChatError says its code, its message, whether to retry, and keeps its cause to itself", () => {
  const cause = new Error("secret path /srv/maru");
  const error = new ChatError("unavailable", "Not now", { cause, retryAfterMs: 250 });
  assertEquals([error.name, error.code, error.message, error.retryable, error.retryAfterMs], [
    "ChatError",
    "unavailable",
    "Not now",
    true,
    250,
  ]);
  assertEquals(error.cause, cause);
  assertEquals(wireError(error), { code: "unavailable", message: "Not now", retryAfterMs: 250 });
  assertEquals(wireError(new ChatError("conflict", "Other text")), { code: "conflict", message: "Other text" });
  assertFalse(new ChatError("conflict", "").retryable);
  assertEquals(meaningOf("conflict").status, 409);
});

Deno.test("whatever else is thrown is `internal` on the wire, without a word of it", () => {
  for (
    const thrown of [new Error("at /srv/maru/x.ts"), new TypeError("x"), "a string", undefined, null, {
      code: "forbidden",
      message: "fake",
    }]
  ) {
    const error = wireError(thrown);
    assertEquals(error.code, "internal" satisfies ErrorCode);
    assertEquals(Object.keys(error).toSorted(), ["code", "message"]);
    assertMatch(error.message, /^[A-Z][a-z ]+$/);
  }
});

Deno.test("a quoted value is JSON, at most 40 characters, on one line", () => {
  assertEquals(quote("a\nb"), '"a\\nb"');
  assertEquals(quote(undefined), "undefined");
  assertEquals(quote({ a: [1] }), '{"a":[1]}');
  assertEquals(quote("x".repeat(38)).length, 40);
  for (
    const long of [
      "x".repeat(39),
      "😀".repeat(1_000),
      `a${"😀".repeat(50)}`,
      "\x1b".repeat(50),
      "\x9b".repeat(50),
      Array(10_000).fill(1),
    ]
  ) {
    const quoted = quote(long);
    assertLessOrEqual(quoted.length, 40);
    assert(quoted.endsWith("…"), quoted);
    assert(quoted.isWellFormed(), quoted);
  }
});

Deno.test("[B18] a quoted value holds nothing that a terminal or a log could take for more than text", () => {
  for (const unseen of [..."\0\n\r\x1b\x7f\x85\x9b\u2028\u2029\u202e\u200b\ufeff\ud800", "\u{e0001}"]) {
    for (const value of [`a${unseen}b`, { [unseen]: 1 }, [unseen]]) {
      assertFalse(/[\p{C}\p{Zl}\p{Zp}]/u.test(quote(value)), quote(value));
    }
  }
});
