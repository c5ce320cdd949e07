import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client } from "./client.ts";
import { failToStart, newFolder, type Settings, startServer } from "./server.ts";

Deno.test("a wrong setting stops the start with one sentence that names it", async () => {
  await using folder = await newFolder();
  const file = `${folder.path}/letter.txt`;
  await Deno.writeTextFile(file, "Dear database, ".repeat(1_000));
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  const KV_URL = folder.database;
  const wrong: [name: string, settings: Settings][] = [
    ["PORT", { PORT: "abc" }],
    ["PORT", { PORT: "65536" }],
    ["HOST", { HOST: "nowhere at all" }],
    ["HOST", { HOST: "192.0.2.1" }],
    ["SEND_RATE", { SEND_RATE: "-1" }],
    ["RATE_SCALE", { RATE_SCALE: "fast" }],
    ["API_KEY", { API_KEY: "too short" }],
    ["API_KEY", { API_KEY: "a key with spaces that no header can carry" }],
    ["JWT_SECRET", { JWT_SECRET: "too short", JWT_AUDIENCE: "maru" }],
    ["JWT_AUDIENCE", { JWT_SECRET: "s".repeat(32) }],
    ["JWT_JWKS_URL", { JWT_JWKS_URL: "http://keys.example", JWT_AUDIENCE: "maru" }],
    ["PUBLIC_URL", { PUBLIC_URL: "chat.example" }],
    ["ALLOW_PRIVATE_WEBHOOKS", { ALLOW_PRIVATE_WEBHOOKS: "yes" }],
    ["TRUSTED_PROXIES", { TRUSTED_PROXIES: "10.0.0.0/99" }],
    ["CHANNEL_LAYER", { CHANNEL_LAYER: "redis" }],
    ["ALLOWED_ORIGINS", { ALLOWED_ORIGINS: "https://a.example/path" }],
    ["DENO_JOBS", { DENO_JOBS: "0" }],
    ["DENO_JOBS", { DENO_JOBS: "2", CHANNEL_LAYER: "memory" }],
    ["DENO_JOBS", { DENO_JOBS: "2", KV_URL: ":memory:" }],
    ["KV_URL", { KV_URL: "http://db.example" }],
    ["KV_URL", { KV_URL: "https://127.0.0.1:1" }],
    ["KV_URL", { KV_URL: "https://127.0.0.1:1", DENO_KV_ACCESS_TOKEN: "a token of nobody" }],
    ["KV_URL", { KV_URL: "/dev/null/maru.sqlite" }],
    ["KV_URL", { KV_URL: `${file}/maru.sqlite`, DENO_JOBS: "2" }],
    ["KV_URL", { KV_URL: folder.path }],
    ["KV_URL", { KV_URL: file }],
    ["PORT", { PORT: port, DENO_JOBS: "1" }],
    ["PORT", { PORT: port, DENO_JOBS: "2" }],
  ];
  const found = await Promise.all(wrong.map(async ([name, settings]) => {
    const { code, stdout, stderr } = await failToStart({ KV_URL, ...settings });
    return { name, settings, code, stdout, stderr };
  }));
  for (const { name, settings, code, stdout, stderr } of found) {
    const about = Deno.inspect(settings);
    assertEquals({ code, stdout }, { code: 1, stdout: "" }, about + stderr);
    assertEquals(stderr.trimEnd().split("\n").length, 1, `${about} is more than a sentence: ${stderr}`);
    assertStringIncludes(stderr, "Cannot ");
    assertStringIncludes(stderr, name);
  }
});

Deno.test("a second service cannot take the first one's port, however many isolates they have", async () => {
  await using folder = await newFolder();
  for (const [first, second] of [["1", "2"], ["2", "1"], ["2", "2"]] as const) {
    await using server = await startServer({ KV_URL: folder.database, DENO_JOBS: first });
    const settings = { KV_URL: folder.database, DENO_JOBS: second, PORT: String(server.port) };
    const { code, stderr } = await failToStart(settings, 8_000);
    assertEquals(code, 1, `${second} isolates beside ${first}`);
    assertStringIncludes(stderr, `PORT=${server.port}`);
  }
});

Deno.test("after kill -9 the same port can be had again at once", async () => {
  await using folder = await newFolder();
  for (const DENO_JOBS of ["1", "2"]) {
    const settings = { KV_URL: folder.database, DENO_JOBS };
    await using first = await startServer(settings);
    const clients = Array.from({ length: 10 }, () => new Client(first.url));
    for (const client of clients) await client.hello({ name: "there" });
    await first.kill();
    for (const client of clients) await client.gone;
    await using again = await startServer({ ...settings, PORT: String(first.port) });
    assertEquals(again.port, first.port);
  }
});

Deno.test("without a file it works as well, and forgets", async () => {
  for (const settings of [{ CHANNEL_LAYER: "memory" }, { KV_URL: ":memory:" }]) {
    await using server = await startServer(settings);
    assertStringIncludes(server.stdout, "(1 isolate, ");
    const client = new Client(server.url);
    try {
      await client.hello({ name: "민지" });
      await client.join("lobby");
      const { cursor } = await client.send("lobby", "key", "안녕하세요");
      const again = await client.join("lobby");
      assertEquals(again.events.map(({ message }) => message?.text), ["안녕하세요"]);
      assertEquals((await client.join("lobby", cursor)).recovered, true);
      assertEquals(client.faults, []);
    } finally {
      await client.close();
    }
    server.signal("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  }
});
