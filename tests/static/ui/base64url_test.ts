import { assertEquals, assertThrows } from "@std/assert";
import { fromBase64Url, toBase64Url } from "../../../static/ui/base64url.js";

Deno.test("bytes of every length come back from base64url as they were", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = toBase64Url(bytes);
    assertEquals(/^[\w-]*$/.test(text), true, text);
    assertEquals(fromBase64Url(text), bytes);
    assertEquals(toBase64Url(bytes.buffer), text);
  }
});

Deno.test("the letters are those of RFC 4648, without padding", () => {
  assertEquals(toBase64Url(new Uint8Array([0xfb, 0xff, 0xfe])), "-__-");
  assertEquals(toBase64Url(new Uint8Array([0])), "AA");
  assertEquals(fromBase64Url("_w"), new Uint8Array([0xff]));
  assertThrows(() => fromBase64Url("한"));
});
