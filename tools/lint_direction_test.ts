import { assertEquals, assertStringIncludes } from "@std/assert";
import plugin from "./lint_direction.ts";

/** The rules that a text breaks, as if it were a file of this repository. */
function broken(path: string, text: string): string[] {
  return Deno.lint.runPlugin(plugin, path, text).map(({ id }) => id);
}

/** Who imports whom, as "a/b.ts -> c/d.ts". */
function importing(arrow: string): string[] {
  const [from = "", to = ""] = arrow.split(" -> ");
  const up = "../".repeat(from.split("/").length - 1) || "./";
  return broken(from, `import { x } from "${up}${to}";\nx();\n`);
}

Deno.test("direction: a part may import itself and what lies below it", () => {
  const allowed = [
    "main.ts -> app.ts",
    "main.ts -> config.ts",
    "main.ts -> isolate.ts",
    "isolate.ts -> layers/kv.ts",
    "app.ts -> routes/rooms.ts",
    "app.ts -> layers/layer.ts",
    "routes/rooms.ts -> consumers/room.ts",
    "routes/rooms.ts -> auth/origin.ts",
    "routes/rooms.ts -> routes/problem.ts",
    "consumers/session.ts -> chat/rooms.ts",
    "consumers/session.ts -> protocol/frames.ts",
    "consumers/session/hello.ts -> auth/guest.ts",
    "chat/rooms.ts -> layers/layer.ts",
    "auth/session.ts -> chat/keys.ts",
    "auth/session.ts -> layers/layer.ts",
    "auth/session.ts -> protocol/frames.ts",
    "layers/kv.ts -> protocol/frames.ts",
    "layers/kv/writer.ts -> layers/layer.ts",
    "testing/communicator.ts -> consumers/consumer.ts",
    "static/page.js -> static/client.js",
    "static/page.js -> static/shared/markdown.js",
    "static/shared/mentions.js -> static/shared/markdown.js",
    "chat/mentions.ts -> static/shared/markdown.js",
    "tools/check_docs.ts -> tools/lint/areas.ts",
  ];
  for (const arrow of allowed) assertEquals(importing(arrow), [], arrow);
});

Deno.test("direction: nothing imports what lies above it, or beside it", () => {
  const refused = [
    "app.ts -> main.ts",
    "app.ts -> unheard_of.ts",
    "routes/rooms.ts -> app.ts",
    "routes/rooms.ts -> config.ts",
    "consumers/room.ts -> routes/rooms.ts",
    "consumers/room.ts -> unheard_of/x.ts",
    "chat/rooms.ts -> consumers/room.ts",
    "chat/rooms.ts -> auth/session.ts",
    "layers/kv.ts -> chat/rooms.ts",
    "layers/kv.ts -> config.ts",
    "protocol/frames.ts -> layers/layer.ts",
    "config.ts -> app.ts",
  ];
  for (const arrow of refused) assertEquals(importing(arrow), ["maru/direction"], arrow);
});

Deno.test("direction: the service knows neither its tests nor its page, and the page only itself", () => {
  const refused = [
    "main.ts -> tests/server.ts",
    "consumers/room.ts -> testing/communicator.ts",
    "routes/page.ts -> static/page.js",
    "static/page.js -> protocol/frames.ts",
    "chat/mentions.ts -> static/client.js",
    "routes/page.ts -> static/shared/markdown.js",
    "static/shared/markdown.js -> static/client.js",
    "static/shared/markdown.js -> chat/mentions.ts",
    "tools/check_docs.ts -> app.ts",
  ];
  for (const arrow of refused) assertEquals(importing(arrow), ["maru/direction"], arrow);
  assertEquals(broken("static/page.js", `import { z } from "zod";\nz;\n`), ["maru/direction"]);
});

Deno.test("direction: tests, bench and docs may import anything, and so may a test beside its subject", () => {
  const allowed = [
    "tests/layers/kv_test.ts -> main.ts",
    "tests/static/client_test.ts -> static/client.js",
    "bench/run.ts -> main.ts",
    "docs/examples/echo.ts -> testing/communicator.ts",
    "chat/rooms_test.ts -> app.ts",
  ];
  for (const arrow of allowed) assertEquals(importing(arrow), [], arrow);
});

Deno.test("direction: types, re-exports and dynamic imports count", () => {
  assertEquals(broken("protocol/a.ts", `import type { A } from "../chat/a.ts";\nexport type B = A;\n`), [
    "maru/direction",
  ]);
  assertEquals(broken("protocol/a.ts", `export * from "../chat/a.ts";\n`), ["maru/direction"]);
  assertEquals(broken("protocol/a.ts", `export { a } from "../chat/a.ts";\n`), ["maru/direction"]);
  assertEquals(broken("protocol/a.ts", `export const a = () => import("../chat/a.ts");\n`), ["maru/direction"]);
});

Deno.test("direction: only the outside knows Hono", () => {
  const text = `import { Hono } from "hono";\nexport const app = new Hono();\n`;
  assertEquals(broken("routes/rooms.ts", text), []);
  assertEquals(broken("app.ts", text), []);
  assertEquals(broken("consumers/room.ts", text), ["maru/direction"]);
  assertEquals(broken("chat/rooms.ts", text.replace(`"hono"`, `"hono/ws"`)), ["maru/direction"]);
});

Deno.test("direction: the message says what, why and which way", () => {
  const [diagnostic] = Deno.lint.runPlugin(plugin, "protocol/a.ts", `import { x } from "../chat/a.ts";\nx;\n`);
  assertStringIncludes(diagnostic?.message ?? "", "protocol may not import chat (chat/a.ts)");
  assertStringIncludes(diagnostic?.message ?? "", "never backwards");
});

Deno.test("implementation: only the root, the layers, tests, bench and docs name one", () => {
  for (const to of ["layers/memory.ts", "layers/kv.ts", "layers/kv_reader.ts", "layers/kv/writer.ts"]) {
    for (const from of ["main.ts", "isolate.ts", "app.ts", "layers/open.ts", "tests/a_test.ts", "bench/run.ts"]) {
      assertEquals(importing(`${from} -> ${to}`), [], `${from} -> ${to}`);
    }
    for (const from of ["routes/rooms.ts", "consumers/room.ts", "chat/rooms.ts", "auth/session.ts"]) {
      assertEquals(importing(`${from} -> ${to}`), ["maru/implementation"], `${from} -> ${to}`);
    }
  }
  assertEquals(importing("chat/rooms.ts -> layers/kvetch.ts"), []);
});

Deno.test("env-in-config: the environment is read in config.ts, and where no service is", () => {
  const text = `export const port = Deno.env.get("PORT");\n`;
  for (const path of ["config.ts", "tests/a_test.ts", "bench/run.ts", "tools/a.ts"]) {
    assertEquals(broken(path, text), [], path);
  }
  for (const path of ["main.ts", "layers/kv.ts", "routes/rooms.ts"]) {
    assertEquals(broken(path, text), ["maru/env-in-config"], path);
  }
  assertEquals(broken("main.ts", `globalThis.Deno.env.get("PORT");\n`), ["maru/env-in-config"]);
  assertEquals(broken("main.ts", `import process from "node:process";\nprocess.env.PORT;\n`), ["maru/env-in-config"]);
  assertEquals(broken("main.ts", `config.env.port;\n`), []);
});

Deno.test("as-needs-why: an assertion of a type says why, on its line or the one before", () => {
  const said = [
    `export const a = b as string; // parsed above\n`,
    `// The schema has parsed it.\nexport const a = b as string;\n`,
    `/**\n * Parsed above.\n */\nexport const a = b as string;\n`,
    `export const a = f(\n  // Parsed above.\n  b as string,\n);\n`,
    `export const a = ["a", "b"] as const;\n`,
    `export const a = b satisfies string;\n`,
    `import * as a from "zod";\nexport { a as b };\n`,
  ];
  for (const text of said) assertEquals(broken("chat/a.ts", text), [], text);

  const unsaid = [
    `export const a = b as string;\n`,
    `export const a = <string>b;\n`,
    `// Far away.\n\nexport const a = b as string;\n`,
    `export const a = b as string;\n// Too late.\n`,
    `// deno-lint-ignore no-explicit-any\nexport const a = b as string;\n`,
    `export const a = "http://here" as Url;\n`,
  ];
  for (const text of unsaid) assertEquals(broken("tests/a.ts", text), ["maru/as-needs-why"], text);
});

Deno.test("file-length: 400 lines and no more", () => {
  assertEquals(broken("chat/a.ts", "a();\n".repeat(400)), []);
  assertEquals(broken("chat/a.ts", "a();\n".repeat(401)), ["maru/file-length"]);
});
