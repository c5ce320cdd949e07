import { assert, assertEquals } from "@std/assert";
import { exportPerson } from "../../chat/exports.ts";
import { onService } from "../testing/stage.ts";

const KEY = "operator-key-operator-key-operator";

Deno.test(
  "a token that is limited to some rooms exports nothing of others",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    for (const room of ["desk", "garden"]) {
      await minji.enter(room);
      await jihun.enter(room);
      const { cursor } = await minji.ok("PUT", `/v1/rooms/${room}/messages/k`, { text: `said in ${room}` });
      await minji.ok("PUT", `/v1/rooms/${room}/read`, { cursor });
      await jihun.ok("PUT", `/v1/rooms/${room}/messages/k`, { text: `@Minji in ${room}` });
    }
    await minji.ok("POST", "/v1/direct", { person: jihun.user.id });
    const linesOf = async (rooms?: readonly string[]) => {
      const lines: string[] = [];
      for await (const line of exportPerson(service.layer, minji.user.id, [], rooms)) lines.push(line);
      return lines.map((line): { kind: string } => JSON.parse(line));
    };
    const kindsOf = (lines: { kind: string }[]) => [...new Set(lines.map(({ kind }) => kind))].sort();
    const all = await linesOf();
    assert(JSON.stringify(all).includes("garden"));
    const limited = await linesOf(["desk"]);
    const text = JSON.stringify(limited);
    assert(text.includes("said in desk") && !text.includes("garden") && !text.includes('"d-'), text);
    assertEquals(kindsOf(limited), kindsOf(all).filter((kind) => kind !== "asked"));
  }),
);

Deno.test(
  "who loses the right to a room's export while they read it is told nothing more than what was read before",
  onService(async (service) => {
    const [olivia, minji] = [await service.signIn("Olivia"), await service.signIn("Minji")];
    await olivia.ok("POST", "/v1/rooms", { kind: "public", name: "hall" });
    await minji.enter("hall");
    await olivia.ok("PUT", `/v1/rooms/hall/members/${minji.user.id}/role`, { role: "owner" });
    // More than one read gives, and more than one that is asked for before it is wanted.
    for (let i = 0; i < 40; i++) await olivia.ok("PUT", `/v1/rooms/hall/messages/${i}`, { text: "x".repeat(4_000) });
    const response = await minji.request("GET", "/v1/rooms/hall/export");
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    assert((await reader.read()).value?.includes("xxx"));
    const operator = service.operator(KEY);
    await operator.ok("PUT", `/v1/rooms/hall/bans/${minji.user.id}`, {});
    await olivia.ok("PUT", "/v1/rooms/hall/messages/last", { text: "not hers" });
    let text = "";
    const hasBroken = await (async () => {
      for (let part; !(part = await reader.read()).done;) text += part.value;
    })().then(() => false, () => true);
    assertEquals([hasBroken, text.includes("not hers")], [true, false]);
  }, { apiKey: KEY }),
);
