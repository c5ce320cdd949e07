import { assert, assertEquals, assertRejects } from "@std/assert";
import { roomGroup } from "../../../chat/keys.ts";
import { indexRoom } from "../../../chat/search/index_room.ts";
import { Search } from "../../../chat/search/search.ts";
import type { ChannelLayer } from "../../../layers/layer.ts";
import { ChatError } from "../../../protocol/errors.ts";
import { chatter, minji, onBothLayers, say } from "./a_room.ts";

const FOREVER = { budgetMs: 60_000 };

async function textsOf(search: Search, rooms: string[], text: string, limit = 50): Promise<unknown[]> {
  const { items } = await search.messages(rooms, { text }, { limit });
  return items.map(({ json }) => JSON.parse(json).text);
}

Deno.test("a word of letters is found by its beginning, a Korean one by any part, whatever the case and the form", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    const said = "Deployment: 마이크로서비스를 ＡＰＩ로 v2배포 ❤️ Straße";
    await say(layer, "lobby", said);
    await say(layer, "lobby", "nothing of it");
    const found = [
      "deploy",
      "DEPLOYMENT",
      "로서비",
      "스",
      "마이크로서비스를",
      "api",
      "v2배포",
      "배포",
      "❤",
      "strasse",
      "로서비 api",
    ];
    const notFound = ["eployment", "deployments", "로비서", "pi", "2배포", "api nothing", "마이 없음", "뷁"];
    const check = async () => {
      for (const query of found) assertEquals(await textsOf(search, ["lobby"], query), [said], query);
      for (const query of notFound) assertEquals(await textsOf(search, ["lobby"], query), [], query);
    };
    await check();
    // The same when it is in the index, and a decomposed query too.
    await chatter(layer, "lobby", 1_100);
    assertEquals(await indexRoom(layer, "lobby"), 2);
    await check();
    assertEquals(await textsOf(search, ["lobby"], "로서비".normalize("NFD")), [said]);
    await search.close();
  });
});

Deno.test("pages of several rooms come newest first, without a gap and without doubles, however little time a page has", async () => {
  await onBothLayers(async (layer) => {
    const rooms = ["one", "two", "three"];
    const said: string[] = [];
    for (let i = 0; i < 40; i++) {
      const room = rooms[i % 3] ?? "one";
      if (i % 4 === 0) await chatter(layer, room, 60);
      // Rooms that share a commit share cursors, too.
      await Promise.all(rooms.map((each) => say(layer, each, `needle ${i}`)));
      said.unshift(...rooms.map((each) => `${each} needle ${i}`));
    }
    await indexRoom(layer, "one");
    for (const budgetMs of [60_000, 0]) {
      const search = new Search(layer, { budgetMs });
      const found: string[] = [];
      let next: string | undefined;
      let pages = 0;
      do {
        const page = await search.messages(rooms, { text: "needle" }, { next, limit: 7 });
        found.push(...page.items.map(({ room, json }) => `${room} ${JSON.parse(json).text}`));
        const cursors = page.items.map(({ cursor }) => cursor);
        assertEquals(cursors, cursors.toSorted().reverse());
        next = page.next;
        assert(++pages < 1_000);
      } while (next !== undefined);
      assertEquals(found.toSorted(), said.toSorted());
      assertEquals(found.length, new Set(found).size);
      await search.close();
    }
  });
});

Deno.test("a deleted message is not found, an edited one by its new text only, in the index and beside it", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    const edited = await say(layer, "lobby", "before");
    const deleted = await say(layer, "lobby", "vanishing words");
    await chatter(layer, "lobby", 600);
    const late = await say(layer, "lobby", "unindexed");
    assertEquals(await indexRoom(layer, "lobby"), 1);
    const group = roomGroup("lobby");
    for (const [cursor, text] of [[edited, "afterwards"], [late, "rewritten"]] as const) {
      const part = await search.extendFilter("lobby", cursor, text);
      await layer.commit({
        ...part,
        amends: [{ group, cursor, event: { type: "message", at: 1, user: minji, text } }],
      });
    }
    const tombstone = { type: "message", at: 1, user: minji, deleted: true };
    await layer.commit({ erases: [{ group, cursor: deleted, event: tombstone }] });
    for (const gone of ["before", "vanishing", "unindexed"]) assertEquals(await textsOf(search, ["lobby"], gone), []);
    assertEquals(await textsOf(search, ["lobby"], "afterwards"), ["afterwards"]);
    assertEquals(await textsOf(search, ["lobby"], "rewritten"), ["rewritten"]);
    await search.close();
  });
});

Deno.test("an edit that falls into the making of a segment is found in it", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    const target = await say(layer, "lobby", "before");
    await chatter(layer, "lobby", 600);
    const group = roomGroup("lobby");
    const event = { type: "message", at: 1, user: minji, text: "afterwards" };
    let commits = 0;
    const racing: ChannelLayer = {
      ...layer,
      commit: async (change) => {
        // The second one writes the segment, out of what was read before this edit.
        if (++commits === 2) {
          const part = await search.extendFilter("lobby", target, "afterwards");
          await layer.commit({ ...part, amends: [{ group, cursor: target, event }] });
        }
        await layer.commit(change);
      },
    };
    assertEquals(await indexRoom(racing, "lobby"), 1);
    assert(commits > 2, "the segment was made a second time");
    assertEquals(await textsOf(search, ["lobby"], "afterwards"), ["afterwards"]);
    await search.close();
  });
});

Deno.test("several who index one room at once make each segment once", async () => {
  await onBothLayers(async (layer) => {
    await chatter(layer, "lobby", 2_000);
    const made = await Promise.all([1, 2, 3].map(() => indexRoom(layer, "lobby")));
    await indexRoom(layer, "lobby");
    assert(made.reduce((sum, count) => sum + count) <= 3);
    const segments = await layer.list<{ blocks: { count: number }[] }>({ prefix: ["segment", "lobby"], limit: 100 });
    assertEquals(segments.map(({ value }) => value.blocks.reduce((sum, { count }) => sum + count, 0)), [512, 512, 512]);
  });
});

Deno.test("messages of 4,000 different characters make segments that fit a document, and are found", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    let code = 0xac00;
    const next = () => String.fromCodePoint(code = code >= 0xd7a3 ? 0xac00 : code + 1 + (code % 3));
    const texts = Array.from(
      { length: 600 },
      (_, i) => Array.from({ length: i % 8 === 0 ? 4_000 : 20 }, next).join(""),
    );
    for (const text of texts) await say(layer, "lobby", text);
    assert(await indexRoom(layer, "lobby") > 1);
    const { items } = await search.messages(["lobby"], { text: texts[8]?.slice(2_000, 2_020) }, { limit: 50 });
    assert(items.length > 0);
    await search.close();
  });
});

Deno.test("messages are found by who wrote them and whom they mention", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    const theirs = await say(layer, "lobby", "hello", { user: { id: "g_other", name: "x" }, mentions: ["g_minji"] });
    await chatter(layer, "lobby", 600);
    await indexRoom(layer, "lobby");
    for (const wanted of [{ from: "g_other" }, { mentions: "g_minji" }, { from: "g_other", text: "hel" }]) {
      const { items } = await search.messages(["lobby"], wanted, { limit: 5 });
      assertEquals(items.map(({ cursor }) => cursor), [theirs]);
    }
    assertEquals((await search.messages(["lobby"], { from: "g_other", text: "filler" }, { limit: 5 })).items, []);
    await search.close();
  });
});

Deno.test("a thread is listed oldest first, page by page, from its first message on", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    await chatter(layer, "lobby", 100);
    const root = await say(layer, "lobby", "root");
    const replies: string[] = [];
    for (let i = 0; i < 9; i++) {
      replies.push(await say(layer, "lobby", `reply ${i}`, { thread: root }));
      await chatter(layer, "lobby", 150);
    }
    await indexRoom(layer, "lobby");
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await search.thread("lobby", root, { after, limit: 4 });
      found.push(...page.items.map(({ cursor }) => cursor));
      after = page.next;
    } while (after !== undefined);
    assertEquals(found, replies);
    await search.close();
  });
});

Deno.test("what was trimmed is passed over", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    await say(layer, "lobby", "needle one");
    const some = await chatter(layer, "lobby", 600);
    await say(layer, "lobby", "needle two");
    await indexRoom(layer, "lobby");
    await layer.trim(roomGroup("lobby"), some[300] ?? "");
    assertEquals(await textsOf(search, ["lobby"], "needle"), ["needle two"]);
    await chatter(layer, "lobby", 600);
    assertEquals(await indexRoom(layer, "lobby"), 1);
    assertEquals(await textsOf(search, ["lobby"], "needle"), ["needle two"]);
    await search.close();
  });
});

Deno.test("a room is indexed behind what is said in it, and no more once search is closed", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer, FOREVER);
    for (const _ of await chatter(layer, "lobby", 512)) search.noteMessage("lobby");
    await search.idle();
    assertEquals((await layer.list({ prefix: ["segment", "lobby"], limit: 10 })).length, 1);
    await chatter(layer, "lobby", 512);
    await search.close();
    for (let i = 0; i < 512; i++) search.noteMessage("lobby");
    assertEquals((await layer.list({ prefix: ["segment", "lobby"], limit: 10 })).length, 1);
  });
});

Deno.test("a search for nothing, for too much or for punctuation alone is refused", async () => {
  await onBothLayers(async (layer) => {
    const search = new Search(layer);
    for (const text of ["", "  ", "...", "a ...", "a b c d e f g h i j k"]) {
      const error = await assertRejects(() => search.messages(["lobby"], { text }, { limit: 1 }), ChatError);
      assertEquals(error.code, "bad_request");
    }
    const error = await assertRejects(
      () => search.messages(["lobby"], { text: "a" }, { limit: 1, next: "x" }),
      ChatError,
    );
    assertEquals(error.code, "bad_cursor");
    assertEquals(await search.messages([], { text: "a" }, { limit: 1 }), { items: [] });
    await search.close();
  });
});
