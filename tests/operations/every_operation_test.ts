import { assertEquals } from "@std/assert";
import { OPERATIONS } from "../../operations/table.ts";
import { transportsOf } from "./harness.ts";
import { REQUESTS } from "./requests.ts";
import { openWorld } from "./world.ts";

Deno.test("every operation has a good request, and there are no others", () => {
  assertEquals(Object.keys(REQUESTS).sort(), OPERATIONS.map(({ type }) => type).sort());
});

for (const operation of OPERATIONS) {
  const { type } = operation;
  for (const transport of [...transportsOf(operation), ...type === "send" ? ["socket"] as const : []]) {
    Deno.test(`${type} is answered as documented (${transport})`, async () => {
      await using world = await openWorld();
      const { token, input } = await REQUESTS[type]!(world); // The test above says so.
      // Who is on a socket has said hello, and has the room open in which they speak.
      const who = transport === "socket" ? token ?? world.stranger.token : token;
      if (transport === "socket" && type === "send") {
        await world.harness.ok("socket", who, "join", { room: world.room });
      }
      const { ok, error } = await world.harness.ask(transport, who, type, input);
      assertEquals(error, undefined);
      assertEquals(typeof ok, "object");
    });
  }
}
