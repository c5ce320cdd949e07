/**
 * One operation: a line that unfolds to all that is known of it.
 * @module
 */

import { make } from "../ui/dom.js";
import { isOpen } from "./model.js";
import { fold, showParameters, showSchema } from "./schema_view.js";
import { createTry } from "./try_form.js";
import { withCode } from "../ui/code_text.js";
import { makeWord } from "./words.js";

/** @import { ApiDocument, Operation } from "./model.js" */

/**
 * Shows an operation, folded: what it takes, what it answers, and a form to try it.
 * @param {Operation} operation
 * @param {ApiDocument} api
 * @param {() => string} token
 * @returns {HTMLDetailsElement}
 */
export function showOperation(operation, api, token) {
  const { method, path, operationId, summary } = operation;
  const line = make("span", "line");
  const name = make("span", `method ${method}`, method.toUpperCase());
  line.append(name, make("code", "path", path), withCode(make("span", "summary"), summary));
  const details = fold(line, () => showAll(operation, api, token));
  details.classList.add("operation");
  details.id = operationId;
  return details;
}

/**
 * @param {Operation} operation
 * @param {ApiDocument} api
 * @param {() => string} token
 */
function showAll(operation, api, token) {
  const { operationId, description, parameters = [], requestBody, responses } = operation;
  const all = make("div", "all");
  const name = make("p", "hint");
  name.append(make("code", "", operationId));
  if (isOpen(operation)) name.append(" · ", makeWord("span", "open"));
  all.append(name);
  if (description !== undefined) all.append(withCode(make("p"), description));
  if (parameters.length > 0) all.append(makeWord("h4", "parameters"), showParameters(parameters, api));
  const body = requestBody?.content["application/json"]?.schema;
  if (body !== undefined) all.append(makeWord("h4", "body"), showSchema(body, api));
  if (parameters.length === 0 && body === undefined) all.append(makeWord("p", "nothing", "hint"));

  all.append(makeWord("h4", "responses"));
  for (const [status, answer] of Object.entries(responses)) {
    const title = make("span");
    const isRefusal = Number(status) >= 400;
    title.append(make("code", isRefusal ? "code refusal" : "code", status), " ");
    withCode(title, answer.description);
    const [[type, { schema }] = ["", { schema: undefined }]] = Object.entries(answer.content ?? {});
    if (schema === undefined) {
      const line = make("p", "bodiless");
      line.append(title);
      all.append(line);
    } else {
      all.append(fold(title, () => {
        const inside = make("div");
        inside.append(make("p", "hint", type), showSchema(schema, api));
        return inside;
      }));
    }
  }
  all.append(...createTry(operation, api, token));
  return all;
}
