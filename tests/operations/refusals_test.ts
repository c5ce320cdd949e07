import { assert, assertEquals } from "@std/assert";
import { OPERATIONS } from "../../operations/table.ts";
import { transportsOf } from "./harness.ts";
import { HTTP_RACES, OF_OPERATOR, RACES, refusalOf } from "./refusals.ts";
import { REQUESTS } from "./requests.ts";
import { openWorld } from "./world.ts";

Deno.test("every code that an operation documents is made to come, or can only come in a race", () => {
  for (const operation of OPERATIONS) {
    for (const code of operation.errors) {
      const pair = `${operation.type} ${code}`;
      assertEquals(refusalOf(operation, code) !== undefined, !RACES.has(pair), pair);
    }
  }
});

for (const operation of OPERATIONS) {
  const { type, errors } = operation;
  for (const transport of [...transportsOf(operation), ...type === "send" ? ["socket"] as const : []]) {
    for (const code of errors) {
      const spoil = refusalOf(operation, code);
      if (spoil === undefined || (transport === "http" && HTTP_RACES.has(`${type} ${code}`))) continue;
      Deno.test(`${type} refuses with ${code} (${transport})`, async () => {
        await using world = await openWorld();
        const arrange = REQUESTS[type];
        assert(arrange);
        const { token, input } = await spoil(world, await arrange(world));
        const who = transport === "socket" ? token ?? world.stranger.token : token;
        if (transport === "socket" && type === "send") {
          await world.harness.ok("socket", who, "join", { room: world.room });
        }
        await world.harness.refused(code, transport, who, type, input);
      });
    }
  }
}

Deno.test("nobody keeps the operator out", async () => {
  await using world = await openWorld();
  for (const type of ["ban_person", "revoke_person"]) {
    const arrange = REQUESTS[type];
    assert(arrange);
    const { token, input } = await OF_OPERATOR(world, await arrange(world));
    await world.harness.refused("forbidden", "http", token, type, input);
  }
});
