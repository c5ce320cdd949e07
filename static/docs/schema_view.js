/**
 * Shows schemas: what they are in a line, and what is in them below it.
 * @module
 */

import { make } from "../ui/dom.js";
import { refName, resolve, typeOf } from "./model.js";
import { withCode } from "../ui/code_text.js";
import { makeWord } from "./words.js";

/** @import { ApiDocument, Parameter, Schema } from "./model.js" */

/**
 * The fields of a schema, those of fields within folded up.
 * @param {Schema} given
 * @param {ApiDocument} api
 * @returns {HTMLElement}
 */
export function showSchema(given, api) {
  const schema = resolve(given, api);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  const list = make("ul", "fields");
  if (schema.properties !== undefined) {
    for (const [name, field] of Object.entries(schema.properties)) {
      list.append(showField(name, field, schema.required?.includes(name) ?? false, api));
    }
  } else if (choices !== undefined) {
    for (const choice of choices) list.append(showField("", choice, false, api));
  } else if (schema.items !== undefined) {
    list.append(showField("[ ]", schema.items, false, api));
  } else {
    list.append(showField("", schema, false, api));
  }
  return list;
}

/**
 * The parameters, as fields.
 * @param {readonly Parameter[]} parameters
 * @param {ApiDocument} api
 */
export function showParameters(parameters, api) {
  const list = make("ul", "fields");
  for (const { name, in: place, required = false, description, schema } of parameters) {
    const field = showField(name, { ...schema, ...(description !== undefined && { description }) }, required, api);
    field.querySelector(".type")?.after(" ", make("span", "place", place));
    list.append(field);
  }
  return list;
}

/**
 * @param {string} name
 * @param {Schema} field
 * @param {boolean} required
 * @param {ApiDocument} api
 */
function showField(name, field, required, api) {
  const item = make("li", "schema-field");
  const line = make("p");
  if (name !== "") line.append(make("code", "name", name), " ");
  line.append(make("span", "type", typeOf(field)));
  if (required) line.append(" ", makeWord("span", "required", "required"));
  if (field.default !== undefined) {
    line.append(" ", makeWord("span", "default", "hint"), " ", make("code", "hint", JSON.stringify(field.default)));
  }
  item.append(line);
  const description = field.description ?? (refName(field) === undefined ? undefined : resolve(field, api).description);
  if (description !== undefined) item.append(withCode(make("p", "hint"), description));
  const inner = insideOf(field, api);
  if (inner !== undefined) item.append(fold(typeOf(field), () => showSchema(inner, api)));
  return item;
}

/**
 * What can be unfolded below a field.
 * @param {Schema} field
 * @param {ApiDocument} api
 * @returns {Schema | undefined}
 */
function insideOf(field, api) {
  const schema = resolve(field, api);
  if (schema.type === "array" && schema.items !== undefined) return insideOf(schema.items, api);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices !== undefined) return choices.some((choice) => insideOf(choice, api) !== undefined) ? schema : undefined;
  return schema.properties === undefined || Object.keys(schema.properties).length === 0 ? undefined : schema;
}

/**
 * Something that is made when it is first opened: schemas may hold themselves.
 * @param {string | HTMLElement} title
 * @param {() => HTMLElement} show
 * @returns {HTMLDetailsElement}
 */
export function fold(title, show) {
  const details = make("details", "fold");
  const summary = make("summary");
  summary.append(title);
  details.append(summary);
  details.addEventListener("toggle", () => details.append(show()), { once: true });
  return details;
}
