import { assertEquals } from "@std/assert";
import { onService, openService } from "../testing/stage.ts";

Deno.test(
  "[H3] /healthz and /readyz are 200 while the server takes work",
  onService(async (service) => {
    for (const path of ["/healthz", "/readyz"]) {
      const response = await service.app.request(path);
      assertEquals([response.status, await response.json()], [200, { ok: true }]);
    }
  }),
);

Deno.test(
  "[H3] while it drains /healthz stays 200 and /readyz is 503",
  onService(async (service) => {
    service.connections.refuse();
    assertEquals((await service.app.request("/healthz")).status, 200);
    const ready = await service.app.request("/readyz");
    assertEquals([ready.status, (await ready.json()).code], [503, "unavailable"]);
  }),
);

Deno.test(
  "[H3] when the log cannot be reached /healthz stays 200 and /readyz is 503, which is no fault of ours",
  onService(async (service) => {
    await service.layer.close();
    assertEquals((await service.app.request("/healthz")).status, 200);
    const ready = await service.app.request("/readyz");
    assertEquals([ready.status, ready.headers.get("content-type")], [503, "application/problem+json"]);
  }),
);

Deno.test("[H3] a log that fails in a way nobody expected is a 500 on /readyz, and is reported", async () => {
  const { layer } = await openService();
  await using service = await openService({ layer: { ...layer, ping: () => Promise.reject(new Error("secret")) } });
  const ready = await service.app.request("/readyz");
  assertEquals([ready.status, (await ready.text()).includes("secret")], [500, false]);
  assertEquals(service.takeReports().length, 1);
});
