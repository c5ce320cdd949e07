import { z } from "zod";
import { type HookDocument, type WebhookDocument, webhookEventType, webhookState } from "../chat/webhooks/documents.ts";
import { user } from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";
import { idField } from "./input.ts";
import { command, type Operation, operation } from "./operation.ts";

const room = z.string().describe("The room's name");
const id = idField(64).describe("Its id");
const secret = z.string().describe("`whsec_` and Base64. Told only now: keep it");
const time = z.number().describe("Milliseconds since 1970");

const hookInfo = z.object({
  id,
  name: z.string().describe("Under which it posts, unless a message says another"),
  url: z.string().describe("Where to post; the secret goes into a header"),
  createdBy: user,
  createdAt: time,
});

const url = z.string().max(2_000).describe("Where to post: https, a public address, no user or password in it");
const events = z.array(webhookEventType).min(1).max(20).describe("What to post; default: everything lasting");

const webhookInfo = z.object({
  id,
  url,
  events,
  createdBy: user,
  createdAt: time,
  state: webhookState.omit({ trying: true }).describe("How the delivery goes"),
});

const createHook = operation({
  type: "create_hook",
  method: "post",
  path: "/v1/rooms/:room/hooks",
  summary: "Make an incoming webhook: a URL and a secret, with which another program writes in the room",
  tag: "webhooks",
  input: z.strictObject({ room, name: z.string().max(200).describe("Under which it posts: 1 to 32 characters") }),
  output: hookInfo.extend({ secret }),
  errors: ["bad_room", "bad_name", "forbidden"],
  status: 201,
  cost: "write",
  async run({ hooks }, { caller, origin }, input) {
    const hook = await hooks.create(caller, parseRoomName(input.room), input.name);
    return { ...hookOf(hook, origin), secret: hook.secret };
  },
});

const listHooks = operation({
  type: "list_hooks",
  method: "get",
  path: "/v1/rooms/:room/hooks",
  summary: "List a room's incoming webhooks, oldest first",
  tag: "webhooks",
  input: z.strictObject({ room }),
  output: z.object({ items: z.array(hookInfo) }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  async run({ hooks }, { caller, origin }, input) {
    const found = await hooks.list(caller, parseRoomName(input.room));
    return { items: found.map((hook) => hookOf(hook, origin)) };
  },
});

const deleteHook = command({
  type: "delete_hook",
  method: "delete",
  path: "/v1/rooms/:room/hooks/:hook",
  summary: "Delete an incoming webhook; its messages stay",
  tag: "webhooks",
  input: z.strictObject({ room, hook: id }),
  errors: ["bad_room", "forbidden"],
  cost: "write",
  run: ({ hooks }, { caller }, input) => hooks.delete(caller, parseRoomName(input.room), input.hook),
});

const createWebhook = operation({
  type: "create_webhook",
  method: "post",
  path: "/v1/rooms/:room/webhooks",
  summary: "Make an outgoing webhook: the room's events are posted to a URL, signed, from now on",
  tag: "webhooks",
  input: z.strictObject({ room, url, events: events.optional() }),
  output: webhookInfo.extend({ secret }),
  errors: ["bad_room", "forbidden"],
  status: 201,
  cost: "write",
  async run({ webhooks }, { caller }, input) {
    const webhook = await webhooks.create(caller, parseRoomName(input.room), input);
    return { ...webhookOf(webhook), secret: webhook.secret };
  },
});

const listWebhooks = operation({
  type: "list_webhooks",
  method: "get",
  path: "/v1/rooms/:room/webhooks",
  summary: "List a room's outgoing webhooks and how their delivery goes, oldest first",
  tag: "webhooks",
  input: z.strictObject({ room }),
  output: z.object({ items: z.array(webhookInfo) }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  async run({ webhooks }, { caller }, input) {
    return { items: (await webhooks.list(caller, parseRoomName(input.room))).map(webhookOf) };
  },
});

const updateWebhook = operation({
  type: "update_webhook",
  method: "patch",
  path: "/v1/rooms/:room/webhooks/:webhook",
  summary: "Change an outgoing webhook, switch it off, or switch it on again where it stopped",
  tag: "webhooks",
  input: z.strictObject({
    room,
    webhook: id,
    url: url.optional(),
    events: events.optional(),
    enabled: z.boolean().optional().describe("Whether it delivers"),
  }),
  output: webhookInfo,
  errors: ["bad_room", "forbidden", "not_found"],
  cost: "write",
  async run({ webhooks }, { caller }, input) {
    return webhookOf(await webhooks.update(caller, parseRoomName(input.room), input.webhook, input));
  },
});

const deleteWebhook = command({
  type: "delete_webhook",
  method: "delete",
  path: "/v1/rooms/:room/webhooks/:webhook",
  summary: "Delete an outgoing webhook",
  tag: "webhooks",
  input: z.strictObject({ room, webhook: id }),
  errors: ["bad_room", "forbidden"],
  cost: "write",
  run: ({ webhooks }, { caller }, input) => webhooks.delete(caller, parseRoomName(input.room), input.webhook),
});

const testWebhook = operation({
  type: "test_webhook",
  method: "post",
  path: "/v1/rooms/:room/webhooks/:webhook/test",
  summary: "Post a `ping` event now, and say what came of it",
  tag: "webhooks",
  input: z.strictObject({ room, webhook: id }),
  output: z.object({
    ok: z.boolean().describe("Whether it was taken: any 2xx"),
    status: z.number().optional().describe("HTTP's status, when there was an answer"),
    error: z.string().optional().describe("Why there was no answer"),
  }),
  errors: ["bad_room", "forbidden", "not_found"],
  status: 200,
  cost: "costly",
  run({ webhooks }, { caller }, input) {
    return webhooks.test(caller, parseRoomName(input.room), input.webhook);
  },
});

/** Webhooks, incoming and outgoing; for those who may configure the room. */
export const WEBHOOK_OPERATIONS: readonly Operation[] = [
  createHook,
  listHooks,
  deleteHook,
  createWebhook,
  listWebhooks,
  updateWebhook,
  deleteWebhook,
  testWebhook,
];

function hookOf({ id, name, createdBy, createdAt }: HookDocument, origin: string): z.infer<typeof hookInfo> {
  return { id, name, url: `${origin}/v1/hooks/${id}`, createdBy, createdAt };
}

function webhookOf({ id, url, events, createdBy, createdAt, state }: WebhookDocument): z.infer<typeof webhookInfo> {
  const { trying: _, ...shown } = state;
  return { id, url, events, createdBy, createdAt, state: shown };
}
