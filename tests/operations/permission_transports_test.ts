import { assertEquals } from "@std/assert";
import { type Level, LEVELS } from "../../chat/permissions.ts";
import { OPERATIONS } from "../../operations/table.ts";
import { openHarness, TRANSPORTS, transportsOf } from "./harness.ts";
import { FURTHER_ROWS } from "./more_permission_rows.ts";
import { type Place, ROWS } from "./permission_rows.ts";
import { askEverywhere, Cast, checkRow, describe, mayBy } from "./permission_transports.ts";
import { REQUESTS } from "./requests.ts";
import { ADMIN, openWorld, OPTIONS } from "./world.ts";

/** Only to see what a row asks. */
const NOWHERE: Place = { room: "", own: "", others: "", member: "", outsider: "" };

const ALL_ROWS = [...ROWS, ...FURTHER_ROWS];

for (const row of ALL_ROWS) {
  const types = [...new Set(row.asks.map((ask) => ask(NOWHERE)[0]))].join(", ");
  for (const transport of TRANSPORTS) {
    Deno.test(`who may ${row.action}: ${types} (${transport})`, async () => {
      await using harness = await openHarness(OPTIONS);
      await checkRow(harness, transport, row);
    });
  }
}

/** Operations in one room. */
const IN_ROOMS = OPERATIONS.filter(({ path }) => path.startsWith("/v1/rooms/:room") || path === "/v1/me/rooms/:room");

Deno.test("every operation in a room is asked by some row", () => {
  const asked = new Set(ALL_ROWS.flatMap(({ asks }) => asks).map((ask) => ask(NOWHERE)[0]));
  assertEquals(IN_ROOMS.filter(({ type }) => !asked.has(type)).map(({ type }) => type), []);
});

for (const transport of TRANSPORTS) {
  Deno.test(`[B20] no operation tells a stranger whether a private room exists (${transport})`, async () => {
    await using world = await openWorld();
    const { harness, stranger, privateRoom } = world;
    const there = await privateRoom();
    const answerIn = async (type: string, input: object, room: string) => {
      const { error } = await harness.ask(transport, stranger.token, type, { ...input, room });
      return error && { ...error, message: error.message.replaceAll(room, "<room>") };
    };
    for (const { type } of IN_ROOMS) {
      await using other = await openWorld();
      const { input } = await (REQUESTS[type] ?? (() => ({ input: {} })))(other);
      const answer = await answerIn(type, input, there);
      assertEquals(answer?.code, "forbidden", type);
      assertEquals(answer, await answerIn(type, input, "p-00000000000000000000"), type);
    }
  });
}

const MENTION = { least: ["moderator", "member", "member"], inArchived: false } as const;
const EXPORT = { least: ["owner", "owner", "muted"], inArchived: true } as const;
const MODERATED = { least: ["moderator", "moderator", "-"], inArchived: false } as const;

Deno.test("who may mentionRoom: for others @room is text (http)", async () => {
  await using harness = await openHarness(OPTIONS);
  await askEverywhere(await Cast.of(harness), async ({ room }, token, question) => {
    const input = { room, key: crypto.randomUUID(), text: "@room hello" };
    const { ok } = await harness.ask("http", token, "send", input);
    if (ok === undefined) return;
    const { mentions } = await harness.ok("http", ADMIN, "get_message", { room, cursor: ok.cursor });
    assertEquals(mentions, mayBy(MENTION, question) ? ["@room"] : undefined, describe(question));
  });
});

Deno.test("who may export (http)", async () => {
  await using harness = await openHarness(OPTIONS);
  await askEverywhere(await Cast.of(harness), async ({ room }, token, question) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await harness.service.app.request(`/v1/rooms/${room}/export`, { headers });
    const text = await response.text();
    assertEquals(response.status, mayBy(EXPORT, question) ? 200 : 403, `${describe(question)}: ${text}`);
    if (!response.ok) return assertEquals(JSON.parse(text).code, "forbidden");
    const lines = text.split("\n");
    assertEquals(lines.pop(), "", "each line has its end");
    for (const line of lines) assertEquals(typeof JSON.parse(line).cursor, "string", "and there are no others");
  });
});

for (const transport of TRANSPORTS) {
  Deno.test(`who may writeModerated (${transport})`, async () => {
    await using harness = await openHarness(OPTIONS);
    const cast = await Cast.of(harness);
    await askEverywhere(cast, async ({ room }, token, question) => {
      if (question.kind === "direct" || question.isArchived) return;
      await harness.ok("http", ADMIN, "update_room", { room, write: "moderators" });
      // Whoever may not even read is refused when they open the room.
      const { error: closed } = transport === "socket" ? await harness.ask("socket", token, "join", { room }) : {};
      const input = { room, key: crypto.randomUUID(), text: "a" };
      const { error } = closed !== undefined ? { error: closed } : await harness.ask(transport, token, "send", input);
      assertEquals(error?.code, mayBy(MODERATED, question) ? undefined : "forbidden", describe(question));
    });
  });
}

/** Operations that are the operator's. */
const OPERATORS_OWN: readonly string[] = [
  "ban_person",
  "unban_person",
  "revoke_person",
  "create_bot",
  "list_bots",
  "list_service_audit",
  "delete_bot",
  "erase_person",
];

Deno.test("what REQUESTS ask as the operator is the operator's, and nothing else", async () => {
  await using world = await openWorld();
  const asAdmin: string[] = [];
  for (const [type, arrange] of Object.entries(REQUESTS)) {
    await using other = await openWorld();
    if ((await arrange(other)).token === ADMIN) asAdmin.push(type);
  }
  assertEquals(asAdmin.sort(), [...OPERATORS_OWN].sort());
  assertEquals(world.harness.service.reports, []);
});

for (const type of OPERATORS_OWN) {
  const operation = OPERATIONS.find((each) => each.type === type);
  for (const transport of operation === undefined ? TRANSPORTS : transportsOf(operation)) {
    Deno.test(`only who keeps order everywhere may ${type} (${transport})`, async () => {
      await using world = await openWorld();
      const { input } = await (REQUESTS[type] ?? (() => ({ token: ADMIN, input: {} })))(world);
      const { key } = await world.http(ADMIN, "create_bot", { name: "robot" });
      const tokens = [world.owner.token, world.member.token, world.stranger.token, key];
      for (const token of tokens) await world.harness.refused("forbidden", transport, token, type, input);
      await world.harness.ok(transport, ADMIN, type, input);
    });
  }
}

/** How high somebody stands, and how high the one is to whom they do something. */
const ABOVE: readonly (readonly [Level, Level])[] = LEVELS.flatMap((who) =>
  LEVELS.filter((whom) =>
    ["member", "moderator", "owner"].includes(who) && ["member", "moderator", "owner"].includes(whom)
  )
    .map((whom) => [who, whom] as const)
);

for (const transport of TRANSPORTS) {
  Deno.test(`moderators judge those below them, and nobody of their own level (${transport})`, async () => {
    await using world = await openWorld();
    const { harness, http, owner, room } = world;
    for (const [who, whom] of ABOVE) {
      const [judge, judged] = [await harness.person("judge"), await harness.person("judged")];
      for (const [person, role] of [[judge, who], [judged, whom]] as const) {
        await http(person, "become_member", { room });
        await http(owner, "set_role", { room, person: person.id, role });
      }
      const mayJudge = who !== "member" && LEVELS.indexOf(whom) < LEVELS.indexOf(who);
      for (const type of ["mute", "unmute", "ban", "unban"]) {
        const { error } = await harness.ask(transport, judge.token, type, { room, person: judged.id });
        assertEquals(
          error?.code,
          mayJudge ? undefined : "forbidden",
          `${type}: ${who} judges ${whom}: ${error?.message}`,
        );
      }
    }
  });
}
