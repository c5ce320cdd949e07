import { assertEquals } from "@std/assert";
import { hasEtag } from "../../routes/etag.ts";

Deno.test("an ETag is known strong, weak, in a list, and by *", () => {
  const known = ['"a"', 'W/"a"', '"b", W/"a"', "*"];
  const unknown = ["a", '"b"', '"A"', 'W/"b"', ""];
  for (const value of known) assertEquals(hasEtag(new Headers({ "if-none-match": value }), '"a"'), true, value);
  for (const value of unknown) assertEquals(hasEtag(new Headers({ "if-none-match": value }), '"a"'), false, value);
  assertEquals(hasEtag(new Headers(), '"a"'), false);
});
