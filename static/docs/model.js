/**
 * What is in an OpenAPI document, without a page around it.
 * @module
 */

/**
 * @typedef {object} Schema a JSON Schema, as far as it is shown
 * @property {string | string[]} [type]
 * @property {string} [$ref]
 * @property {string} [description]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {unknown[]} [enum]
 * @property {unknown} [const]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [oneOf]
 * @property {Schema[]} [allOf]
 * @property {Schema | boolean} [additionalProperties]
 * @property {unknown} [default]
 * @property {unknown[]} [examples]
 * @property {string} [format]
 * @property {string} [pattern]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 */
/** @typedef {{name: string, in: "path" | "query" | "header", required?: boolean, description?: string, schema: Schema, "x-field"?: string}} Parameter `x-field`: its name on a socket, where that is another */
/** @typedef {{description: string, content?: Record<string, {schema?: Schema}>}} Answer */
/**
 * @typedef {object} Described an operation as the document has it
 * @property {string} operationId
 * @property {string} summary
 * @property {string} [description]
 * @property {string[]} tags
 * @property {"http" | "socket"} [x-only] where it can be asked; absent: on both
 * @property {object[]} [security]
 * @property {Parameter[]} [parameters]
 * @property {{required?: boolean, content: Record<string, {schema?: Schema}>}} [requestBody]
 * @property {Record<string, Answer>} responses
 */
/** @typedef {Described & {method: string, path: string}} Operation */
/**
 * @typedef {object} ApiDocument
 * @property {{title: string, version: string, description?: string}} info
 * @property {{name: string, description?: string}[]} tags
 * @property {Record<string, Record<string, Described>>} paths
 * @property {{schemas?: Record<string, Schema>}} components
 */
/** @typedef {{name: string, description: string, operations: Operation[]}} Group */

/**
 * The operations by their first tag, in the document's order; no empty group.
 * @param {ApiDocument} api
 * @returns {Group[]}
 */
export function groupOperations(api) {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ ...described, method, path }))
  );
  return api.tags.map(({ name, description = "" }) => ({
    name,
    description,
    operations: operations.filter(({ tags }) => tags[0] === name),
  })).filter(({ operations }) => operations.length > 0);
}

/**
 * Whether an operation has every word that is looked for.
 * @param {Operation} operation
 * @param {string} text
 */
export function matches({ operationId, summary, method, path, tags, description = "" }, text) {
  const all = [operationId, summary, method, path, description, ...tags].join(" ").toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

/**
 * The name of a component that is pointed at.
 * @param {Schema} schema
 */
export function refName(schema) {
  return schema.$ref?.split("/").at(-1);
}

/**
 * What a schema points at, or it.
 * @param {Schema} schema
 * @param {ApiDocument} api
 * @returns {Schema}
 */
export function resolve(schema, api) {
  const name = refName(schema);
  return name === undefined ? schema : api.components.schemas?.[name] ?? {};
}

/**
 * A schema's type and limits in a few words.
 * @param {Schema} schema
 * @returns {string}
 */
export function typeOf(schema) {
  const name = refName(schema);
  if (name !== undefined) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).filter((type) => type !== "anything").join(" & ");
  if (schema.type === "array") return `${typeOf(schema.items ?? {})}[]${range("", schema.minItems, schema.maxItems)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type ?? "anything";
  const length = range(" characters", schema.minLength, schema.maxLength);
  const value = range("", schema.minimum, schema.maximum);
  return `${type}${length}${value}${schema.format === undefined ? "" : ` (${schema.format})`}`;
}

/**
 * @param {string} unit
 * @param {number | undefined} least
 * @param {number | undefined} most
 */
function range(unit, least, most) {
  if (least === undefined && most === undefined) return "";
  if (least === undefined) return ` ≤ ${most}${unit}`;
  return most === undefined ? ` ≥ ${least}${unit}` : ` ${least}–${most}${unit}`;
}

/**
 * A value to begin with: what has to be there, and what the schema gives as an example.
 * @param {Schema} given
 * @param {ApiDocument} api
 * @param {number} [depth] how many levels may follow
 * @returns {unknown}
 */
export function exampleOf(given, api, depth = 5) {
  const schema = resolve(given, api);
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return depth > 0 ? exampleOf(choice, api, depth - 1) : null;
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object": {
      const entries = Object.entries(schema.properties ?? {}).filter(([name, field]) =>
        schema.required?.includes(name) || field.examples !== undefined
      );
      return Object.fromEntries(
        entries.map(([name, field]) => [name, depth > 0 ? exampleOf(field, api, depth - 1) : null]),
      );
    }
    case "array":
      return [];
    case "integer":
    case "number":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "string":
      return "";
    default:
      return null;
  }
}

/**
 * The request that a filled form makes.
 * @param {Operation} operation
 * @param {Record<string, string>} values parameter → text; empty: not given
 * @returns {{target: string, headers: Record<string, string>}} path and query, percent-encoded; headers of parameters
 */
export function requestOf({ path, parameters = [] }, values) {
  const query = new URLSearchParams();
  /** @type {Record<string, string>} */
  const headers = {};
  let target = path;
  for (const { name, in: place } of parameters) {
    const value = values[name] ?? "";
    if (place === "path") target = target.replace(`{${name}}`, value === "" ? `{${name}}` : encodeURIComponent(value));
    else if (value !== "" && place === "query") query.set(name, value);
    else if (value !== "") headers[name] = value;
  }
  return { target: query.size === 0 ? target : `${target}?${query}`, headers };
}

/**
 * Whether anybody may ask: one of the ways to prove who one is asks for nothing.
 * @param {Operation} operation
 */
export function isOpen({ security = [{ any: [] }] }) {
  return security.some((one) => Object.keys(one).length === 0);
}

/**
 * A line for a shell; the token stands in a variable, never in the text.
 * @param {string} origin
 * @param {Operation} operation
 * @param {Record<string, string>} values
 * @param {string | undefined} body
 */
export function curlOf(origin, operation, values, body) {
  const { target, headers } = requestOf(operation, values);
  const isStream = Object.values(operation.responses).some(({ content = {} }) => "text/event-stream" in content);
  const parts = [`curl${isStream ? " -N" : ""} -X ${operation.method.toUpperCase()} ${quoted(origin + target)}`];
  if (!isOpen(operation)) parts.push(`-H "Authorization: Bearer $TOKEN"`);
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
