import { assertEquals } from "@std/assert";
import { Person } from "../testing/person.ts";
import { SIGNED, signToken } from "../testing/signing.ts";
import { onService } from "../testing/stage.ts";

/** Two UTF-16 units, four bytes: the longest room there is, and what an id may not be made of so many of. */
const ROOM = encodeURIComponent("𠮷".repeat(64));

Deno.test(
  "an id that is too long in UTF-16 is refused, whatever it is of and wherever it is given",
  onService(async (service) => {
    const minji = await service.signIn("Minji");
    await minji.enter(ROOM);
    const [person, place] = ["👍".repeat(130), "👍".repeat(250)].map(encodeURIComponent);
    const asked = [
      ["GET", `/v1/rooms/${ROOM}/people/${person}`],
      ["GET", `/v1/rooms/${ROOM}/people?after=${person}`],
      ["GET", `/v1/rooms/${ROOM}/members?after=${person}`],
      ["DELETE", `/v1/rooms/${ROOM}/members/${person}`],
      ["GET", `/v1/rooms?after=${place}`],
    ] as const;
    for (const [method, path] of asked) {
      const response = await minji.request(method, path);
      assertEquals([response.status, (await response.json()).code], [400, "bad_request"], path.slice(-80));
    }
  }),
);

Deno.test(
  "the longest names and ids that are taken can come into the room with the longest name",
  onService(async (service) => {
    const sub = "가".repeat(128);
    const token = await signToken(Date.now() + 600_000, { sub });
    const signed = new Person(service.app, { token, user: { id: `s_${sub}`, name: "민지" } });
    // A flag is seven characters beyond the first plane.
    const flags = await service.signIn("🏴󠁧󠁢󠁥󠁮󠁧󠁿".repeat(18));
    for (const each of [signed, flags]) await each.ok("PUT", `/v1/rooms/${ROOM}/members/me`);
    const { cursor } = await flags.ok("PUT", `/v1/rooms/${ROOM}/messages/k`, { text: "@민지 and all" });
    await signed.ok("PUT", `/v1/rooms/${ROOM}/messages/${cursor}/reactions/${encodeURIComponent("👨‍👩‍👧‍👦")}`);
    assertEquals((await signed.ok("GET", "/v1/me/rooms")).rooms[0].mentions, 1);
    const tooLong = await signToken(Date.now() + 600_000, { sub: "𠮷".repeat(128) });
    const refused = await new Person(service.app, { token: tooLong, user: signed.user }).request("GET", "/v1/me");
    assertEquals([refused.status, (await refused.json()).code], [401, "unauthorized"]);
  }, { signed: SIGNED }),
);
