import { assertEquals } from "@std/assert";
import { documentKey } from "../../chat/keys.ts";
import { onService } from "../testing/stage.ts";

Deno.test(
  "who is called otherwise is so in direct rooms, too, that are not in their list: never written in, or hidden",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    const { room: { name: room } } = await minji.ok("POST", "/v1/direct", { person: jihun.user.id });
    const seen = async () => {
      const { room: { people } } = await minji.ok("GET", `/v1/rooms/${room}`);
      const [member] = await service.layer.get<{ user: { name: string } }>([
        documentKey("member", room, jihun.user.id),
      ]);
      return [people.find(({ id }: { id: string }) => id === jihun.user.id).name, member?.value.user.name];
    };
    const unlisted = async () => (await service.layer.list({ prefix: ["unlisted"], limit: 10 })).map(({ key }) => key);
    await jihun.ok("PATCH", "/v1/me", { name: "One" });
    assertEquals(await seen(), ["One", "One"]);
    assertEquals(await unlisted(), [["unlisted", jihun.user.id, room]]);
    // From the first message on it is in their list, until they hide it.
    await minji.ok("PUT", `/v1/rooms/${room}/messages/1`, { text: "hello" });
    assertEquals(await unlisted(), []);
    await jihun.ok("PATCH", "/v1/me", { name: "Two" });
    assertEquals(await seen(), ["Two", "Two"]);
    await jihun.ok("DELETE", `/v1/rooms/${room}/members/me`);
    await jihun.ok("PATCH", "/v1/me", { name: "Three" });
    assertEquals(await seen(), ["Three", "Three"]);
    await jihun.ok("POST", "/v1/direct", { person: minji.user.id });
    assertEquals(await unlisted(), []);
    await jihun.ok("DELETE", `/v1/rooms/${room}/members/me`);
    await service.erase(jihun.user.id);
    assertEquals([await seen(), await unlisted()], [["", undefined], []]);
  }),
);
