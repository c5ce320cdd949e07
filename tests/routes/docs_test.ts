import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { docs } from "../../routes/docs.ts";
import { CONTENT_SECURITY_POLICY, loadStatic, NO_FILES } from "../../routes/static_files.ts";

const files = await loadStatic(new URL("../../static/", import.meta.url));

Deno.test("/docs is a page of ours, with its policy and its ETag", async () => {
  const app = docs(files);
  const response = await app.request("/docs");
  assertEquals([response.status, response.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertEquals(response.headers.get("content-security-policy"), CONTENT_SECURITY_POLICY);
  assertStringIncludes(await response.text(), "Maru API");
  const again = await app.request("/docs", { headers: { "if-none-match": response.headers.get("etag") ?? "" } });
  assertEquals([again.status, await again.text()], [304, ""]);
});

Deno.test("/docs/ leads to it, and without the files it is 404", async () => {
  const slash = await docs(files).request("/docs/");
  assertEquals([slash.status, slash.headers.get("location")], [308, "/docs"]);
  const missing = await docs(NO_FILES).request("/docs");
  assertEquals([missing.status, (await missing.json()).code], [404, "not_found"]);
});

Deno.test("the page names only files of ours that are there: no CDN", () => {
  const page = new TextDecoder().decode(files.get("docs.html")?.body);
  const named = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path = ""]) => path);
  assert(named.includes(`/static/~${files.version}/docs/docs.js`));
  for (const path of named) {
    if (path === "/" || path === "/openapi.json") continue;
    assert(files.has(path.replace(`/static/~${files.version}/`, "")), path);
  }
  // Text only ever becomes text.
  for (const [name, { body }] of files) {
    if (!/^docs.*\.js$/.test(name)) continue;
    const code = new TextDecoder().decode(body);
    assert(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|https?:\/\/(?!json)/.test(code), name);
  }
});
