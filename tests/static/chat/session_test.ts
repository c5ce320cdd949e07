import { assertEquals } from "@std/assert";
import { createEmitter } from "../../../static/client/emitter.js";
import type { Client, ConnectOptions } from "../../../static/client.js";
import { createSession } from "../../../static/chat/session.js";
import { createStorage } from "../../../static/ui/storage.js";

/** A client that does as it is told, and how it was opened. */
function fakeClient(options: ConnectOptions | undefined) {
  const events = createEmitter<{ hello: unknown; person: unknown }>();
  const asked: unknown[] = [];
  return {
    options,
    asked,
    events,
    isClosed: false,
    token: options?.token,
    state: { status: "online" },
    on: events.on,
    ask: (...question: unknown[]) => Promise.resolve(asked.push(question)),
    rename: (name: string) => asked.push(["hello", name]),
    close() {
      this.isClosed = true;
    },
  };
}

function open(kept: Record<string, string> = {}) {
  sessionStorage.clear();
  const storage = createStorage("sessionStorage");
  for (const [key, value] of Object.entries(kept)) storage.set(key, value);
  const clients: ReturnType<typeof fakeClient>[] = [];
  const told: string[] = [];
  const session = createSession({
    storage,
    open(_url, options) {
      const client = fakeClient(options);
      clients.push(client);
      // Safe: the session uses nothing else of it.
      return client as unknown as Client;
    },
    onStart: () => told.push("start"),
    onMe: ({ name }) => told.push(`me ${name}`),
    onLetGo: () => told.push("let go"),
    onSignedOut: (note, former) => told.push(`${note} ${former}`),
  });
  const last = () => clients.at(-1) ?? fakeClient(undefined);
  return { storage, session, clients, told, last };
}

const HELLO = { user: { id: "g_1", name: "민지" }, token: "t1", limits: {} };

Deno.test("who comes in by the door is kept by the token of their hello", () => {
  const { session, storage, told, last } = open();
  session.enter("민지");
  assertEquals(last().options, { name: "민지" });
  last().events.emit("hello", HELLO);
  assertEquals([session.me, storage.get("token"), storage.get("name")], [HELLO.user, "t1", "민지"]);
  assertEquals(told, ["start", "me 민지"]);
});

Deno.test("beside a token no name is said: another device may have given another one since", () => {
  const { session, storage, last } = open({ name: "민지", token: "t1" });
  session.start();
  assertEquals(last().options, { token: "t1" });
  last().events.emit("hello", { ...HELLO, user: { id: "g_1", name: "바다" } });
  assertEquals([session.name, storage.get("name")], ["바다", "바다"]);
  last().events.emit("person", { type: "renamed", at: 1, user: { id: "g_1", name: "하늘" } });
  assertEquals([session.me.name, storage.get("name")], ["하늘", "하늘"]);
});

Deno.test("another tab's token is followed; one's own is no news, and two tabs do not chase each other", () => {
  const { session, storage, clients, last } = open({ name: "민지", token: "t1" });
  session.start();
  session.follow();
  assertEquals(clients.length, 1);
  storage.set("token", "t2");
  storage.set("name", "은우");
  session.follow();
  assertEquals([clients.length, clients[0]?.isClosed, last().options], [2, true, { token: "t2" }]);
  session.follow();
  assertEquals(clients.length, 2);
});

Deno.test("a token that another tab took away leads to the door, once", () => {
  const { session, storage, told } = open({ name: "민지", token: "t1" });
  session.start();
  storage.set("token", undefined);
  session.follow();
  session.follow();
  assertEquals(told, ["start", "let go", "signedOutElsewhere 민지"]);
  assertEquals([session.client, session.name], [undefined, ""]);
});

Deno.test("who signs out leaves nothing behind but what is the browser's; who was signed out keeps what waits to be sent", () => {
  const kept = { name: "민지", token: "t1", theme: "dark", "draft.방": "글", "unsent.k": "{}" };
  for (const [note, left] of [["signedOut", []], ["erased", []], ["signedOutElsewhere", ["unsent.k"]]] as const) {
    const { session, storage } = open(kept);
    session.start();
    session.signedOut(note);
    assertEquals(storage.keys("").sort(), ["theme", ...left], note);
  }
  sessionStorage.clear();
});
