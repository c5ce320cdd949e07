import { assertEquals } from "@std/assert";
import { Webhooks } from "../../chat/webhooks/webhooks.ts";
import { Standings } from "../../chat/standings.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { ADMIN } from "../chat/webhooks/house.ts";

Deno.test("a test of a webhook does not tell a name of the house from one that nobody has", async () => {
  const layer = createMemoryLayer();
  const resolve = (host: string) =>
    host === "printer.internal" ? Promise.resolve(["10.0.0.7", "fd00::1"]) : Promise.resolve([]);
  const said: unknown[] = [];
  for (const posting of [{ allowPrivate: false, resolve }, { allowPrivate: false }]) {
    const webhooks = new Webhooks({ layer, standings: new Standings(layer), posting });
    for (const host of ["printer.internal", "nothing.invalid", "localhost"]) {
      const { id } = await webhooks.create(ADMIN, "lobby", { url: `https://${host}/` });
      const { error = "", ...rest } = await webhooks.test(ADMIN, "lobby", id);
      said.push({ ...rest, error: error.replace(host, "…") });
    }
  }
  for (const each of said) assertEquals(each, { ok: false, error: "no public address is known of …" });
  await layer.close();
});
