import { z } from "zod";
import { flagField, pageLimitField, roomField, wholeField } from "../../operations/input.ts";
import { Encoded, openOperation, type Operation, operation } from "../../operations/operation.ts";
import { user } from "../../protocol/events.ts";
import { ChatError } from "../../protocol/errors.ts";

const thing = z.object({ user, thing: z.string().describe("What it is.") });

/** One operation of each kind that there can be. */
export const SAMPLES: readonly Operation[] = [
  operation({
    type: "list_things",
    method: "get",
    path: "/v1/rooms/:room/things",
    summary: "Lists things",
    tag: "rooms",
    input: z.strictObject({
      room: roomField,
      limit: pageLimitField(),
      min: wholeField(-5, 5).optional().describe("The least."),
      all: flagField().optional().describe("Whether hidden ones are shown."),
      fail: z.string().optional().describe("How to fail."),
    }),
    output: z.object({ items: z.array(thing), echo: z.unknown() }),
    errors: ["not_found"],
    cost: "read",
    run(_service, { caller }, { fail, ...echo }) {
      if (fail === "fault") throw new Error("secret of /srv");
      if (fail === "refused") throw new ChatError("not_found", "There is no such thing");
      return Promise.resolve({ items: [{ user: caller.user, thing: "a" }], echo });
    },
  }),
  operation({
    type: "put_thing",
    method: "put",
    path: "/v1/rooms/:room/things/:thing",
    summary: "Makes a thing",
    tag: "rooms",
    input: z.strictObject({
      room: roomField,
      thing: z.string().describe("Its name."),
      isNew: z.boolean().default(true),
    }),
    output: z.object({ thing: z.string(), isNew: z.boolean() }),
    errors: [],
    status: 201,
    cost: "write",
    run: (_service, _call, { thing, isNew }) => Promise.resolve({ thing, isNew }),
  }),
  operation({
    type: "delete_thing",
    method: "delete",
    path: "/v1/rooms/:room/things/:thing",
    summary: "Deletes a thing",
    tag: "rooms",
    input: z.strictObject({ room: roomField, thing: z.string().describe("Its name.") }),
    output: z.object({}),
    errors: [],
    status: 204,
    cost: "write",
    run: () => Promise.resolve({}),
  }),
  operation({
    type: "special_thing",
    method: "post",
    path: "/v1/rooms/:room/things/special",
    summary: "Stands where a name could",
    tag: "rooms",
    input: z.strictObject({ room: roomField, isNew: z.boolean().optional() }),
    output: z.object({ json: z.literal(true) }),
    errors: [],
    status: 201,
    cost: "send",
    run: (_service, _call, { isNew }) => Promise.resolve(new Encoded('{"json":true}', isNew)),
  }),
  openOperation({
    type: "begin",
    method: "post",
    path: "/v1/sessions",
    summary: "Begins a session",
    tag: "people",
    input: z.strictObject({}),
    output: z.object({ token: z.string(), address: z.string(), origin: z.string() }),
    errors: [],
    session: "starts",
    cost: "costly",
    run: (_service, { address, origin }) => Promise.resolve({ token: "t", address, origin }),
  }),
  operation({
    type: "end",
    method: "delete",
    path: "/v1/sessions/current",
    summary: "Ends a session",
    tag: "people",
    input: z.strictObject({}),
    output: z.object({}),
    errors: [],
    session: "ends",
    status: 204,
    cost: "write",
    run: () => Promise.resolve({}),
  }),
  operation({
    type: "wrong_output",
    method: "get",
    path: "/v1/wrong",
    summary: "Answers what it does not say",
    tag: "service",
    input: z.strictObject({}),
    output: z.object({ a: z.object({ b: z.string().optional() }) }),
    errors: [],
    cost: "read",
    run() {
      const a = { b: "b", c: "not documented" };
      return Promise.resolve({ a });
    },
  }),
  operation({
    type: "on_sockets",
    method: "get",
    path: "/v1/on_sockets",
    summary: "Only on sockets",
    tag: "service",
    input: z.strictObject({}),
    output: z.object({}),
    errors: [],
    cost: "read",
    only: "socket",
    run: () => Promise.resolve({}),
  }),
];
