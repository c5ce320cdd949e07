import { z } from "zod";
import { user } from "../protocol/events.ts";
import { requireAdmin } from "./admin.ts";
import { idField } from "./input.ts";
import { command, type Operation, operation } from "./operation.ts";
import { nameField } from "./people.ts";

const createBot = operation({
  type: "create_bot",
  method: "post",
  path: "/v1/bots",
  summary: "Make a bot, with a key and a name for good; for the operator",
  tag: "people",
  input: z.strictObject({ name: nameField }),
  output: z.object({
    bot: user,
    key: z.string().describe("Its secret; told once. It is sent as `Authorization: Bearer`."),
  }),
  errors: ["bad_name", "name_taken", "forbidden"],
  status: 201,
  cost: "write",
  only: "http",
  async run({ bots }, { caller }, { name }) {
    requireAdmin(caller, "make a bot");
    return await bots.create(caller.user, name);
  },
});

const listBots = operation({
  type: "list_bots",
  method: "get",
  path: "/v1/bots",
  summary: "List all bots; for the operator",
  tag: "people",
  input: z.strictObject({}),
  output: z.object({
    bots: z.array(z.object({ user, createdAt: z.number().describe("Milliseconds since 1970.") })),
  }),
  errors: ["forbidden"],
  cost: "read",
  async run({ bots }, { caller }) {
    requireAdmin(caller, "list bots");
    return { bots: await bots.list() };
  },
});

const deleteBot = command({
  type: "delete_bot",
  method: "delete",
  path: "/v1/bots/:bot",
  summary: "Delete a bot: its key ends, its sockets close, its name is free, what it said stays; for the operator",
  tag: "people",
  input: z.strictObject({ bot: idField(64).describe("Its id.") }),
  errors: ["forbidden", "not_found"],
  cost: "write",
  async run({ bots }, { caller }, { bot }) {
    requireAdmin(caller, "delete a bot");
    await bots.delete(caller.user, bot);
  },
});

/** Bots and their keys. */
export const BOT_OPERATIONS: readonly Operation[] = [createBot, listBots, deleteBot];
