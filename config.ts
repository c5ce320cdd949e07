/**
 * The only reader of the environment: what is set, checked, frozen. A wrong value is one sentence that names it.
 *
 * @module
 */

import { z } from "zod";

/** Where the database is. */
export type KvPlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "memory" }
  /** KV Connect. */
  | { readonly kind: "remote"; readonly url: string }
  /** What Deno Deploy brings. */
  | { readonly kind: "platform" };

/** All settings. The README's table explains them. */
export interface Config {
  /** TCP port, 0 to 65,535; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Where the database is. */
  readonly kv: KvPlace;
  /** Which channel layer. */
  readonly layer: "kv" | "memory";
  /** Whose pages may open sockets, beside the server's own. */
  readonly allowedOrigins: readonly string[];
  /** Messages a second for each person; 0 is no limit. */
  readonly sendRate: number;
  /** How many times the limits of everything else apply; 0 is no limit. */
  readonly rateScale: number;
  /** The service's address as browsers see it, without a path; undefined: what each request says. */
  readonly publicUrl: string | undefined;
  /** The operator's own key; undefined: there is no operator. */
  readonly apiKey: string | undefined;
  /** How a host site's tokens are checked; undefined: there is no host site. */
  readonly signed: SignedConfig | undefined;
  /** Whether webhooks may go to private addresses. */
  readonly allowPrivateWebhooks: boolean;
  /** The proxies whose X-Forwarded-For is believed: their number, or addresses and ranges. */
  readonly trustedProxies: string;
  /** Isolates, at least 1. */
  readonly jobs: number;
}

/** How a host site's tokens are checked. */
export interface SignedConfig {
  /** The secret of HS256, or the address of a JWKS. */
  readonly key: { readonly secret: string } | { readonly jwks: string };
  /** The `aud` that they must have. */
  readonly audience: string;
  /** The `iss` that they must have; undefined: any. */
  readonly issuer: string | undefined;
}

/** What the process runs on. */
export interface Platform {
  /** Processor cores. */
  readonly cores: number;
  /** Whether several isolates may listen on one port: only Linux shares it out. */
  readonly sharesPorts: boolean;
}

/** A setting that cannot be used; its message is one sentence for the operator. */
export class ConfigError extends Error {
  /** Its class's name. */
  override readonly name = "ConfigError";
}

// A denokv on this machine speaks http; across a network its token would be for everyone to read.
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/i;

const wholeNumber = z.string().regex(/^\d{1,9}$/).transform(Number);

const schema = z.object({
  PORT: wholeNumber.pipe(z.number().max(65_535)).default(8000),
  HOST: z.string().regex(/^[0-9A-Za-z.:_-]+$/).default("127.0.0.1"),
  KV_URL: z.string().min(1).refine((url) => !/^http:/i.test(url) || LOOPBACK.test(url)).optional(),
  CHANNEL_LAYER: z.enum(["kv", "memory"]).default("kv"),
  ALLOWED_ORIGINS: z.string().transform((list) => list.split(",").map((rule) => rule.trim()).filter(Boolean)).default(
    [],
  ),
  SEND_RATE: z.string().regex(/^\d{1,6}(\.\d{1,3})?$/).transform(Number).default(10),
  RATE_SCALE: z.string().regex(/^\d{1,6}(\.\d{1,3})?$/).transform(Number).default(1),
  PUBLIC_URL: z.string().regex(/^https?:\/\/[^/?#]+\/?$/i).refine(URL.canParse).optional(),
  // It is sent in a header, as a Bearer.
  API_KEY: z.string().regex(/^[\x21-\x7e]{32,512}$/).optional(),
  JWT_SECRET: z.string().min(32).optional(),
  JWT_JWKS_URL: z.string().refine((url) => /^https:/i.test(url) || LOOPBACK.test(url)).refine(URL.canParse).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  ALLOW_PRIVATE_WEBHOOKS: z.enum(["true", "false"]).default("false"),
  TRUSTED_PROXIES: z.string().default(""),
  DENO_JOBS: wholeNumber.pipe(z.number().min(1).max(256)).optional(),
  DENO_DEPLOYMENT_ID: z.string().optional(),
});

/** What each setting may be; ends the sentence about a wrong one. */
const EXPECTED: Readonly<Record<string, string>> = {
  PORT: "a port is a whole number from 0 to 65535",
  HOST: "a host is a name or an address to listen on",
  KV_URL: 'a database is a file path, ":memory:" or an https URL',
  CHANNEL_LAYER: 'a layer is "kv" or "memory"',
  SEND_RATE: "a rate is a number of messages a second, 0 for no limit",
  RATE_SCALE: "a scale is a number, 0 for no limits",
  PUBLIC_URL: "an address is like https://chat.example, without a path",
  ALLOW_PRIVATE_WEBHOOKS: 'it is "true" or "false"',
  JWT_JWKS_URL: "a key set is at an https address",
  DENO_JOBS: "the number of isolates is a whole number from 1 to 256",
};

/** The names that {@linkcode parseConfig} looks at. */
export const CONFIG_NAMES: readonly string[] = Object.keys(schema.shape);

/** Reads this process's environment. */
export function readConfig(): Config {
  const env: Record<string, string> = {};
  for (const name of CONFIG_NAMES) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return parseConfig(env, { cores: navigator.hardwareConcurrency, sharesPorts: Deno.build.os === "linux" });
}

/**
 * Parses settings.
 *
 * @param env Name → value; an empty value is as if it was not set.
 * @param platform What the process runs on.
 * @throws {ConfigError} One sentence that names the setting, why, and the value.
 */
export function parseConfig(env: Readonly<Record<string, string>>, platform: Platform): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw wrong(String(parsed.error.issues[0]?.path[0]), given);
  const set = parsed.data;

  const isDeploy = set.DENO_DEPLOYMENT_ID !== undefined;
  const kv = placeOf(set.KV_URL, isDeploy);
  const isPrivate = set.CHANNEL_LAYER === "memory" || kv.kind === "memory";
  if (set.DENO_JOBS !== undefined && set.DENO_JOBS > 1) {
    const why = isPrivate ? "a database in memory belongs to one isolate" : "only Linux shares a port among isolates";
    if (isPrivate || !platform.sharesPorts) {
      throw new ConfigError(`Cannot use DENO_JOBS=${set.DENO_JOBS}: ${why}; leave it away or set it to 1`);
    }
  }
  const mostJobs = isPrivate || isDeploy || !platform.sharesPorts ? 1 : platform.cores;
  return Object.freeze({
    port: set.PORT,
    host: set.HOST,
    kv,
    layer: set.CHANNEL_LAYER,
    allowedOrigins: Object.freeze(set.ALLOWED_ORIGINS),
    sendRate: set.SEND_RATE,
    rateScale: set.RATE_SCALE,
    publicUrl: set.PUBLIC_URL === undefined ? undefined : new URL(set.PUBLIC_URL).origin,
    apiKey: set.API_KEY,
    signed: signedOf(set),
    allowPrivateWebhooks: set.ALLOW_PRIVATE_WEBHOOKS === "true",
    trustedProxies: set.TRUSTED_PROXIES,
    jobs: set.DENO_JOBS ?? mostJobs,
  });
}

function placeOf(url: string | undefined, isDeploy: boolean): KvPlace {
  if (url === undefined) return isDeploy ? { kind: "platform" } : { kind: "file", path: "data/maru.sqlite" };
  if (url === ":memory:") return { kind: "memory" };
  return /^https?:/i.test(url) ? { kind: "remote", url } : { kind: "file", path: url };
}

function signedOf(set: z.infer<typeof schema>): SignedConfig | undefined {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwks, JWT_AUDIENCE: audience, JWT_ISSUER: issuer } = set;
  if (secret !== undefined && jwks !== undefined) {
    throw new ConfigError("Cannot use JWT_SECRET and JWT_JWKS_URL together: tokens are signed in one of two ways");
  }
  const key = secret !== undefined ? { secret } : jwks !== undefined ? { jwks } : undefined;
  if (key === undefined) {
    if (audience === undefined && issuer === undefined) return undefined;
    throw new ConfigError("Cannot use JWT_AUDIENCE or JWT_ISSUER alone: set JWT_SECRET or JWT_JWKS_URL as well");
  }
  if (audience === undefined) {
    throw new ConfigError(
      "Cannot check tokens without JWT_AUDIENCE: a token for another service would be taken for ours",
    );
  }
  return { key, audience, issuer };
}

// A secret is nobody's to read in a log.
function wrong(name: string, given: Readonly<Record<string, string>>): ConfigError {
  if (name === "API_KEY") {
    return new ConfigError("Cannot use API_KEY: it has 32 to 512 characters of ASCII, and no white space");
  }
  if (name === "JWT_SECRET") return new ConfigError("Cannot use JWT_SECRET: a secret has at least 32 characters");
  return new ConfigError(`Cannot use ${name}=${JSON.stringify(given[name])}: ${EXPECTED[name] ?? "it is not valid"}`);
}
