import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Scope } from "../../consumers/socket.ts";
import { tokens } from "../../routes/scope.ts";
import { consumerOf } from "../consumers/consumer_of.ts";
import { onStage, type Stage } from "../testing/stage.ts";

/** The scope that a consumer at a route sees. */
async function scopeAt(stage: Stage, path: string, options = {}): Promise<Scope> {
  const before = scopes.length;
  await stage.connect(path, options);
  const scope = scopes[before];
  assert(scope !== undefined);
  return scope;
}

const scopes: Scope[] = [];

function onScope(test: (stage: Stage) => Promise<void>): () => Promise<void> {
  return onStage(async (stage) => {
    for (const path of ["/x/:room/:more", "/x/:room/", "/x"]) {
      stage.route(path, () =>
        consumerOf({
          connect() {
            scopes.push(this.scope);
            return this.accept();
          },
        }));
    }
    await test(stage);
  });
}

Deno.test(
  "params are the route's captures, decoded",
  onScope(async (stage) => {
    assertEquals((await scopeAt(stage, "/x/lobby/")).params, { room: "lobby" });
    assertEquals((await scopeAt(stage, "/x/%ED%95%9C%EA%B8%80/a%2Fb")).params, { room: "한글", more: "a/b" });
    assertEquals((await scopeAt(stage, "/x/__proto__/constructor")).params, { room: "__proto__", more: "constructor" });
    assertEquals((await scopeAt(stage, "/x")).params, {});
  }),
);

Deno.test(
  "path is the decoded path, query the parsed query, each time",
  onScope(async (stage) => {
    const scope = await scopeAt(stage, "/x/%ED%95%9C/?a=1&a=2&b=%EA%B0%80+%26&__proto__=x");
    assertEquals(scope.path, "/x/한/");
    for (let i = 0; i < 2; i++) {
      assertEquals([scope.query.getAll("a"), scope.query.get("b"), scope.query.get("__proto__")], [
        ["1", "2"],
        "가 &",
        "x",
      ]);
    }
    assertEquals([...(await scopeAt(stage, "/x")).query], []);
  }),
);

Deno.test(
  "headers are the handshake's, whatever their case, and still there when the handshake is over",
  onScope(async (stage) => {
    const scope = await scopeAt(stage, "/x", {
      headers: { "X-Test": "1", cookie: "a=1; b=2", "accept-language": "ko" },
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals([scope.headers.get("x-test"), scope.headers.get("Cookie"), scope.headers.get("accept-language")], [
      "1",
      "a=1; b=2",
      "ko",
    ]);
    assertEquals(scope.headers.get("sec-websocket-version"), "13");
  }),
);

Deno.test(
  "subprotocols are those offered, in the client's order",
  onScope(async (stage) => {
    assertEquals((await scopeAt(stage, "/x", { subprotocols: ["b", "a"] })).subprotocols, ["b", "a"]);
    assertEquals((await scopeAt(stage, "/x")).subprotocols, []);
  }),
);

Deno.test(
  "everyone is a guest with an id of their own; the name is the query's or made up",
  onScope(async (stage) => {
    const [one, two] = [await scopeAt(stage, "/x"), await scopeAt(stage, "/x?other=1")];
    for (const { user } of [one, two]) {
      assertMatch(user.id, /^g_[\w-]{16}$/);
      assertMatch(user.name, /^guest-/);
    }
    assertNotEquals(one.user.id, two.user.id);
    assertEquals((await scopeAt(stage, "/x?name=%EF%BD%8D%EF%BD%89n%20%20ji")).user.name, "min ji");
  }),
);

Deno.test(
  "a name that is none is refused before there is a consumer",
  onScope(async (stage) => {
    const before = scopes.length;
    const { connected } = await stage.knock("/x?name=%0A");
    assert(!connected.connected && connected.status === 400);
    assertEquals(scopes.length, before);
  }),
);

Deno.test(
  "the client's address is there where the transport knows it",
  onScope(async (stage) => {
    assertEquals((await scopeAt(stage, "/x")).client, undefined);
  }),
);

Deno.test("tokens are the members of a list, without what is empty", () => {
  assertEquals(tokens(null), []);
  assertEquals(tokens(""), []);
  assertEquals(tokens(" , ,"), []);
  assertEquals(tokens("a"), ["a"]);
  assertEquals(tokens("a,b , c"), ["a", "b", "c"]);
});
