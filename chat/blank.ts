import type { LayerEvent } from "../layers/layer.ts";

/**
 * An event without what it tells of a person who is erased: no name, no text. Their id stays, so that the log keeps its sense: who was put out by
 * whom, which messages were one person's.
 *
 * @param person Their id.
 * @returns Never longer than the event, but for a message of some characters; undefined: it tells nothing of them.
 */
export function blanked(event: LayerEvent, person: string): LayerEvent | undefined {
  const before = JSON.stringify(event);
  // As it stands in JSON, where a quotation mark is escaped.
  if (!before.includes(JSON.stringify(person))) return undefined;
  const then = isTheirs(event, person) ? withoutWords(event) : event;
  const json = JSON.stringify(then, (_key, value) => isPerson(value, person) ? { ...value, name: "" } : value);
  // Made of an event a line above.
  return json === before ? undefined : JSON.parse(json) as LayerEvent;
}

/** A tombstone of a message, and of an edit who did it to what. */
function withoutWords(event: LayerEvent): LayerEvent {
  const { type, at, user, target } = event;
  if (type === "message") return { type, at, user, deleted: true };
  return type === "edit" ? { type, at, user, target } : event;
}

function isTheirs({ user }: LayerEvent, person: string): boolean {
  return isPerson(user, person);
}

function isPerson(value: unknown, person: string): value is object {
  return typeof value === "object" && value !== null && "id" in value && value.id === person && "name" in value;
}
