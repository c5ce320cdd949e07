import { assert, assertEquals, assertThrows } from "@std/assert";
import { createOrigins } from "../../auth/origins.ts";

/** Asserts which origins rules let in, and which not, on a host that is none of them. */
function assertDecides(rules: readonly string[], allowed: readonly string[], refused: readonly string[]): void {
  const origins = createOrigins(rules);
  for (const origin of allowed) assert(origins.allows(origin, "chat.test"), `${rules} refuses ${origin}`);
  for (const origin of refused) assert(!origins.allows(origin, "chat.test"), `${rules} allows ${origin}`);
}

Deno.test("[B1] a foreign origin, `null` and a host that only begins or ends like ours are refused", () => {
  const foreign = [
    "https://evil.test",
    "null",
    "https://good.example.evil",
    "https://evilgood.example",
    "https://good.example.",
    "https://good.example@evil.test",
    "https://evil.test#good.example",
    "https://evil.test/good.example",
    "https://evil.test?https://good.example",
    "https://good.examples",
    "https://good-example",
  ];
  assertDecides(["https://good.example"], ["https://good.example"], foreign);
  assertDecides(["good.example", ".good.example"], ["https://good.example", "http://a.good.example"], foreign);
  assertDecides([], [], [...foreign, "https://good.example"]);
});

Deno.test("[B1] what is no origin at all is refused", () => {
  const none = [
    "",
    " ",
    "good.example",
    "//good.example",
    "https://",
    "https:",
    "file://",
    "file:///good.example",
    "data:text/html,x",
  ];
  const odd = [
    "javascript:0",
    "chrome-extension://good.example",
    "ws://good.example",
    "ftp://good.example",
    "about:blank",
    "blob:https://good.example/1",
    "*",
  ];
  const lists = [
    "https://good.example, https://evil.test",
    "https://good.example https://good.example",
    "https://good.example,null",
  ];
  assertDecides(["good.example", "https://good.example", ".good.example"], ["https://good.example"], [
    ...none,
    ...odd,
    ...lists,
  ]);
});

Deno.test("a request without Origin is no browser's and is allowed, as docs/protocol.md [C2] says", () => {
  for (const rules of [[], ["https://good.example"]]) assert(createOrigins(rules).allows(null, "chat.test"));
});

Deno.test("the server's own pages may always connect, with its port", () => {
  const origins = createOrigins([]);
  const own = [
    ["http://chat.test", "chat.test"],
    ["http://chat.test:8000", "chat.test:8000"],
    ["http://localhost:8000", "localhost:8000"],
    ["http://127.0.0.1:8000", "127.0.0.1:8000"],
    ["http://[::1]:8000", "[::1]:8000"],
    ["http://CHAT.test", "chat.TEST"],
    ["http://xn--3e0b707e.test", "한국.test"],
    ["http://chat.test", "chat.test:80"],
    ["http://chat.test:80", "chat.test"],
  ] as const;
  for (const [origin, host] of own) assert(origins.allows(origin, host), `${origin} on ${host}`);
  const foreign = [
    ["http://chat.test:8001", "chat.test:8000"],
    ["http://chat.test", "chat.test:8000"],
    ["http://chat.test:8000", "chat.test"],
    ["http://a.chat.test", "chat.test"],
    ["http://chat.test", "a.chat.test"],
    ["http://chat.test", null],
    ["null", "null"],
    ["http://chat.test", ""],
    ["http://[::1]:8000", "[::2]:8000"],
    ["http://127.0.0.1:8000", "localhost:8000"],
    ["http://evil.test", "user@evil.test:80:80"],
    ["http://a", "["],
    ["file://chat.test", "chat.test"],
  ] as const;
  for (const [origin, host] of foreign) assert(!origins.allows(origin, host), `${origin} on ${host}`);
});

Deno.test("behind a proxy that ends TLS the browser's https page is still the server's own", () => {
  const origins = createOrigins([]);
  assert(origins.allows("https://chat.test", "chat.test"));
  assert(origins.allows("https://chat.test", "chat.test:443"));
  assert(origins.allows("https://chat.test:8443", "chat.test:8443"));
  assert(!origins.allows("https://chat.test:8443", "chat.test"));
  assert(!origins.allows("https://chat.test", "chat.test:8443"));
});

Deno.test("[Channels] * lets in every page, even one without an origin of its own", () => {
  assertDecides(["*"], ["https://evil.test", "http://a:1", "null", "file://"], []);
  assertDecides(["https://good.example", "*"], ["https://evil.test"], []);
});

Deno.test("[Channels] a rule of a host alone lets in every scheme and port of that host, and no other host", () => {
  assertDecides(
    ["good.example"],
    ["http://good.example", "https://good.example", "https://good.example:8443", "https://GOOD.example"],
    ["https://a.good.example", "https://good.example.evil", "https://example"],
  );
});

Deno.test("[Channels] a rule that begins with a dot lets in the apex and every subdomain", () => {
  assertDecides(
    [".example.org"],
    ["https://example.org", "https://a.example.org", "http://a.b.example.org:8000", "https://A.EXAMPLE.ORG"],
    [
      "https://badexample.org",
      "https://example.org.evil",
      "https://org",
      "https://a.example.com",
      "https://.example.org.evil",
    ],
  );
  assertDecides(
    ["https://.example.org:8443"],
    ["https://example.org:8443", "https://a.example.org:8443"],
    ["http://a.example.org:8443", "https://a.example.org", "https://badexample.org:8443"],
  );
});

Deno.test("[Channels] scheme and port count where a rule gives them; a scheme brings its port", () => {
  assertDecides(
    ["https://good.example"],
    ["https://good.example", "https://good.example:443"],
    ["http://good.example", "https://good.example:8443", "http://good.example:443"],
  );
  assertDecides(["http://good.example"], ["http://good.example:80"], [
    "https://good.example",
    "http://good.example:8080",
  ]);
  assertDecides(["http://good.example:8080"], ["http://good.example:8080"], [
    "http://good.example",
    "https://good.example:8080",
  ]);
  assertDecides(
    ["localhost:3000"],
    ["http://localhost:3000", "https://localhost:3000"],
    ["http://localhost", "http://localhost:30000", "http://a.localhost:3000"],
  );
  assertDecides(["good.example:443"], ["https://good.example"], ["http://good.example"]);
});

Deno.test("rules may be IPv6 addresses, with and without scheme and port, however they are written", () => {
  assertDecides(["[::1]"], ["http://[::1]", "http://[::1]:8000", "http://[0:0::1]"], [
    "http://[::2]",
    "http://127.0.0.1",
  ]);
  assertDecides(["http://[::1]:8000"], ["http://[::1]:8000"], ["http://[::1]", "https://[::1]:8000"]);
  assertDecides(["https://[2001:DB8::0001]"], ["https://[2001:db8::1]"], ["http://[2001:db8::1]"]);
});

Deno.test("rules are spelled as browsers spell origins: lower case, punycode, a slash at the end does not matter", () => {
  assertDecides(["HTTPS://Good.Example/"], ["https://good.example"], ["http://good.example"]);
  assertDecides(["https://한국.test"], ["https://xn--3e0b707e.test"], []);
  assertDecides([".한국.test"], ["https://a.xn--3e0b707e.test"], []);
});

Deno.test("any of several rules is enough", () => {
  assertDecides(["https://a.test", "b.test:8000", ".c.test"], [
    "https://a.test",
    "http://b.test:8000",
    "https://x.c.test",
  ], ["http://a.test", "https://b.test"]);
});

Deno.test("a rule that is none is a RangeError that shows it", () => {
  const none = [
    "",
    " ",
    ".",
    "..",
    "https://",
    "://a",
    "*.example.org",
    "https://*.example.org",
    "ftp://a",
    "ws://a",
    "https://a/b",
    "a/b",
    "a?b",
    "a#b",
  ];
  const odd = [
    "a b",
    "a:b",
    "a:",
    "a:99999",
    "a:65536",
    "https://a:1:2",
    "user@a",
    "[::1",
    "::1",
    "[::::]",
    "[zz]",
    "%",
    "a%",
    "a\n",
    "ex<ample",
    "a|b",
  ];
  for (const rule of [...none, ...odd]) {
    const error = assertThrows(
      () => createOrigins(["https://good.example", rule]),
      RangeError,
      undefined,
      JSON.stringify(rule),
    );
    assert(error.message.includes(JSON.stringify(rule)), error.message);
    assertEquals(error.message.split("\n").length, 1);
  }
});
