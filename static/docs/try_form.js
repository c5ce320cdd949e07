/**
 * A form that makes a request and shows the answer, and the same request for a shell.
 * @module
 */

import { make } from "../ui/dom.js";
import { curlOf, exampleOf, requestOf, resolve } from "./model.js";
import { makeWord, t } from "./words.js";

/** @import { ApiDocument, Operation, Parameter } from "./model.js" */

/** Characters of an answer that are shown. */
const MAX_SHOWN = 200_000;

/**
 * Makes the form that tries an operation.
 * @param {Operation} operation
 * @param {ApiDocument} api
 * @param {() => string} token the Bearer token, or ""
 * @returns {HTMLElement[]} the shell's line, and the form
 */
export function createTry(operation, api, token) {
  const form = make("form", "try");
  form.append(makeWord("h4", "tryIt"));
  const fields = (operation.parameters ?? []).map((parameter) => createField(parameter, operation, api));
  for (const { label } of fields) form.append(label);
  const body = createBody(operation, api);
  if (body !== undefined) form.append(body.label);
  const sendButton = makeWord("button", "send", "primary");
  sendButton.type = "submit";
  const stop = makeWord("button", "stop", "quiet");
  stop.type = "button";
  stop.hidden = true;
  const buttons = make("p", "buttons");
  buttons.append(sendButton, stop);
  const status = make("p", "status");
  status.role = "status";
  const answer = make("pre", "answer");
  answer.tabIndex = 0;
  answer.hidden = true;
  form.append(buttons, status, answer);

  const curl = make("pre", "curl");
  curl.tabIndex = 0;
  const copy = makeWord("button", "copy", "quiet copy");
  copy.type = "button";
  copy.addEventListener("click", () => {
    navigator.clipboard.writeText(curl.textContent ?? "").then(() => copy.textContent = t("copied"), () => {});
  });
  const values = () => Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()]));
  const show = () => {
    curl.textContent = curlOf(location.origin, operation, values(), body?.input.value);
    copy.textContent = t("copy");
  };
  form.addEventListener("input", show);
  show();

  /** @type {AbortController | undefined} */
  let running;
  stop.addEventListener("click", () => running?.abort());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = findWrong(fields, body?.input.value);
    if (wrong !== undefined) {
      status.textContent = wrong;
      return;
    }
    running?.abort();
    const own = running = new AbortController();
    stop.hidden = answer.hidden = false;
    answer.textContent = "";
    status.textContent = t("sending");
    try {
      await ask(operation, values(), body?.input.value, token(), own.signal, {
        began: (text) => status.textContent = text,
        came: (text) => answer.append(text),
        ended: (text) => answer.textContent = text,
      });
    } catch {
      if (running === own) status.textContent = own.signal.aborted ? t("stopped") : t("unreachable");
    } finally {
      if (running === own) stop.hidden = true;
    }
  });

  const example = make("section");
  const heading = makeWord("h4", "curl");
  example.append(heading, curl, copy);
  return [example, form];
}

/** @typedef {{began: (text: string) => void, came: (text: string) => void, ended: (text: string) => void}} Shown */

/**
 * @param {Operation} operation
 * @param {Record<string, string>} values
 * @param {string | undefined} body
 * @param {string} token
 * @param {AbortSignal} signal
 * @param {Shown} shown
 */
async function ask(operation, values, body, token, signal, shown) {
  const { target, headers } = requestOf(operation, values);
  const begin = performance.now();
  const response = await fetch(target, {
    method: operation.method.toUpperCase(),
    headers: {
      ...headers,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== "" && { authorization: `Bearer ${token}` }),
    },
    body: body ?? null,
    // A token is who one is: the cookie stays at home then.
    credentials: token === "" ? "same-origin" : "omit",
    signal,
  });
  const ms = Math.round(performance.now() - begin);
  const limit = response.headers.get("ratelimit");
  shown.began(
    t("took", { status: `${response.status} ${response.statusText}`.trim(), ms }) + (limit ? ` · ${limit}` : ""),
  );
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    shown.came(part);
    text += part;
    if (text.length > MAX_SHOWN) return;
  }
  if (/\bjson$/.test(response.headers.get("content-type") ?? "")) shown.ended(pretty(text));
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/**
 * @param {{name: string, input: HTMLInputElement | HTMLSelectElement, required: boolean}[]} fields
 * @param {string | undefined} body
 */
function findWrong(fields, body) {
  const missing = fields.find(({ input, required }) => required && input.value.trim() === "");
  if (missing !== undefined) {
    missing.input.focus();
    return t("missing", { name: missing.name });
  }
  try {
    if (body !== undefined) JSON.parse(body);
  } catch {
    return t("badJson");
  }
}

/**
 * @param {Parameter} parameter
 * @param {Operation} operation
 * @param {ApiDocument} api
 */
function createField({ name, required = false, schema: given }, operation, api) {
  const schema = resolve(given, api);
  const label = make("label", "field");
  label.append(make("span", "", required ? `${name} *` : name));
  const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : undefined);
  const input = choices === undefined ? make("input") : createSelect(choices);
  input.name = `${operation.operationId}-${name}`;
  input.autocomplete = "off";
  if (required && schema.examples?.length) input.value = String(schema.examples[0]);
  if (input instanceof HTMLInputElement) {
    input.spellcheck = false;
    if (schema.default !== undefined) input.placeholder = String(schema.default);
  }
  label.append(input);
  return { name, label, input, required };
}

/** @param {readonly unknown[]} choices */
function createSelect(choices) {
  const select = make("select");
  for (const choice of ["", ...choices]) select.append(make("option", "", String(choice)));
  return select;
}

/**
 * @param {Operation} operation
 * @param {ApiDocument} api
 */
function createBody({ operationId, requestBody }, api) {
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) return undefined;
  const label = make("label", "field");
  label.append(makeWord("span", "body"));
  const input = make("textarea");
  input.name = `${operationId}-body`;
  input.rows = 6;
  input.spellcheck = false;
  input.value = JSON.stringify(exampleOf(schema, api), null, 2);
  label.append(input);
  return { label, input };
}
