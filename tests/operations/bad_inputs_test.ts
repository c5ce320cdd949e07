import process from "node:process";
import { assert, assertEquals } from "@std/assert";
import { openKvLayer } from "../../layers/kv.ts";
import type { Operation } from "../../operations/operation.ts";
import { OPERATIONS } from "../../operations/table.ts";
import { meaningOf } from "../../protocol/errors.ts";
import type { SessionClient } from "../testing/session_client.ts";
import { GENERAL, transportsOf } from "./harness.ts";
import { type Asked, REQUESTS } from "./requests.ts";
import { openWorld, OPTIONS, type World } from "./world.ts";

/** A number that JSON can write and no program can hold: put in as text. */
const HUGE = "@1e999@";

/** What fits into no field, or into few. */
const BAD: Readonly<Record<string, unknown>> = {
  nothing: null,
  empty: "",
  "a number": 7,
  "a negative number": -1,
  "a number that is none": HUGE,
  "a fraction": 0.5,
  "a large number": 2 ** 53,
  yes: true,
  "an array": [],
  "an object": {},
  "its prototype": JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {"isAdmin": true}}}'),
  "a name of every object": "__proto__",
  "another name of every object": "constructor",
  NUL: "a\u0000b",
  "half a surrogate pair": "\ud800",
  "half a surrogate pair in a word": "a\udc00b",
  "a bidi override": "\u202eabc",
  "line feed and ESC": "a\n\u001b[31mb",
  "a path": "../../etc/passwd",
  "two dots": "..",
  markup: "<img src=x onerror=alert(1)>",
  "a long text": "x".repeat(50_000),
  "a long text of wide characters": "한".repeat(15_000),
  "what is deep": deep(8_000),
  "what is over the limit": "x".repeat(1 << 20),
};

const TOO_LONG_FOR_FRAMES: ReadonlySet<string> = new Set(["what is over the limit"]);

/** Milliseconds of the processor in which anything is asked and answered: how busy the machine is with something else does not count. */
const MAX_MS = 100;

for (const operation of OPERATIONS) {
  const { type, input: schema } = operation;
  const fields = Object.keys("shape" in schema ? Object(schema.shape) : {});
  if (fields.length === 0) continue;
  for (const transport of transportsOf(operation)) {
    Deno.test(`${type} takes bad values of each field for what they are (${transport})`, async () => {
      // What keys and values a database takes is another question than what a Map does: HTTP asks the one, sockets the other.
      using kv = transport === "http" ? await Deno.openKv(":memory:") : undefined;
      await using world = await openWorld({ ...OPTIONS, ...kv && { layer: await openKvLayer(kv) } });
      const arrange = REQUESTS[type];
      assert(arrange);
      const good = await arrange(world);
      const asking = transport === "http" ? overHttp(world, operation) : overSocket(world, operation);
      for (const field of fields) {
        for (const [what, value] of Object.entries(BAD)) {
          if (transport === "socket" && TOO_LONG_FOR_FRAMES.has(what)) continue;
          const about = `${type}: ${field} is ${what}`;
          const asked = { ...good, input: { ...good.input, [field]: value } };
          const begin = process.cpuUsage();
          const code = await asking(asked);
          const ms = cpuMs(begin);
          assert(code !== "internal" && code !== "unavailable", `${about}: ${code}`);
          if (code !== undefined) {
            // HTTP finds no operation at a path with an empty part, or one that leads out of it.
            const elsewhere = transport === "http" ? ["too_long", "not_found", "method_not_allowed"] : [];
            const documented: readonly string[] = [...GENERAL, ...operation.errors, ...elsewhere];
            assert(documented.includes(code), `${about}: ${code} is not documented`);
          }
          if (ms > MAX_MS) {
            // Perhaps memory was swept just then.
            const again = process.cpuUsage();
            await asking(asked);
            assert(cpuMs(again) <= MAX_MS, `${about}: it took ${ms} ms, and ${cpuMs(again)} ms again`);
          }
          assertEquals(world.harness.service.reports, [], about);
        }
      }
      assertEquals(Reflect.get({}, "isAdmin"), undefined);
    });
  }
}

/** Asks over HTTP, written as a hostile client would; gives the code of a refusal. */
function overHttp({ harness }: World, { method, path }: Operation): (asked: Asked) => Promise<string | undefined> {
  return async ({ token, input }) => {
    const rest = new Map(Object.entries(input));
    const filled = path.replace(/:(\w+)/g, (_, name: string) => {
      const value = rest.get(name);
      rest.delete(name);
      return percent(value);
    });
    const hasBody = method !== "get" && method !== "delete";
    const query = [...rest].map(([name, value]) => `${name}=${percent(value)}`).join("&");
    const response = await harness.service.app.request(hasBody || query === "" ? filled : `${filled}?${query}`, {
      method: method.toUpperCase(),
      headers: { ...token !== undefined && { authorization: `Bearer ${token}` } },
      ...hasBody && { body: write(Object.fromEntries(rest)) },
    });
    const text = await response.text();
    if (response.ok || response.status < 400) return undefined;
    const { code } = JSON.parse(text);
    assertEquals(meaningOf(code).status, response.status);
    return code;
  };
}

/** Asks over a socket, and takes another one before the third frame that is none. */
function overSocket({ harness, stranger }: World, { type }: Operation): (asked: Asked) => Promise<string | undefined> {
  let session: SessionClient | undefined;
  let id = 1_000_000;
  return async ({ token = stranger.token, input }) => {
    if (session === undefined) {
      session = await harness.service.session();
      const { error } = await session.ask({ type: "hello", token });
      // It has ended itself.
      if (error !== undefined) return error.code;
    }
    session.socket.send(write({ id: ++id, type, ...input }));
    const { error } = await session.answer(id);
    if (error?.code === "bad_request" || session.socket.closed !== undefined) {
      await session.socket.disconnect();
      session = undefined;
    }
    return error?.code;
  };
}

function cpuMs(begin: ReturnType<typeof process.cpuUsage>): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}

function write(value: object): string {
  return JSON.stringify(value).replaceAll(`"${HUGE}"`, "1e999");
}

/** As a part of a URL; what is no UTF-16 is sent as the bytes that it would be. */
function percent(value: unknown): string {
  const text = value === HUGE ? "1e999" : typeof value === "string" ? value : JSON.stringify(value) ?? "";
  if (text.isWellFormed()) return encodeURIComponent(text);
  return [...text].map((each) => each.isWellFormed() ? encodeURIComponent(each) : "%ED%A0%80").join("");
}

function deep(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}
