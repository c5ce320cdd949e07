/**
 * zod's schemas as OpenAPI's: JSON Schema 2020-12, with what has a name of its own under `#/components/schemas`.
 *
 * @module
 */

import { z } from "zod";
import * as events from "../protocol/events.ts";

/** A JSON Schema. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Schemas that stand in the documentation under a name of their own. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  User: events.user,
  Message: events.storedMessage,
  MessageEvent: events.messageEvent,
  Reaction: events.reaction,
  Room: events.roomInfo,
  RoomEvent: events.anyRoomEvent,
  EditEvent: events.editEvent,
  DeleteEvent: events.deleteEvent,
  ReactEvent: events.reactEvent,
  PinEvent: events.pinEvent,
  MemberEvent: events.memberEvent,
  RoomChangedEvent: events.roomEvent,
  TypingEvent: events.typingEvent,
  Role: events.role,
};

/** The problem document of RFC 9457 (`routes/problem.ts`). */
const PROBLEM: JsonSchema = {
  type: "object",
  description: "An RFC 9457 problem. `code` is stable: act on it, and show `detail` to people who debug.",
  properties: {
    type: { type: "string", const: "about:blank" },
    title: { type: "string", description: "What the code means, in a few words." },
    status: { type: "integer", description: "The HTTP status." },
    detail: { type: "string", description: "What went wrong, why, and with which value." },
    code: { type: "string", description: "What went wrong, for programs." },
    retryAfterMs: { type: "integer", minimum: 0, description: "Milliseconds after which a retry makes sense." },
  },
  required: ["type", "title", "status", "detail", "code"],
};

/** Collects the named schemas that are met. */
export class Schemas {
  readonly #named = z.registry<{ id: string }>();
  readonly #components = new Map<string, JsonSchema>([["Problem", PROBLEM]]);

  /** Makes an empty collection. */
  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.#named.add(schema, { id });
  }

  /** What was met so far, by name. */
  get components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#components].toSorted(([a], [b]) => a < b ? -1 : 1));
  }

  /**
   * Translates one schema.
   *
   * @param schema What is sent (`input`) or answered (`output`).
   * @param io Which.
   * @throws {Error} It holds what JSON Schema has no word for.
   */
  add(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const { $defs, $schema: _, ...translated } = z.toJSONSchema(schema, {
      io,
      metadata: this.#named,
      // A transform of what anybody may send is described, or it is anything.
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema, io),
    });
    const renamed = new Map<string, string>();
    for (const [name, definition] of Object.entries($defs ?? {})) renamed.set(name, this.#nameOf(name, definition, io));
    for (const [name, definition] of Object.entries($defs ?? {})) {
      this.#components.set(renamed.get(name) ?? name, refer(definition, renamed));
    }
    return refer(translated, renamed);
  }

  /** One name is one schema: what one may send can differ from what is answered, and is called `…Input` then. */
  #nameOf(name: string, definition: JsonSchema, io: "input" | "output"): string {
    const same = new Map([[name, name]]);
    const known = this.#components.get(name);
    if (known === undefined || JSON.stringify(known) === JSON.stringify(refer(definition, same))) return name;
    return io === "input" ? `${name}Input` : `${name}Output`;
  }
}

function describe(schema: z.core.$ZodType, json: JsonSchema, io: "input" | "output"): void {
  const meta = z.globalRegistry.get(schema);
  if (meta?.description !== undefined) json.description = meta.description;
  const examples = meta?.["examples"];
  if (Array.isArray(examples)) json.examples = examples;
  // zod leaves it away below a transform, which could ask for something else; where it is of the input's type it does not.
  if (schema instanceof z.ZodDefault && isOfType(schema.def.defaultValue, json.type)) {
    json.default = schema.def.defaultValue;
  }
  // Clients ignore keys that they do not know (V2), so that answers can grow.
  if (io === "output" && json.additionalProperties === false) delete json.additionalProperties;
  // What every JSON number is limited to says nothing.
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
}

function isOfType(value: unknown, type: JsonSchema["type"]): value is number | boolean | string {
  return type === "integer"
    ? Number.isInteger(value)
    : type !== undefined && typeof value === type && type !== "object";
}

const DEFINITION = "#/$defs/";

/** The same schema, pointing into the components. */
function refer(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => {
    if (key === "$ref" && typeof value === "string" && value.startsWith(DEFINITION)) {
      const name = value.slice(DEFINITION.length);
      return `#/components/schemas/${names.get(name) ?? name}`;
    }
    return value;
  }));
}
