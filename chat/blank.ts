import type { LayerEvent } from "../layers/layer.ts";

/**
 * An event, or a document like one, without what it tells of a person who is erased: no name, and no text, reason, title or topic that they
 * wrote. Their id stays, so that the log keeps its sense: who was put out by whom, which messages were one person's.
 *
 * @param person Their id.
 * @returns Never longer than the event, but for a message of some characters; undefined: it tells nothing of them.
 */
export function blanked(event: LayerEvent, person: string): LayerEvent | undefined {
  const before = JSON.stringify(event);
  // As it stands in JSON, where a quotation mark is escaped.
  if (!before.includes(JSON.stringify(person))) return undefined;
  const said = isTheirs(event, person) ? withoutWords(event) : event;
  // A ban that they gave, which is a document.
  const then = isPerson(event["by"], person) && "reason" in said ? withoutReason(said) : said;
  const json = JSON.stringify(then, (_key, value) => isPerson(value, person) ? { ...value, name: "" } : value);
  // Made of an event a line above.
  return json === before ? undefined : JSON.parse(json) as LayerEvent;
}

/** A tombstone of a message, of an edit who did it to what, and everything else without what they put into words of their own. */
function withoutWords(event: LayerEvent): LayerEvent {
  const { type, at, user, target, room } = event;
  switch (type) {
    case "message":
      return { type, at, user, deleted: true };
    case "edit":
      return { type, at, user, target };
    case "room":
      return isObject(room) ? { ...event, room: withoutTitle(room) } : event;
    case "report":
      // A report has one.
      return { ...event, reason: "" };
    case "audit":
      return withoutReason(event);
    default:
      return event;
  }
}

function withoutTitle(room: object): object {
  const { title: _title, topic: _topic, ...rest }: Record<string, unknown> = { ...room };
  return rest;
}

function withoutReason(event: LayerEvent): LayerEvent {
  const { reason: _, ...rest } = event;
  return rest;
}

function isTheirs({ user }: LayerEvent, person: string): boolean {
  return isPerson(user, person);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPerson(value: unknown, person: string): value is object {
  return isObject(value) && "id" in value && value.id === person && "name" in value;
}
