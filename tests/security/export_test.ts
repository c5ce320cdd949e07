import { assert, assertEquals } from "@std/assert";
import { exportPerson } from "../../chat/exports.ts";
import { onService } from "../testing/stage.ts";

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
