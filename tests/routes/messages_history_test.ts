import { assertEquals } from "@std/assert";
import { assertProblem, fill, get, messagesPath, textsOf } from "../testing/messages_client.ts";
import { onService } from "../testing/stage.ts";

Deno.test(
  "[H2] GET gives the newest page, oldest first, 50 unless told otherwise, and is not cached",
  onService(async (service) => {
    const at = await fill(service, "lobby", 53);
    const response = await (await service.author()).request("GET", messagesPath("lobby"));
    assertEquals([response.headers.get("content-type"), response.headers.get("cache-control")], [
      "application/json",
      "no-store",
    ]);
    const page = await response.json();
    assertEquals([Object.keys(page), page.items.length, page.hasBefore, page.hasAfter], [
      ["items", "hasBefore", "hasAfter"],
      50,
      true,
      false,
    ]);
    assertEquals([page.items[0].text, page.items.at(-1).cursor], ["4", at[52]]);
    for (const [limit, count] of [["1", 1], ["200", 53], ["7", 7]] as const) {
      assertEquals((await get(service, "lobby", `?limit=${limit}`)).json.items.length, count);
    }
  }),
);

Deno.test(
  "[H2] GET pages before, after and around a cursor",
  onService(async (service) => {
    const at = await fill(service, "lobby", 6);
    const look = async (query: string) => {
      const { items, hasBefore, hasAfter } = (await get(service, "lobby", query)).json;
      return `${hasBefore ? "<" : "|"}${textsOf(items).join(" ")}${hasAfter ? ">" : "|"}`;
    };
    assertEquals(await look(`?before=${at[3]}&limit=2`), "<2 3>");
    assertEquals(await look(`?after=${at[3]}&limit=2`), "<5 6|");
    assertEquals(await look(`?around=${at[3]}&limit=4`), "<2 3 4 5>");
    assertEquals(await look(`?around=${at[3]}&limit=1`), "<4>");
    assertEquals(await look(`?before=${at[0]}`), "|>");
    assertEquals(await look(`?after=${at[5]}`), "<|");
  }),
);

Deno.test(
  "[B19] a cursor that is none is 400 bad_cursor",
  onService(async (service) => {
    await fill(service, "lobby", 1);
    for (const cursor of ["1e999", "-1", "garbage", "", "%00", "null", "x".repeat(10_000), "%ff", "__proto__"]) {
      for (const direction of ["before", "after", "around"]) {
        assertProblem(
          await get(service, "lobby", `?${direction}=${cursor}`),
          400,
          "bad_cursor",
          `${direction}=${cursor}`.slice(0, 60),
        );
      }
    }
  }),
);

Deno.test(
  "[H2] a limit that is none, two cursors, an unknown parameter are 400 bad_request",
  onService(async (service) => {
    const [cursor] = await fill(service, "lobby", 1);
    for (const limit of ["0", "201", "-1", "1.5", "x", "", "1e999", "NaN", "%20", "1;2"]) {
      assertProblem(await get(service, "lobby", `?limit=${limit}`), 400, "bad_request", `limit=${limit}`);
    }
    for (
      const query of [
        `?before=${cursor}&after=${cursor}`,
        `?around=${cursor}&after=${cursor}`,
        "?x=1",
        "?Limit=1",
        "?constructor=1",
      ]
    ) {
      assertProblem(await get(service, "lobby", query), 400, "bad_request", query);
    }
  }),
);

Deno.test(
  "[H2] a cursor whose past is not kept is 410 cursor_expired, a GET before it is not",
  onService(async (service) => {
    const at = await fill(service, "lobby", 20);
    await service.layer.trim("room:lobby", at[9] ?? "");
    assertProblem(await get(service, "lobby", `?after=${at[3]}`), 410, "cursor_expired");
    assertEquals(textsOf((await get(service, "lobby", `?before=${at[12]}`)).json.items), ["11", "12"]);
  }),
);
