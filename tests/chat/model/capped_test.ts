import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { beginningOf } from "../../../chat/beginning.ts";
import { roomGroup } from "../../../chat/keys.ts";
import { eventually, ModelStage } from "./stage.ts";

/** Messages of others that are counted exactly. */
const MOST = 1_000;
const SEED = Number(Deno.env.get("CI") === undefined ? Date.now() % 2 ** 31 : 1);

Deno.test("unread messages are counted exactly up to 1,000; before the newest 1,000 it may be said that there are more, from any place on any isolate", async () => {
  console.log(`seed ${SEED}`);
  await using stage = await ModelStage.open();
  const [owner, reader] = await stage.people(["민지", "지훈"]);
  if (owner === undefined || reader === undefined) throw new TypeError("There are two");
  const { service, layer } = stage.at(0);
  const { name: room } = await service.rooms.create(owner, { kind: "public", name: "capped" });
  await service.members.become(reader, room);
  // Every tenth is the reader's own; the first ones are older than all that is counted.
  const authors = Array.from({ length: MOST + 250 }, (_, i) => i % 10 === 0 ? reader : owner);
  const said = await Promise.all(
    authors.map((author, i) => service.messages.send(author, room, { text: `${i}`, key: `${i}` })),
  );
  const cursors = said.map(({ cursor }, i) => ({ cursor, author: authors[i]?.user.id }))
    .sort((a, b) => a.cursor < b.cursor ? -1 : 1)
    .map((each, index) => ({ ...each, index }));
  /** Where a tail that has forgotten the oldest may begin: one's own messages are among the newest 1,000, and deleted ones. */
  const newest = cursors.length - MOST;
  const deleted = new Set<string>();
  const beginning = await beginningOf(layer, roomGroup(room));
  const place = fc.oneof(fc.nat(cursors.length), fc.integer({ min: 100, max: 160 }));
  const property = fc.asyncProperty(
    place,
    fc.nat(1),
    fc.boolean(),
    fc.nat(cursors.length - 1),
    async (from, at, cold, gone) => {
      const { cursor: target = "", author } = cursors[gone] ?? {};
      await stage.at(at).service.messages.delete(author === owner.user.id ? owner : reader, room, target);
      deleted.add(target);
      const marker = cursors[from - 1]?.cursor ?? beginning;
      const others = cursors.slice(from).filter((each) => each.author === owner.user.id && !deleted.has(each.cursor));
      await using fresh = await stage.openIsolate();
      const { service: { reading } } = cold ? fresh : stage.at(at + 1);
      await eventually(async () => {
        const counts = await reading.counts(reader.user.id, room, { marker, since: 0 });
        const most = Math.min(others.length, MOST);
        const least = counts.more && from < newest ? others.filter((each) => each.index >= newest).length : most;
        const more = others.length > MOST || least < most;
        assert(
          least <= counts.unread && counts.unread <= most,
          `from ${from}: ${counts.unread} of ${least} to ${most}`,
        );
        assertEquals({ more: counts.more, mentions: counts.mentions }, { more, mentions: 0 }, `from ${from}`);
      });
    },
  );
  await fc.assert(property, { numRuns: 60, seed: SEED });
});
