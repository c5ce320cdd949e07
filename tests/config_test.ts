import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { CONFIG_NAMES, ConfigError, parseConfig, type Platform, readConfig } from "../config.ts";
import { startIsolate } from "../isolate.ts";

const linux: Platform = { cores: 4, sharesPorts: true };
const mac: Platform = { cores: 4, sharesPorts: false };
const parse = (env: Record<string, string>, platform = linux) => parseConfig(env, platform);

/** Asserts that a setting is refused with one sentence that names it, why, and the value. */
function assertRefused(env: Record<string, string>, name: string, platform = linux): void {
  const what = JSON.stringify(env);
  const { message } = assertThrows(() => parse(env, platform), ConfigError, undefined, `${what} was taken`);
  assert(message.startsWith(`Cannot use ${name}=`), message);
  assert(message.includes(JSON.stringify(env[name]).slice(1, -1)), message);
  assert(/: \w.{10,}/.test(message), `${message} does not say why`);
  assertEquals(message.split("\n").length, 1);
  assertFalse(/ZodError|invalid_|\bat \w+ \(/.test(message), message);
}

Deno.test("without any settings it is port 8000 on this machine alone, a file, ten messages a second, all cores", () => {
  assertEquals(parse({}), {
    port: 8000,
    host: "127.0.0.1",
    kv: { kind: "file", path: "data/maru.sqlite" },
    layer: "kv",
    allowedOrigins: [],
    sendRate: 10,
    rateScale: 1,
    publicUrl: undefined,
    apiKey: undefined,
    signed: undefined,
    allowPrivateWebhooks: false,
    trustedProxies: "",
    jobs: 4,
  });
});

Deno.test("an empty value is as if it was not set, for every setting", () => {
  assertEquals(parse(Object.fromEntries(CONFIG_NAMES.map((name) => [name, ""]))), parse({}));
});

Deno.test("a config is frozen", () => {
  const config = parse({ ALLOWED_ORIGINS: "a" });
  assert(Object.isFrozen(config) && Object.isFrozen(config.allowedOrigins));
});

Deno.test("PORT is a whole number from 0 to 65535", () => {
  for (const [value, port] of [["0", 0], ["1", 1], ["8080", 8080], ["65535", 65_535]] as const) {
    assertEquals(parse({ PORT: value }).port, port);
  }
  for (
    const value of ["-1", "65536", "99999999999", "80.5", "http", "8000 ", " 8000", "0x50", "1e3", "+80", "８０", "\n"]
  ) assertRefused({ PORT: value }, "PORT");
});

Deno.test("HOST is a name or an address", () => {
  for (const value of ["0.0.0.0", "::", "::1", "localhost", "chat.example"]) {
    assertEquals(parse({ HOST: value }).host, value);
  }
  for (const value of ["http://localhost", "a b", "a/b", "[::1]", "host:80/", "\n", "é"]) {
    assertRefused({ HOST: value }, "HOST");
  }
});

Deno.test("KV_URL is a path, :memory: or an https URL", () => {
  const places = {
    "data/x.sqlite": { kind: "file", path: "data/x.sqlite" },
    "/var/lib/maru.sqlite": { kind: "file", path: "/var/lib/maru.sqlite" },
    "C:\\maru.sqlite": { kind: "file", path: "C:\\maru.sqlite" },
    "httpd/x.sqlite": { kind: "file", path: "httpd/x.sqlite" },
    ":memory:": { kind: "memory" },
    "https://kv.example/db": { kind: "remote", url: "https://kv.example/db" },
    "HTTPS://kv.example/db": { kind: "remote", url: "HTTPS://kv.example/db" },
  } as const;
  for (const [value, kv] of Object.entries(places)) assertEquals(parse({ KV_URL: value }).kv, kv);
});

Deno.test("KV_URL over http is for this machine alone: a token would go over the network for everyone to read", () => {
  for (const value of ["http://localhost:4512", "http://127.0.0.1:4512/", "http://[::1]"]) {
    assertEquals(parse({ KV_URL: value }).kv, { kind: "remote", url: value });
  }
  for (
    const value of [
      "http://kv.example",
      "http://localhost.evil",
      "http://127.0.0.1.evil/",
      "HTTP://kv.example",
      "http:kv",
      "http://localhost@evil",
    ]
  ) {
    assertRefused({ KV_URL: value }, "KV_URL");
  }
});

Deno.test("on Deno Deploy the platform's own database is the default, and there is one isolate", () => {
  const config = parse({ DENO_DEPLOYMENT_ID: "abc" });
  assertEquals([config.kv, config.jobs], [{ kind: "platform" }, 1]);
  assertEquals(parse({ DENO_DEPLOYMENT_ID: "abc", KV_URL: "https://kv.example" }).kv.kind, "remote");
});

Deno.test("CHANNEL_LAYER is kv or memory", () => {
  for (const value of ["kv", "memory"]) assertEquals(parse({ CHANNEL_LAYER: value }).layer, value);
  for (const value of ["redis", "KV", "kv ", "__proto__", "channels.layers.InMemoryChannelLayer"]) {
    assertRefused({ CHANNEL_LAYER: value }, "CHANNEL_LAYER");
  }
});

Deno.test("ALLOWED_ORIGINS is a list with commas", () => {
  const lists = {
    "https://a.example": ["https://a.example"],
    "a, b ,.c": ["a", "b", ".c"],
    ",a,,": ["a"],
    "*": ["*"],
    " , ": [],
  };
  for (const [value, rules] of Object.entries(lists)) {
    assertEquals(parse({ ALLOWED_ORIGINS: value }).allowedOrigins, rules);
  }
});

Deno.test("SEND_RATE is messages a second, 0 for no limit", () => {
  for (const [value, rate] of [["0", 0], ["10", 10], ["0.5", 0.5], ["999999", 999_999]] as const) {
    assertEquals(parse({ SEND_RATE: value }).sendRate, rate);
  }
  for (const value of ["-1", "fast", "1e3", "Infinity", "NaN", ".5", "1.", "10/s", "1,5", "9999999"]) {
    assertRefused({ SEND_RATE: value }, "SEND_RATE");
  }
});

Deno.test("RATE_SCALE is a number, 0 for no limits", () => {
  for (const [value, scale] of [["0", 0], ["1", 1], ["2.5", 2.5], ["100000", 100_000]] as const) {
    assertEquals(parse({ RATE_SCALE: value }).rateScale, scale);
  }
  for (const value of ["-1", "double", "1e3", "Infinity", "NaN", ".5", "1.", "2x", "1,5", "9999999"]) {
    assertRefused({ RATE_SCALE: value }, "RATE_SCALE");
  }
});

Deno.test("PUBLIC_URL is an origin: http or https, a host, perhaps a port, and no path", () => {
  const origins = {
    "https://chat.example": "https://chat.example",
    "https://chat.example/": "https://chat.example",
    "HTTPS://Chat.Example:8443": "https://chat.example:8443",
    "http://localhost:8000": "http://localhost:8000",
  };
  for (const [value, origin] of Object.entries(origins)) assertEquals(parse({ PUBLIC_URL: value }).publicUrl, origin);
  for (
    const value of [
      "chat.example",
      "ftp://chat.example",
      "https://",
      "https:chat.example",
      "https://chat.example/path",
      "https://chat.example/?a",
      "https://chat.example#a",
      "https://chat.example:99999",
      "javascript:alert(1)",
      "https://a b",
    ]
  ) assertRefused({ PUBLIC_URL: value }, "PUBLIC_URL");
});

/** Asserts that a setting is refused with one sentence that names it and says why, and never shows the secret. */
function assertSecretRefused(env: Record<string, string>, ...names: string[]): void {
  const secrets = Object.entries(env).filter(([name]) => name === "API_KEY" || name === "JWT_SECRET").map(([, it]) =>
    it
  );
  const error = assertThrows(() => parse(env), ConfigError, undefined, `${JSON.stringify(env)} was taken`);
  assert(error.message.startsWith("Cannot "), error.message);
  for (const name of names) assert(error.message.includes(name), error.message);
  assert(/: \w.{10,}/.test(error.message), `${error.message} does not say why`);
  assertEquals(error.message.split("\n").length, 1);
  const shown = `${error.message} ${error.stack} ${Deno.inspect(error)}`;
  for (const secret of secrets) assertFalse(shown.includes(secret), shown);
}

Deno.test("API_KEY has 32 characters or more that a header can carry, and is never printed", () => {
  const key = "0123456789abcdef0123456789abcdef";
  assertEquals(parse({ API_KEY: key }).apiKey, key);
  assertEquals(parse({ API_KEY: `${key}-._~+/=` }).apiKey, `${key}-._~+/=`);
  for (const value of [key.slice(1), `${key} a`, `${key}\n`, `${key}é`, "짧".repeat(40), "sesame-0", "a".repeat(513)]) {
    assertSecretRefused({ API_KEY: value }, "API_KEY");
  }
});

const SECRET = "a host site's secret of 40 characters....";
const JWKS = "https://site.example/.well-known/jwks.json";
const AUDIENCE = "https://chat.example";

Deno.test("a host site's tokens are checked by a secret or by a key set, for an audience, and perhaps an issuer", () => {
  assertEquals(parse({ JWT_SECRET: SECRET, JWT_AUDIENCE: AUDIENCE }).signed, {
    key: { secret: SECRET },
    audience: AUDIENCE,
    issuer: undefined,
  });
  assertEquals(parse({ JWT_JWKS_URL: JWKS, JWT_AUDIENCE: AUDIENCE, JWT_ISSUER: "https://site.example" }).signed, {
    key: { jwks: JWKS },
    audience: AUDIENCE,
    issuer: "https://site.example",
  });
});

Deno.test("JWT_SECRET has 32 characters or more, and is never printed, whatever else is wrong", () => {
  for (const value of [SECRET.slice(0, 31), "sesame-0", "\t\t\t"]) {
    assertSecretRefused({ JWT_SECRET: value, JWT_AUDIENCE: AUDIENCE }, "JWT_SECRET");
  }
  // Without an audience any token of that site would do, whomever it was for.
  assertSecretRefused({ JWT_SECRET: SECRET }, "JWT_AUDIENCE");
  assertSecretRefused({ JWT_JWKS_URL: JWKS }, "JWT_AUDIENCE");
  const both = { JWT_SECRET: SECRET, JWT_JWKS_URL: JWKS, JWT_AUDIENCE: AUDIENCE };
  assertSecretRefused(both, "JWT_SECRET", "JWT_JWKS_URL");
  for (const alone of [{ JWT_AUDIENCE: AUDIENCE }, { JWT_ISSUER: "a" }, { JWT_AUDIENCE: AUDIENCE, JWT_ISSUER: "a" }]) {
    assertSecretRefused(alone, "JWT_SECRET", "JWT_JWKS_URL");
  }
  assertSecretRefused({ JWT_SECRET: SECRET, JWT_AUDIENCE: AUDIENCE, PORT: "x" }, "PORT");
});

Deno.test("JWT_JWKS_URL is https, or http on this machine", () => {
  for (const value of [JWKS, "http://localhost:9000/jwks", "http://127.0.0.1/jwks", "http://[::1]:1/"]) {
    assertEquals(parse({ JWT_JWKS_URL: value, JWT_AUDIENCE: AUDIENCE }).signed?.key, { jwks: value });
  }
  for (
    const value of ["http://site.example/jwks", "http://localhost.evil/", "site.example", "https://", "file:///etc"]
  ) {
    assertRefused({ JWT_JWKS_URL: value, JWT_AUDIENCE: AUDIENCE }, "JWT_JWKS_URL");
  }
});

Deno.test("ALLOW_PRIVATE_WEBHOOKS is true or false, and nothing that only looks like it", () => {
  assertEquals(parse({ ALLOW_PRIVATE_WEBHOOKS: "true" }).allowPrivateWebhooks, true);
  assertEquals(parse({ ALLOW_PRIVATE_WEBHOOKS: "false" }).allowPrivateWebhooks, false);
  for (const value of ["1", "0", "yes", "no", "TRUE", "on", " true"]) {
    assertRefused({ ALLOW_PRIVATE_WEBHOOKS: value }, "ALLOW_PRIVATE_WEBHOOKS");
  }
});

Deno.test("TRUSTED_PROXIES is what the isolate makes of it: a wrong one stops the start by its name", async () => {
  for (const value of ["1", "10.0.0.0/8, ::1", "127.0.0.1"]) {
    assertEquals(parse({ TRUSTED_PROXIES: value }).trustedProxies, value);
  }
  for (const value of ["0", "10", "10.0.0.0/33", "proxy.example", "10.0.0.0/8;::1", "*", "true"]) {
    const config = parse({ TRUSTED_PROXIES: value, CHANNEL_LAYER: "memory", PORT: "0" });
    const error = await assertRejects(
      () => startIsolate(config, { reusePort: false }),
      ConfigError,
      undefined,
      `${value} was taken`,
    );
    assert(error.message.startsWith("Cannot use TRUSTED_PROXIES"), error.message);
    assert(error.message.includes(value) && error.message.split("\n").length === 1, error.message);
  }
});

Deno.test("DENO_JOBS is a whole number from 1 to 256; without it as many as there are cores", () => {
  for (const [value, jobs] of [["1", 1], ["7", 7], ["256", 256]] as const) {
    assertEquals(parse({ DENO_JOBS: value }).jobs, jobs);
  }
  for (const value of ["0", "-1", "257", "1.5", "two", "all"]) assertRefused({ DENO_JOBS: value }, "DENO_JOBS");
  assertEquals(parseConfig({}, { cores: 1, sharesPorts: true }).jobs, 1);
});

Deno.test("several isolates need a database that they share and a system that shares the port", () => {
  for (const env of [{ CHANNEL_LAYER: "memory" }, { KV_URL: ":memory:" }]) {
    assertEquals(parse(env).jobs, 1);
    assertEquals(parse({ ...env, DENO_JOBS: "1" }).jobs, 1);
    assertRefused({ ...env, DENO_JOBS: "2" }, "DENO_JOBS");
  }
  assertEquals(parse({}, mac).jobs, 1);
  assertEquals(parse({ DENO_JOBS: "1" }, mac).jobs, 1);
  assertRefused({ DENO_JOBS: "2" }, "DENO_JOBS", mac);
  assertEquals(parse({ KV_URL: "https://kv.example", DENO_JOBS: "3" }).jobs, 3);
});

Deno.test("of several wrong settings one is named, and an unknown one is nobody's business", () => {
  const { message } = assertThrows(() => parse({ PORT: "x", SEND_RATE: "y", HOST: "/" }), ConfigError);
  assertEquals(message.match(/Cannot use/g)?.length, 1);
  assertEquals(parse({ PATH: "/bin", __proto__: "x", constructor: "y" } as Record<string, string>), parse({})); // Names of any kind.
});

Deno.test("a ConfigError says what it is, so that only it is shown without a stack", () => {
  const error = assertThrows(() => parse({ PORT: "x" }), ConfigError);
  assertEquals(error.name, "ConfigError");
  assertEquals(error.message, 'Cannot use PORT="x": a port is a whole number from 0 to 65535');
});

Deno.test("the settings are those that the README explains and that the tasks may read", async () => {
  const [readme, tasks] = await Promise.all(
    ["../README.md", "../deno.json"].map((file) => Deno.readTextFile(new URL(file, import.meta.url))),
  );
  for (const name of CONFIG_NAMES) {
    assert(tasks?.includes(name), `deno.json: ${name}`);
    // Deno Deploy sets this one by itself.
    if (name !== "DENO_DEPLOYMENT_ID") assert(readme?.includes(`\`${name}\``), `README.md: ${name}`);
  }
});

Deno.test("readConfig reads this process's environment", () => {
  const config = readConfig();
  assert(config.jobs >= 1 && config.port >= 0);
});
