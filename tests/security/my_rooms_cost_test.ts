import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { documentKey } from "../../chat/keys.ts";
import { Limits } from "../../chat/limits.ts";
import { MyRooms } from "../../chat/my_rooms.ts";
import { ChatError } from "../../protocol/errors.ts";
import { callerOf, chatStage } from "../chat/chat_stage.ts";
import { onService } from "../testing/stage.ts";

const MINJI = callerOf("g_minji", "민지");

/** Somebody who is in many rooms in which nobody has said anything. */
async function inMany(stage: Awaited<ReturnType<typeof chatStage>>, rooms: number): Promise<void> {
  for (let n = 0; n < rooms; n++) {
    await stage.layer.commit({
      sets: [
        {
          key: documentKey("member", `r-${n}`, MINJI.user.id),
          value: { user: MINJI.user, role: "member", joinedAt: 1 },
        },
        {
          key: documentKey("membership", MINJI.user.id, `r-${n}`),
          value: { joinedAt: 1, notify: "all", favourite: false },
        },
      ],
    });
  }
}

Deno.test("one person's lists are made one after the other, and what others do comes in between", async () => {
  await using stage = await chatStage();
  await inMany(stage, 120);
  await stage.myRooms.list(MINJI);
  const order: string[] = [];
  const lists = [1, 2].map((n) =>
    stage.myRooms.list(MINJI).then((rooms) => order.push(`list ${n} of ${rooms.length}`))
  );
  // A turn of the event loop: what is known already would else be counted without any.
  const other = new Promise<void>((resolve) =>
    setTimeout(() => {
      order.push("another's");
      resolve();
    })
  );
  await Promise.all([...lists, other]);
  assertEquals(order, ["another's", "list 1 of 120", "list 2 of 120"]);
});

Deno.test("a list of many rooms costs more than one of few, and whoever waits gets it", async () => {
  await using stage = await chatStage();
  await inMany(stage, 120);
  let ms = 0;
  const limits = new Limits({ sendRate: 0, scale: 0.05, now: () => ms });
  const charge = (person: string, rooms: number) => limits.takeMore(person, "read", Math.floor(rooms / 50));
  const myRooms = new MyRooms(stage.layer, stage.reading, { charge });
  const ask = async () => {
    limits.take("person", MINJI.user.id, "read");
    return await myRooms.list(MINJI);
  };
  // Ten at once, and each is three.
  for (let n = 0; n < 3; n++) assertEquals((await ask()).length, 120);
  const refused = await assertRejects(ask, ChatError);
  assertEquals([refused.code, refused.retryAfterMs], ["rate_limited", 3_000]);
  ms += refused.retryAfterMs ?? 0;
  assertEquals((await ask()).length, 120);
});

Deno.test("tokens are taken all or none, and whoever comes back in time finds them and the one for asking", () => {
  let ms = 0;
  const limits = new Limits({ sendRate: 0, now: () => ms });
  for (let n = 0; n < 10; n++) {
    limits.take("person", "a", "read");
    limits.takeMore("a", "read", 19);
  }
  assertThrows(() => limits.take("person", "a", "read"), ChatError);
  ms += 1_000;
  limits.take("person", "a", "read");
  const { retryAfterMs } = assertThrows(() => limits.takeMore("a", "read", 100), ChatError);
  assertEquals(retryAfterMs, (81 + 1) * 50);
  assertEquals(limits.peek("person", "a", "read")?.remaining, 19);
  ms += retryAfterMs ?? 0;
  limits.take("person", "a", "read");
  limits.takeMore("a", "read", 100);
  assertEquals(limits.peek("person", "a", "read")?.remaining, 0);
  // More than ever fits is as much as fits.
  ms += 60_000;
  limits.take("person", "a", "read");
  limits.takeMore("a", "read", 1_000);
  new Limits({ sendRate: 0, scale: 0 }).takeMore("a", "read", 1_000);
});

Deno.test(
  "the service counts the rooms of `my_rooms`",
  onService(async (service) => {
    const minji = await service.signIn("민지");
    const document = { joinedAt: 1, notify: "all", favourite: false };
    await service.layer.commit({
      sets: Array.from({ length: 200 }, (_, n) => [
        {
          key: documentKey("member", `r-${n}`, minji.user.id),
          value: { user: minji.user, role: "member", joinedAt: 1 },
        },
        { key: documentKey("membership", minji.user.id, `r-${n}`), value: document },
      ]).flat(),
    });
    // Four at once, one more in 2.5 s: all of them are one list of so many rooms.
    const list = await minji.request("GET", "/v1/me/rooms");
    assertEquals([list.status, (await list.json()).rooms.length], [200, 200]);
    const again = await minji.request("GET", "/v1/me/rooms");
    assertEquals([again.status, (await again.json()).code], [429, "rate_limited"]);
  }, { rateScale: 0.02 }),
);
