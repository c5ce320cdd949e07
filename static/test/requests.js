/**
 * Every request of `maru.v1`, with an example: those about the socket itself, which are here, and the operations, which
 * `/openapi.json` describes.
 * @module
 */

import { exampleOf, groupOperations, resolve } from "../docs/model.js";

/** @import { ApiDocument, Operation, Schema } from "../docs/model.js" */
/** @import { Word } from "./words.js" */

/**
 * What a pane knows, to fill examples with. `head`: the last place in the room's log that it has seen. `cursor`: the last
 * message that it has seen.
 * @typedef {{name: string, token: string, room: string, person?: string | undefined, head?: string | undefined, cursor?: string | undefined}} Known
 */
/** @typedef {(known: Known) => Record<string, unknown>} Fill */
/**
 * `summary`: what the operation says of itself; the others have a word for it.
 * @typedef {{type: string, group: string, rules: string, fill: Fill} & ({about: Word} | {summary: string})} RequestExample
 */

/** What there is to say. */
const TEXT = "안녕하세요 👋";

/**
 * The requests about the socket itself, in the order in which one needs them.
 * @param {() => string} newKey
 * @returns {RequestExample[]}
 */
export function socketRequests(newKey) {
  /** @type {[string, string, Word, Fill][]} */
  const all = [
    ["hello", "V5, V6", "aboutHello", ({ name, token }) => token === "" ? { name } : { token }],
    [
      "join",
      "V7–V10, V22, V23",
      "aboutJoin",
      ({ room, head }) => ({ room, ...(head !== undefined && { after: head }) }),
    ],
    ["send", "V11–V15", "aboutSend", ({ room }) => ({ room, key: newKey(), text: TEXT })],
    ["typing", "V16", "aboutTyping", ({ room }) => ({ room })],
    ["leave", "V17", "aboutLeave", ({ room }) => ({ room })],
    ["watch", "V24", "aboutWatch", () => ({})],
    ["unwatch", "V24", "aboutUnwatch", () => ({})],
    ["refresh", "V21", "aboutRefresh", ({ token }) => ({ token })],
    ["ping", "C5", "aboutPing", () => ({})],
  ];
  return all.map(([type, rules, about, fill]) => ({ type, group: "socket", rules, about, fill }));
}

/**
 * The operations that a socket takes, in the document's order.
 * @param {ApiDocument} api
 * @returns {RequestExample[]}
 */
export function operationRequests(api) {
  return groupOperations(api).flatMap(({ name: group, operations }) =>
    operations.filter((operation) => operation["x-only"] !== "http").map((operation) => ({
      type: operation.operationId,
      group,
      rules: "V25",
      summary: operation.summary,
      fill: fillOf(operation, api),
    }))
  );
}

/**
 * On a socket the parts of the path, the query and the body are fields of one object.
 * @param {Operation} operation
 * @param {ApiDocument} api
 * @returns {Fill}
 */
function fillOf({ parameters = [], requestBody }, api) {
  const body = requestBody?.content["application/json"]?.schema;
  return (known) => {
    /** @type {Record<string, unknown>} */
    const fields = {};
    for (const { name, required, schema, ...more } of parameters) {
      const field = more["x-field"] ?? name;
      if (required || Object.hasOwn(OWN, field)) fields[field] = fieldOf(field, schema, api, known);
    }
    for (const [name, schema] of Object.entries(body === undefined ? {} : resolve(body, api).properties ?? {})) {
      const isRequired = resolve(body ?? {}, api).required?.includes(name);
      if (isRequired || schema.examples !== undefined) fields[name] = fieldOf(name, schema, api, known);
    }
    return fields;
  };
}

/** Fields that mean the same in every operation. @type {Readonly<Record<string, (known: Known) => string | undefined>>} */
const OWN = {
  room: ({ room }) => room,
  cursor: ({ cursor }) => cursor,
  person: ({ person }) => person,
  text: () => TEXT,
};

/**
 * @param {string} name
 * @param {Schema} schema
 * @param {ApiDocument} api
 * @param {Known} known
 */
function fieldOf(name, schema, api, known) {
  const own = Object.hasOwn(OWN, name) ? OWN[name]?.(known) : undefined;
  return own ?? exampleOf(schema, api);
}

/**
 * A request as text, to be edited: `id` first.
 * @param {number} id
 * @param {string} type
 * @param {Record<string, unknown>} fields
 */
export function requestText(id, type, fields) {
  return JSON.stringify({ id, type, ...fields }, null, 1).replace(/\n\s*/g, " ").replaceAll(
    /^\{ | \}$/g,
    (brace) => brace.trim(),
  );
}

/**
 * The same request with another `id`; what has none stays as it is.
 * @param {string} text
 * @param {number} id
 */
export function withId(text, id) {
  return text.replace(/^(\s*\{\s*"id"\s*:\s*)\d+/, (_, before) => before + id);
}
