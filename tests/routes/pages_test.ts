import { assert, assertEquals, assertMatch } from "@std/assert";
import { CONTENT_SECURITY_POLICY, loadStatic } from "../../routes/static_files.ts";
import { exchange, listen } from "../testing/listening.ts";
import { onService, openService } from "../testing/stage.ts";

const OURS = new URL("../../static/", import.meta.url);

/** A folder of a test's own, beside a file that nobody may see. */
async function makeFolder() {
  const parent = await Deno.makeTempDir();
  await Deno.writeTextFile(`${parent}/secret.js`, "SECRET");
  await Deno.mkdir(`${parent}/static/i18n`, { recursive: true });
  const folder = `${parent}/static`;
  await Deno.writeTextFile(`${folder}/index.html`, "<!doctype html>");
  await Deno.writeTextFile(`${folder}/app.js`, "app()");
  await Deno.writeTextFile(`${folder}/i18n/ko.js`, "ko()");
  await Deno.writeTextFile(`${folder}/icon.svg`, "<svg/>");
  await Deno.writeTextFile(`${folder}/.hidden.js`, "hidden()");
  await Deno.writeTextFile(`${folder}/deno.json`, "{}");
  await Deno.writeTextFile(`${folder}/no_type`, "x");
  await Deno.symlink(`${parent}/secret.js`, `${folder}/link.js`);
  await Deno.symlink("/etc/passwd", `${folder}/passwd.css`);
  await Deno.symlink("/etc", `${folder}/etc`);
  await Deno.symlink(parent, `${folder}/up`);
  await Deno.symlink(`${folder}/i18n`, `${folder}/inner`);
  return {
    url: new URL(`file://${folder}/`),
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
  };
}

Deno.test(
  "the page's files are served with their types, an ETag and the policy",
  onService(async (service) => {
    const types = {
      "/": "text/html; charset=utf-8",
      "/test": "text/html; charset=utf-8",
      "/static/client.js": "text/javascript; charset=utf-8",
      "/static/ui/style.css": "text/css; charset=utf-8",
      "/static/i18n/ko.js": "text/javascript; charset=utf-8",
      "/favicon.ico": "image/svg+xml",
    };
    for (const [path, type] of Object.entries(types)) {
      const response = await service.app.request(path);
      const { headers } = response;
      assertEquals([response.status, headers.get("content-type"), headers.get("x-content-type-options")], [
        200,
        type,
        "nosniff",
      ], path);
      assertEquals(headers.get("content-security-policy"), CONTENT_SECURITY_POLICY);
      assertMatch(headers.get("etag") ?? "", /^"[0-9a-f]{32}"$/);
      assertEquals(headers.get("cache-control"), "no-cache");
      assert((await response.text()).length > 0);
    }
  }, { files: await loadStatic(OURS) }),
);

Deno.test(
  "/test/ leads to /test",
  onService(async (service) => {
    const response = await service.app.request("/test/");
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("location")], [308, "/test"]);
  }, { files: await loadStatic(OURS) }),
);

Deno.test("the policy lets the page run and load what is ours, and nothing inline or foreign", () => {
  const policy = new Map(
    CONTENT_SECURITY_POLICY.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources.join(" ")];
    }),
  );
  assertEquals(policy.get("default-src"), "'none'");
  for (const name of ["script-src", "style-src", "connect-src"]) assertEquals(policy.get(name), "'self'");
  for (const name of ["base-uri", "form-action", "frame-ancestors"]) assertEquals(policy.get(name), "'none'");
  assert(!/unsafe|\*|https?:/.test(CONTENT_SECURITY_POLICY));
});

Deno.test(
  "a browser that has a file already hears 304, without a body; one that has another gets it",
  onService(async (service) => {
    const first = await service.app.request("/static/client.js");
    const etag = first.headers.get("etag") ?? "";
    await first.body?.cancel();
    const again = await service.app.request("/static/client.js", { headers: { "if-none-match": etag } });
    assertEquals([again.status, await again.text(), again.headers.get("etag")], [304, "", etag]);
    assertEquals(again.headers.get("content-security-policy"), CONTENT_SECURITY_POLICY);
    for (const other of ['"x"', etag.slice(1, -1), ""]) {
      const response = await service.app.request("/static/client.js", { headers: { "if-none-match": other } });
      assertEquals(response.status, 200, other);
      await response.body?.cancel();
    }
    const page = await service.app.request("/", { headers: { "if-none-match": etag } });
    assertEquals(page.status, 200);
    await page.body?.cancel();
  }, { files: await loadStatic(OURS) }),
);

Deno.test(
  "modules are shared with pages of allowed origins, also as 304; styles and pages are not, and nothing with others",
  onService(async (service) => {
    const ask = async (path: string, headers: Record<string, string>) => {
      const response = await service.app.request(path, { headers });
      await response.body?.cancel();
      return response;
    };
    const allowedFor = async (path: string, origin: string) => {
      return (await ask(path, { origin })).headers.get("access-control-allow-origin");
    };
    assertEquals(await allowedFor("/static/client.js", "https://shop.example"), "https://shop.example");
    for (const origin of ["https://stranger.example", "http://shop.example", "null"]) {
      assertEquals(await allowedFor("/static/client.js", origin), null, origin);
    }
    for (const path of ["/static/ui/style.css", "/", "/docs", "/static/no.js"]) {
      assertEquals(await allowedFor(path, "https://shop.example"), null, path);
    }
    const { headers } = await ask("/static/client.js", {});
    assertEquals([headers.get("access-control-allow-origin"), headers.get("vary")], [null, "Accept-Encoding, Origin"]);
    const again = await ask("/static/client.js", {
      "origin": "https://shop.example",
      "if-none-match": headers.get("etag") ?? "",
    });
    assertEquals([again.status, again.headers.get("access-control-allow-origin")], [304, "https://shop.example"]);
  }, { files: await loadStatic(OURS), origins: ["https://shop.example"] }),
);

Deno.test("an ETag is of the bytes: the same on every isolate, another when they change", async () => {
  await using made = await makeFolder();
  const [one, two] = [await loadStatic(made.url), await loadStatic(made.url)];
  assertEquals(one.get("app.js")?.etag, two.get("app.js")?.etag);
  await Deno.writeTextFile(`${made.folder}/app.js`, "app(1)");
  assert((await loadStatic(made.url)).get("app.js")?.etag !== one.get("app.js")?.etag);
});

Deno.test("a file of this version may be kept for ever, and one of another is what there is, to be asked for again", async () => {
  await using made = await makeFolder();
  const files = await loadStatic(made.url);
  await using service = await openService({ files });
  for (const [version, kept] of [[files.version, true], ["0123456789ab", false]] as const) {
    const response = await service.app.request(`/static/~${version}/app.js`);
    assertEquals([response.status, await response.text()], [200, "app()"]);
    assertEquals(response.headers.get("cache-control")?.includes("immutable"), kept);
  }
  await Deno.writeTextFile(`${made.folder}/i18n/ko.js`, "ko(2)");
  assert((await loadStatic(made.url)).version !== files.version);
});

Deno.test("who takes gzip gets it, under an ETag of its own; who does not, or gives it no weight, gets the bytes", async () => {
  await using made = await makeFolder();
  await using service = await openService({ files: await loadStatic(made.url) });
  const ask = (encoding: string, etag = "") =>
    service.app.request("/static/app.js", { headers: { "accept-encoding": encoding, "if-none-match": etag } });
  for (const encoding of ["gzip", "br, gzip;q=0.5", "*"]) {
    const { headers, body } = await ask(encoding);
    assertEquals([headers.get("content-encoding"), headers.get("vary")], ["gzip", "Accept-Encoding, Origin"], encoding);
    const plain = body?.pipeThrough(new DecompressionStream("gzip")) ?? null;
    assertEquals(await new Response(plain).text(), "app()");
    assertEquals((await ask(encoding, headers.get("etag") ?? "")).status, 304);
    assertEquals((await ask("", headers.get("etag") ?? "")).status, 200);
  }
  for (const encoding of ["", "br", "gzip;q=0", "gzip; q=0.00", "xgzip"]) {
    const response = await ask(encoding);
    assertEquals([response.headers.get("content-encoding"), await response.text()], [null, "app()"], encoding);
  }
});

Deno.test("a page is told which languages there are, and the modules that it will need, in the names of this version", async () => {
  await using made = await makeFolder();
  await Deno.writeTextFile(
    `${made.folder}/index.html`,
    `<html data-languages="en"><template><link rel="modulepreload" href="/static/more.js" data-graph="app.js"></template>
      <link rel="modulepreload" href="/static/app.js" data-graph></html>`,
  );
  await Deno.writeTextFile(`${made.folder}/app.js`, `import { a } from "./i18n/ko.js";\nimport("./later.js");`);
  await Deno.writeTextFile(`${made.folder}/later.js`, "later()");
  await Deno.writeTextFile(`${made.folder}/more.js`, `import {\n  a,\n} from "./app.js";\nexport * from "./last.js";`);
  await Deno.writeTextFile(`${made.folder}/last.js`, "last()");
  const files = await loadStatic(made.url);
  const page = new TextDecoder().decode(files.get("index.html")?.body);
  assertEquals(/data-languages="([^"]*)" data-panes="([^"]*)"/.exec(page)?.slice(1), ["ko", ""]);
  const [later = "", now = ""] = page.split("</template>");
  const named = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href);
  const own = (path: string) => `/static/~${files.version}/${path}`;
  assertEquals(named(now), ["app.js", "i18n/ko.js"].map(own));
  assertEquals(/data-modules="([^"]*)"/.exec(later)?.[1], "more.js last.js");
});

Deno.test("a page is told which languages lack words that English has; the singular of what is counted is no such word", async () => {
  await using made = await makeFolder();
  const told = async (korean: string) => {
    await Deno.writeTextFile(`${made.folder}/i18n/ko.js`, `export const words = { ${korean} };`);
    const page = (await loadStatic(made.url)).get("index.html")?.body;
    return /data-unfinished="([^"]*)"/.exec(new TextDecoder().decode(page))?.[1];
  };
  await Deno.writeTextFile(`${made.folder}/index.html`, '<html data-languages="en">');
  await Deno.writeTextFile(
    `${made.folder}/i18n/en.js`,
    'export const words = {\n  send: "Send",\n  inviteOne: "One person",\n  newOne: "{count} new, one:",\n  newOther: "{count} new" };',
  );
  assertEquals(await told('send: "보내기", inviteOne: "한 명", newOther: "새 {count}"'), undefined);
  assertEquals(await told('send: "보내기", newOther: "새 {count}"'), "ko");
  assertEquals(await told('send: "보내기", inviteOne: "한 명", newOne: "새 것"'), "ko");
  assertEquals(await told('inviteOne: "send:", newOther: "새 {count}"'), "ko");
});

Deno.test("[B23] symbolic links are not served, to files or to folders, in the folder or out of it; nor is what has no type", async () => {
  await using made = await makeFolder();
  const files = await loadStatic(made.url);
  assertEquals([...files.keys()].filter((name) => !name.startsWith(".")).toSorted(), [
    "app.js",
    "i18n/ko.js",
    "icon.svg",
    "index.html",
  ]);
  await using service = await openService({ files });
  await using server = listen(service.app);
  for (
    const path of [
      "link.js",
      "passwd.css",
      "etc/passwd",
      "etc/hostname",
      "up/secret.js",
      "inner/ko.js",
      "deno.json",
      "no_type",
      "i18n",
      "i18n/",
      "",
    ]
  ) {
    const { status, body } = await exchange(server.port, `GET /static/${path} HTTP/1.1`);
    assertEquals([status, JSON.parse(body).code], [404, "not_found"], path);
  }
  assertEquals((await exchange(server.port, "GET /static/i18n/ko.js HTTP/1.1")).body, "ko()");
});

Deno.test(
  "[B23] no path leads out of the folder, however it is written: 404, sent as it is over TCP",
  onService(async (service) => {
    await using server = listen(service.app);
    const paths = [
      "/static/..%2f..%2fdeno.json",
      "/static/..%2Fdeno.json",
      "/static/%2e%2e/deno.json",
      "/static/%2e%2e%2fdeno.json",
      "/static/%2E%2E/%2E%2E/etc/passwd",
      "/static/../deno.json",
      "/static/../../../../etc/passwd",
      "/static/....//deno.json",
      "/static/..%5c..%5cdeno.json",
      "/static/..\\..\\deno.json",
      "/static/%252e%252e/deno.json",
      "/static/..%c0%afdeno.json",
      "/static/chat/app.js%00",
      "/static/chat/app.js%00.css",
      "/static/%00",
      "/static/%ff%zz",
      "/static//etc/passwd",
      "/static//app.js",
      "/static/./../static/../deno.json",
      "/static/chat/app.js/",
      "/static/chat/app.js/..",
      "/static/chat/app.js;x",
      "/static/APP.JS",
      "/static/%61pp.js",
      "/static/__proto__",
      "/static/constructor",
      "/static/",
      "/static",
      "//etc/passwd",
      "//static/chat/app.js",
      "/etc/passwd",
      "/deno.json",
      "/app.ts",
      "/static/file:///etc/passwd",
      "/static/http://evil.test/",
      "http://evil.test/deno.json",
      "/static/../xxxxxxxxapp.js",
    ];
    for (const path of paths) {
      const { status, headers, body } = await exchange(server.port, `GET ${path} HTTP/1.1`);
      assertEquals(
        [status, headers.get("content-type")],
        [404, "application/problem+json"],
        `${path} ${body.slice(0, 80)}`,
      );
      assertEquals(JSON.parse(body).code, "not_found");
      assert(!/workspace|root:|import /.test(body), path);
    }
    // The query is no part of the name.
    assertEquals((await exchange(server.port, "GET /static/chat/app.js?v=..%2f HTTP/1.1")).status, 200);
  }, { files: await loadStatic(OURS) }),
);

Deno.test(
  "a Host that is none is no fault of ours: a problem, nothing reported",
  onService(async (service) => {
    await using server = listen(service.app);
    for (const host of ["[", "a b", "", ":", "a:b", "@", "%", "<", "x".repeat(5_000)]) {
      for (const path of ["/static/nothing.js", "/nothing", "/v1/rooms/%00/messages", "/ws"]) {
        const { status } = await exchange(server.port, `GET ${path} HTTP/1.1\nHost: ${host}`);
        assert(status >= 400 && status < 500, `${host} ${path}: ${status}`);
      }
    }
  }, { files: await loadStatic(OURS) }),
);

Deno.test(
  "HEAD is GET without a body; other methods are 404",
  onService(async (service) => {
    const head = await service.app.request("/static/chat/app.js", { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const response = await service.app.request("/static/chat/app.js", { method });
      assertEquals([response.status, (await response.json()).code], [404, "not_found"]);
    }
  }, { files: await loadStatic(OURS) }),
);
