import { assert, assertEquals } from "@std/assert";
import { CLOSE } from "../../protocol/close_codes.ts";

Deno.test("every close code may be sent (RFC 6455 §7.4), each has one name, and docs/protocol.md explains it", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/protocol.md", import.meta.url));
  const explained = page.slice(page.indexOf("### Close codes"), page.indexOf("## Plain mode"));
  const codes = Object.values(CLOSE);
  assertEquals(new Set(codes).size, codes.length);
  for (const code of codes) {
    assert(
      (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999),
      `${code}`,
    );
    // 1000 says that nothing went wrong.
    if (code !== 1000) assert(explained.includes(`${code}`), `${code}`);
  }
});
