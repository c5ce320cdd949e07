/**
 * What `/openapi.json` says of routes that are no operations, because what they take or give is no JSON object: streams, exports, hooks.
 *
 * @module
 */

import { type FurtherOperation, problemResponses } from "./openapi.ts";

const ROOM = { name: "room", in: "path", required: true, description: "The room's name.", schema: { type: "string" } };

/** See the module. */
export const FURTHER_OPERATIONS: readonly FurtherOperation[] = [
  {
    method: "get",
    path: "/v1/rooms/:room/stream",
    document: {
      operationId: "stream_room",
      tags: ["messages"],
      summary: "Follow a room as server-sent events",
      description:
        "Each event's `id` is a cursor, and its data is one `RoomEvent` as JSON. A browser's `EventSource` comes back by \
itself with `Last-Event-ID`, and nothing is missed or doubled. Where the past is no longer kept, an event `reset` with `{\"head\"}` says so, and the newest \
events follow: replace what you have. Lines that begin with a colon only keep the connection.",
      parameters: [ROOM, {
        name: "after",
        in: "query",
        required: false,
        description: "The cursor after which to begin; `Last-Event-ID` goes before it.",
        schema: { type: "string" },
      }, {
        name: "Last-Event-ID",
        in: "header",
        required: false,
        description: "The cursor after which to go on.",
        schema: { type: "string" },
      }],
      responses: {
        "200": {
          description: "The room's events, until one of both sides ends it.",
          content: { "text/event-stream": { schema: { type: "string" } } },
        },
        ...problemResponses([
          "bad_room",
          "bad_cursor",
          "unauthorized",
          "forbidden",
          "rate_limited",
          "internal",
          "unavailable",
        ]),
      },
    },
  },
  {
    method: "get",
    path: "/v1/rooms/:room/export",
    document: {
      operationId: "export_room",
      tags: ["moderation"],
      summary: "Everything in a room's log, a line of JSON for each event",
      parameters: [ROOM],
      responses: {
        "200": {
          description: "Newline-delimited JSON, oldest first.",
          content: { "application/x-ndjson": { schema: { type: "string" } } },
        },
        ...problemResponses(["bad_room", "unauthorized", "forbidden", "rate_limited", "internal", "unavailable"]),
      },
    },
  },
  {
    method: "get",
    path: "/v1/me/export",
    document: {
      operationId: "export_me",
      tags: ["people"],
      summary: "Everything that is kept of me, a line of JSON for each thing",
      responses: {
        "200": {
          description: "Newline-delimited JSON.",
          content: { "application/x-ndjson": { schema: { type: "string" } } },
        },
        ...problemResponses(["unauthorized", "forbidden", "rate_limited", "internal", "unavailable"]),
      },
    },
  },
  {
    method: "post",
    path: "/v1/hooks/:hook",
    document: {
      operationId: "post_to_hook",
      tags: ["webhooks"],
      summary: "Say something through an incoming webhook",
      description:
        "Whoever knows the hook's secret may: it comes as `Authorization: Bearer whsec_…`, or the body is signed with it, as Standard Webhooks \
(`webhook-id`, `webhook-timestamp`, `webhook-signature`) or GitHub (`x-hub-signature-256`) do. `Idempotency-Key`, `webhook-id` or \
`x-github-delivery` is the message's key unless the body has one. What else a body holds is left out.",
      security: [{ bearer: [] }],
      parameters: [{
        name: "hook",
        in: "path",
        required: true,
        description: "The hook's id.",
        schema: { type: "string" },
      }],
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: {
                text: { type: "string", description: "What to say." },
                content: { type: "string", description: "The same, as Discord names it." },
                name: { type: "string", description: "Under which name; default: the hook's." },
                username: { type: "string", description: "The same, as Slack and Discord name it." },
                key: {
                  type: "string",
                  description: "The sender's own name for the message: a retry with it says it once.",
                },
              },
              examples: [{ text: "Build 42 is green" }],
            },
          },
        },
      },
      responses: {
        ...Object.fromEntries(
          [["201", "Said."], ["200", "It was said already."]].map(([status, description]) => [status, {
            description,
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: {
                    cursor: { type: "string", description: "The message's id." },
                    at: { type: "number", description: "Milliseconds since 1970." },
                  },
                  required: ["cursor", "at"],
                },
              },
            },
          }]),
        ),
        ...problemResponses([
          "bad_request",
          "unauthorized",
          "bad_name",
          "bad_key",
          "forbidden",
          "conflict",
          "too_long",
          "rate_limited",
          "internal",
          "unavailable",
        ]),
      },
    },
  },
];
