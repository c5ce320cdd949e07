import { assert, assertEquals } from "@std/assert";
import { documentKey, personGroup, roomGroup } from "../../chat/keys.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { assertRefused, callerOf, jihun, minji, openKvRoom, openRoom, partsOn, stranger } from "./message_room.ts";

/** A layer that counts what is asked of it. */
function counting(layer: ChannelLayer) {
  const calls: string[] = [];
  const counted: ChannelLayer = {
    ...layer,
    publish: (...args) => (calls.push("publish"), layer.publish(...args)),
    get: (keys) => (calls.push("get"), layer.get(keys)),
    read: (...args) => (calls.push("read"), layer.read(...args)),
    list: (options) => (calls.push("list"), layer.list(options)),
  };
  return { calls, counted };
}

for (const [kind, open] of [["memory", openRoom], ["kv", openKvRoom]] as const) {
  Deno.test(`${kind}: a message is in the log as it was said, and a retry is answered with the first one`, async () => {
    await using room = await open();
    const first = await room.messages.send(jihun, "r", { text: "안녕", key: "k" });
    assertEquals(await room.messages.send(jihun, "r", { text: "안녕", key: "k" }), { ...first, duplicate: true });
    assertEquals(await room.log(), [{ type: "message", at: first.at, user: jihun.user, key: "k", text: "안녕" }]);
    await assertRefused(room.messages.send(jihun, "r", { text: "다른 말", key: "k" }), "conflict");
    // Another person's keys are their own.
    assertEquals((await room.messages.send(minji, "r", { text: "다른 말", key: "k" })).duplicate, false);
  });

  Deno.test(`${kind}: a retry of a message that was edited or deleted since is answered with the first one`, async () => {
    await using room = await open();
    const draft = { text: "one", key: "k" };
    const { cursor } = await room.messages.send(jihun, "r", draft);
    await room.messages.edit(jihun, "r", cursor, "two");
    assertEquals((await room.messages.send(jihun, "r", draft)).cursor, cursor);
    await room.messages.delete(jihun, "r", cursor);
    assertEquals((await room.messages.send(jihun, "r", draft)).cursor, cursor);
  });

  Deno.test(`${kind}: a retry is answered with the first one, whatever would refuse it by now`, async () => {
    await using room = await open();
    const answered = await room.messages.send(minji, "r", { text: "question" });
    const draft = { text: "answer", key: "k", reply: answered.cursor };
    const { cursor } = await room.messages.send(jihun, "r", draft);
    await room.messages.delete(minji, "r", answered.cursor);
    assertEquals((await room.messages.send(jihun, "r", draft)).cursor, cursor);
    await assertRefused(room.messages.send(jihun, "r", { ...draft, key: "another" }), "not_found");
    await assertRefused(room.messages.send(jihun, "r", { ...draft, text: "other" }), "conflict");
    await assertRefused(room.messages.send(stranger, "r", { ...draft, key: "k" }), "forbidden");
  });

  Deno.test(`${kind}: deleting erases the text of a message and of all its edits, the shortest one too`, async () => {
    await using room = await open();
    for (const text of ["x", "마루", "a long secret"]) {
      const { cursor, at } = await room.messages.send(jihun, "r", { text });
      for (const next of [`${text} secret 2`, `${text} secret 3`, `${text} secret 4`]) {
        await room.messages.send(minji, "r", { text: "between" });
        await room.messages.edit(jihun, "r", cursor, next);
      }
      const texts = (await room.log()).filter(({ type }) => type === "edit").map(({ text }) => text);
      assertEquals(texts.slice(-3), [undefined, undefined, `${text} secret 4`]);
      await room.messages.delete(jihun, "r", cursor);
      await room.messages.delete(jihun, "r", cursor);
      const log = await room.log();
      assert(!JSON.stringify(log).includes("secret"));
      assertEquals(log.filter(({ type, target }) => type === "delete" && target === cursor).length, 1);
      const tombstone = JSON.parse((await room.history.message(jihun, "r", cursor)).json);
      assertEquals(tombstone, { type: "message", at, user: jihun.user, deleted: true });
      await assertRefused(room.messages.edit(jihun, "r", cursor, "again"), "not_found");
    }
  });

  Deno.test(`${kind}: replies of a thread count each other, also when many come at once and one goes`, async () => {
    await using room = await open();
    const { cursor: root } = await room.messages.send(minji, "r", { text: "root" });
    const sent = await Promise.all(
      Array.from(
        { length: 12 },
        (_, n) => room.messages.send(n % 2 === 0 ? minji : jihun, "r", { text: `${n}`, thread: root, key: `${n}` }),
      ),
    );
    const counts = (await room.log()).filter(({ thread }) => thread === root).map(({ count }) => count);
    assertEquals(counts, Array.from({ length: 12 }, (_, n) => n + 1));
    const rootNow = async () => JSON.parse((await room.history.message(jihun, "r", root)).json);
    assertEquals((await rootNow()).replies.count, 12);
    await room.messages.delete(minji, "r", sent[1]?.cursor ?? "");
    assertEquals((await rootNow()).replies.count, 11);
    await assertRefused(room.messages.send(jihun, "r", { text: "a", thread: sent[0]?.cursor ?? "" }), "bad_request");
  });

  Deno.test(`${kind}: slow mode is exact for two isolates at once, and lets a retry pass`, async () => {
    await using room = await open({ info: { slowModeS: 10 } });
    const other = partsOn(room.layer, room.now);
    const results = await Promise.allSettled([
      room.messages.send(jihun, "r", { text: "a", key: "a" }),
      other.messages.send(jihun, "r", { text: "b", key: "b" }),
    ]);
    assertEquals(results.filter(({ status }) => status === "fulfilled").length, 1);
    const said = (await room.log())[0];
    assertEquals((await room.messages.send(jihun, "r", { text: said.text, key: said.key })).duplicate, true);
    const error = await assertRefused(room.messages.send(jihun, "r", { text: "c" }), "rate_limited");
    assert(error.retryAfterMs !== undefined && error.retryAfterMs > 9_000 && error.retryAfterMs <= 10_000);
    await room.messages.send(minji, "r", { text: "owners do not wait" });
    await room.messages.send(minji, "r", { text: "owners do not wait" });
    room.clock.ms += 10_000;
    await room.messages.send(jihun, "r", { text: "c" });
  });
}

Deno.test("a message of somebody who is known costs one publish and no read", async () => {
  const { calls, counted } = counting(createMemoryLayer());
  await using room = await openRoom({ layer: counted });
  await room.messages.send(jihun, "r", { text: "warm" });
  calls.length = 0;
  for (let n = 0; n < 5; n++) await room.messages.send(jihun, "r", { text: "x", key: `${n}` });
  assertEquals(calls, Array(5).fill("publish"));
});

Deno.test("nobody who was banned or muted on another isolate gets a message into the log behind that", async () => {
  await using room = await openRoom();
  await room.messages.send(jihun, "r", { text: "1" });
  await room.become(jihun, { role: "member", muted: {} });
  await assertRefused(room.messages.send(jihun, "r", { text: "2" }), "forbidden");
  await room.become(jihun, { banned: {} });
  await assertRefused(room.messages.send(jihun, "r", { text: "3" }), "forbidden");
  await room.join(jihun);
  await room.messages.send(jihun, "r", { text: "4" });
  assertEquals((await room.log()).map(({ text }) => text), ["1", "4"]);
});

Deno.test("what one person says at once is in the order in which they said it, whatever has to be looked up", async () => {
  await using room = await openKvRoom();
  const texts = ["hi @jihun", "plain", "@민지 둘", "plain 2", "plain 3"];
  await Promise.all(texts.map((text) => room.messages.send(minji, "r", { text })));
  assertEquals((await room.log()).map(({ text }) => text), texts);
});

Deno.test("strangers and those who may only read are refused; in a room for moderators members are", async () => {
  await using room = await openRoom({ info: { write: "moderators" } });
  await assertRefused(room.messages.send(stranger, "r", { text: "a" }), "forbidden");
  await assertRefused(room.messages.send(jihun, "r", { text: "a" }), "forbidden");
  const { cursor } = await room.messages.send(minji, "r", { text: "a" });
  await assertRefused(room.messages.edit(jihun, "r", cursor, "b"), "forbidden");
  await assertRefused(room.messages.delete(jihun, "r", cursor), "forbidden");
});

Deno.test("who has no session writes in open public rooms only, and leaves no trace among the members", async () => {
  for (
    const [info, isOpen] of [
      [{}, true],
      [{ write: "moderators" }, false],
      [{ slowModeS: 5 }, false],
      [{ archived: true }, false],
      [{ kind: "private" }, false],
    ] as const
  ) {
    await using room = await openRoom({ info });
    const sending = room.messages.sendOpen(stranger.user, "r", "a");
    if (isOpen) assertEquals((await sending).duplicate, false);
    else await assertRefused(sending, "forbidden");
    assertEquals((await room.layer.list({ prefix: ["member", "r"], limit: 10 })).length, 2);
  }
  await using room = await openRoom();
  await room.messages.sendOpen(stranger.user, "nobody-used-it", "a");
});

Deno.test("one edits one's own; the same text again is no event; moderators' deletions are in the audit trail", async () => {
  await using room = await openRoom();
  const { cursor, at } = await room.messages.send(jihun, "r", { text: "a" });
  await assertRefused(room.messages.edit(minji, "r", cursor, "b"), "forbidden");
  assertEquals(await room.messages.edit(jihun, "r", cursor, "a"), { at });
  const edited = await room.messages.edit(jihun, "r", cursor, "b");
  assertEquals(await room.messages.edit(jihun, "r", cursor, "b"), edited);
  assertEquals((await room.log()).length, 2);
  await room.messages.delete(minji, "r", cursor);
  const { entries } = await room.layer.read("audit:r", { limit: 10 });
  const [deed] = entries.map(({ json }) => JSON.parse(json));
  assertEquals([deed.action, deed.user, deed.member, deed.target], ["delete", minji.user, jihun.user, cursor]);
});

Deno.test("a reply answers a message of this room that is still there", async () => {
  await using room = await openRoom();
  const { cursor } = await room.messages.send(jihun, "r", { text: "a" });
  await room.messages.send(minji, "r", { text: "b", reply: cursor });
  assertEquals((await room.log()).at(-1).reply, cursor);
  const elsewhere = await room.layer.publish(roomGroup("other"), { type: "message", text: "x" });
  await assertRefused(room.messages.send(minji, "r", { text: "b", reply: elsewhere.cursor }), "not_found");
  await assertRefused(room.messages.send(minji, "r", { text: "b", reply: "-1" }), "bad_cursor");
  await room.messages.delete(jihun, "r", cursor);
  await assertRefused(room.messages.send(minji, "r", { text: "b", reply: cursor }), "not_found");
});

Deno.test("who is mentioned is told once, everyone only by who may, and an edit tells only whom it adds", async () => {
  await using room = await openRoom();
  const hana = callerOf("Hana Kim");
  await room.join(hana);
  const { cursor } = await room.messages.send(jihun, "r", { text: "@jihun @hana kim, `@민지` @room" });
  assertEquals((await room.log())[0].mentions, [jihun.user.id, hana.user.id]);
  await room.messages.edit(jihun, "r", cursor, "@Hana Kim @민지야");
  assertEquals((await room.log()).at(-1).mentions, [hana.user.id, minji.user.id]);
  await room.messages.send(minji, "r", { text: "@room" });
  assertEquals((await room.log()).at(-1).mentions, ["@room"]);
  const told = async (id: string) => (await room.layer.read(personGroup(id), { limit: 10 })).entries.length;
  const groups = [jihun.user.id, hana.user.id, minji.user.id, "@room:r"];
  assertEquals(await Promise.all(groups.map(told)), [0, 1, 1, 1]);
});

Deno.test("search hears of what was said, once, and of edits in the same step", async () => {
  const noted: string[] = [];
  await using room = await openRoom({
    hooks: {
      noteMessage: (name) => noted.push(name),
      extendFilter: (name, target, text) =>
        Promise.resolve({ sets: [{ key: documentKey("segment", name, target), value: text }] }),
    },
  });
  const { cursor } = await room.messages.send(jihun, "r", { text: "a", key: "k" });
  await room.messages.send(jihun, "r", { text: "a", key: "k" });
  assertEquals(noted, ["r"]);
  await room.messages.edit(jihun, "r", cursor, "b");
  assertEquals((await room.layer.get([documentKey("segment", "r", cursor)]))[0]?.value, "b");
});

Deno.test("a pinned message that is deleted is pinned no more, and its reactions are forgotten", async () => {
  await using room = await openRoom();
  const { cursor } = await room.messages.send(jihun, "r", { text: "a" });
  await room.pins.pin(minji, "r", cursor, true);
  await room.reactions.react(minji, "r", cursor, "👍", true);
  await room.messages.delete(jihun, "r", cursor);
  assertEquals(await room.pins.list(jihun, "r"), []);
  assertEquals(await room.layer.list({ prefix: ["reaction", "r"], limit: 10 }), []);
});
