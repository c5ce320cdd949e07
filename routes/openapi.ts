/**
 * `/openapi.json`: the table of operations as an OpenAPI 3.1 document, made of the schemas that validate.
 *
 * @module
 */

import { Hono } from "hono";
import type { Operation } from "../operations/operation.ts";
import { type ErrorCode, meaningOf } from "../protocol/errors.ts";
import { anyRoomEvent } from "../protocol/events.ts";
import { hasEtag } from "./etag.ts";
import { type JsonSchema, Schemas } from "./openapi_schemas.ts";
import type { Env } from "./websocket.ts";

/** An operation that is no JSON in and out, described by hand. */
export interface FurtherOperation {
  /** HTTP's method, in lower case. */
  readonly method: Operation["method"];
  /** HTTP's path with `:name`s. */
  readonly path: string;
  /** OpenAPI's operation object, without `operationId`s that the table has. Its schemas may point at `#/components/schemas/…` that the table uses. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** A JSON document. */
export type OpenApiDocument = Readonly<Record<string, unknown>> & {
  /** Path → method → operation. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
};

const TAGS: Readonly<Record<Operation["tag"], string>> = {
  people: "Who one is: sessions, names, passkeys, keys.",
  rooms: "Rooms, who is in them, and how one gets in.",
  messages: "What was said: history, sending, editing, reactions, search.",
  presence: "Who is here, what was read, what is unread.",
  moderation: "Kicking, banning, muting, reports, and who did what.",
  webhooks: "What other programs post, and what they are told.",
  service: "The service itself.",
};

const DESCRIPTION =
  `Everything that a client can ask, over HTTP. The same operations are requests of the WebSocket protocol \`maru.v1\`, \
where \`operationId\` is the request's \`type\`.

Say who you are with \`Authorization: Bearer …\` or the cookie that \`create_session\` sets. Pages of other origins use the Bearer.
Failures are RFC 9457 problems whose \`code\` is stable.`;

/** Codes that any operation may refuse with. */
const COMMON: readonly ErrorCode[] = [
  "bad_request",
  "unauthorized",
  "forbidden",
  "rate_limited",
  "internal",
  "unavailable",
];

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(["post", "put", "patch"]);

const RATE_HEADERS = {
  "RateLimit": { $ref: "#/components/headers/RateLimit" },
  "RateLimit-Policy": { $ref: "#/components/headers/RateLimit-Policy" },
};

/**
 * Makes the document.
 *
 * @param operations The table.
 * @param further What is described by hand, after the table.
 * @throws {TypeError} An operation stands twice, or its input cannot be put into a path, a query or a body.
 */
export function createOpenApi(
  operations: readonly Operation[],
  further: readonly FurtherOperation[] = [],
): OpenApiDocument {
  const schemas = new Schemas();
  // No operation answers it, but streams, sockets and webhooks carry it.
  schemas.add(anyRoomEvent, "output");
  const http = operations.filter(({ only }) => only !== "socket");
  const templates = templatesOf([...http, ...further].map(({ path }) => path));
  const paths: Record<string, Record<string, Record<string, unknown>>> = {};
  const put = (method: string, template: string, document: Record<string, unknown>) => {
    const item = paths[template] ??= {};
    if (item[method] !== undefined) throw new TypeError(`Cannot document ${method} ${template}: it is there twice`);
    item[method] = document;
  };
  for (const operation of http) {
    const template = templates.get(shapeOf(operation.path)) ?? "";
    put(operation.method, template, documentOf(operation, template, schemas));
  }
  for (const { method, path, document } of further) {
    const template = templates.get(shapeOf(path)) ?? "";
    if (template !== bracesOf(path)) throw new TypeError(`Cannot document ${path}: ${template} is the same path`);
    put(method, template, { ...document, "x-only": "http" });
  }
  return {
    openapi: "3.1.1",
    info: { title: "Maru", version: "1", description: DESCRIPTION, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/", description: "This server." }],
    security: [{ bearer: [] }, { cookie: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.components,
      headers: {
        "RateLimit": {
          description: "What is left of each limit: `r` requests now, and `t` seconds until all of it is there again.",
          schema: { type: "string", examples: ['"write-person";r=49;t=1'] },
        },
        "RateLimit-Policy": {
          description: "Each limit: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers).",
          schema: { type: "string", examples: ['"write-person";q=50;w=10'] },
        },
        "Retry-After": {
          description: "Seconds after which a retry makes sense.",
          schema: { type: "integer", minimum: 0 },
        },
      },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "A session's token, a host site's signed token, or an API key.",
        },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "maru_session",
          description: "Set by `create_session`; same origin only.",
        },
      },
    },
  };
}

/** A path without the names of its parts: what a request can be told apart by. */
function shapeOf(path: string): string {
  return path.replace(/:\w+/g, ":");
}

function bracesOf(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

/**
 * Shape → OpenAPI's template. Two of one shape are one path to OpenAPI, whatever their parts are called: a part that has several names, as
 * `:key` when a message is sent and `:cursor` afterwards, gets all of them, `{key_or_cursor}`.
 */
function templatesOf(paths: readonly string[]): Map<string, string> {
  return new Map([...Map.groupBy(paths, shapeOf)].map(([shape, same]) => {
    const parts = same.map((path) => path.split("/"));
    const named = shape.split("/").map((part, at) => {
      if (part !== ":") return part;
      return `{${[...new Set(parts.map((names) => names[at]?.slice(1)))].join("_or_")}}`;
    });
    return [shape, named.join("/")];
  }));
}

function documentOf(operation: Operation, template: string, schemas: Schemas): Record<string, unknown> {
  const { type, summary, tag, isOpen, only } = operation;
  return {
    operationId: type,
    tags: [tag],
    summary,
    // What a socket does not take: `/test` makes requests for it of this document.
    ...only !== undefined && { "x-only": only },
    ...isOpen && { security: [{}, { bearer: [] }, { cookie: [] }] },
    ...inputOf(operation, template, schemas),
    responses: { ...successOf(operation, schemas), ...problemsOf(operation) },
  };
}

/** Where the parts of the input stand: path, query or body. */
function inputOf(
  { type, method, path, input }: Operation,
  template: string,
  schemas: Schemas,
): Record<string, unknown> {
  const schema = schemas.add(input, "input");
  if (schema.type !== "object") throw new TypeError(`Cannot document ${type}: its input is no object`);
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  const properties = schema.properties ?? {};
  const required = new Set(schema.required);
  const missing = names.find((name) => !Object.hasOwn(properties, name));
  if (missing !== undefined) throw new TypeError(`Cannot document ${type}: its input does not know :${missing}`);

  const rest = Object.entries(properties).filter(([name]) => !names.includes(name));
  const shown = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const parameters = names.map((name, at) => {
    const placed = parameter(shown[at] ?? name, "path", true, properties[name]);
    // On a socket a field has one name, whatever else the part of the path is called.
    return placed["name"] === name ? placed : { ...placed, "x-field": name };
  });
  if (!METHODS_WITH_BODY.has(method)) {
    for (const [name, field] of rest) parameters.push(parameter(name, "query", required.has(name), field));
    return parameters.length === 0 ? {} : { parameters };
  }
  const stillRequired = [...required].filter((name) => !names.includes(name));
  const { required: _, ...body } = { ...schema, properties: Object.fromEntries(rest) };
  return {
    ...parameters.length > 0 && { parameters },
    ...rest.length > 0 && {
      requestBody: {
        required: stillRequired.length > 0,
        content: {
          "application/json": { schema: { ...body, ...stillRequired.length > 0 && { required: stillRequired } } },
        },
      },
    },
  };
}

function parameter(name: string, place: "path" | "query", required: boolean, field: unknown): Record<string, unknown> {
  // `true`, which JSON Schema also takes for a schema, is what zod never makes of a property.
  const { description, ...schema } = Object(field) as JsonSchema;
  return { name, in: place, required, ...description !== undefined && { description }, schema };
}

function successOf({ status = 200, output, session }: Operation, schemas: Schemas): Record<string, unknown> {
  const headers = {
    ...RATE_HEADERS,
    ...session !== undefined && {
      "Set-Cookie": {
        description: `The session's cookie, which ${session === "starts" ? "begins" : "ends"}.`,
        schema: { type: "string" },
      },
    },
  };
  if (status === 204) return { "204": { description: "Done.", headers } };
  const schema = schemas.add(output, "output");
  const hasIsNew = schema.properties?.["isNew"] !== undefined;
  if (hasIsNew) {
    // The status says it on HTTP.
    delete schema.properties?.["isNew"];
    if (schema.required) schema.required = schema.required.filter((name) => name !== "isNew");
  }
  const content = { "application/json": { schema } };
  if (status === 200) return { "200": { description: "Done.", headers, content } };
  const made = { "201": { description: "Made.", headers, content } };
  return hasIsNew ? { ...made, "200": { description: "It was so already.", headers, content } } : made;
}

/** One response for each status, which lists the codes that come with it. */
function problemsOf({ errors, method }: Operation): Record<string, unknown> {
  return problemResponses([...COMMON, ...METHODS_WITH_BODY.has(method) ? ["too_long"] as const : [], ...errors]);
}

/**
 * The responses of refusals, by HTTP status, as OpenAPI describes them.
 *
 * @param codes What one may be refused with, in any order.
 */
export function problemResponses(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(new Set(codes), (code) => meaningOf(code).status);
  return Object.fromEntries(
    [...byStatus].toSorted(([a], [b]) => a - b).map(([status, codes]) => [status, {
      description: codes.map((code) => `\`${code}\`: ${meaningOf(code).title}.`).join(" "),
      headers: {
        ...RATE_HEADERS,
        ...status === 429 && { "Retry-After": { $ref: "#/components/headers/Retry-After" } },
      },
      content: {
        "application/problem+json": {
          schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, { properties: { code: { enum: codes } } }] },
        },
      },
    }]),
  );
}

/**
 * `/openapi.json`, made when it is first asked for.
 *
 * @param operations The table.
 * @param further What is described by hand.
 */
export function openApiRoutes(operations: readonly Operation[], further: readonly FurtherOperation[]): Hono<Env> {
  let made: Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly etag: string }> | undefined;
  const app = new Hono<Env>();
  app.get("/openapi.json", async (c) => {
    made ??= encode(createOpenApi(operations, further));
    const { body, etag } = await made;
    const headers = {
      "content-type": "application/json",
      etag,
      "cache-control": "no-cache",
      // It is the same for everybody and no secret: tools on other origins may read it.
      "access-control-allow-origin": "*",
      "x-content-type-options": "nosniff",
    };
    const isKnown = hasEtag(c.req.raw.headers, etag);
    return new Response(isKnown ? null : body, { status: isKnown ? 304 : 200, headers });
  });
  return app;
}

async function encode(document: OpenApiDocument): Promise<{ body: Uint8Array<ArrayBuffer>; etag: string }> {
  const body = new TextEncoder().encode(JSON.stringify(document));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return { body, etag: `"${hash.toHex().slice(0, 32)}"` };
}
