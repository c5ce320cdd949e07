/**
 * One POST to a URL that a stranger chose. The host is resolved once, every address is looked at, and the connection goes to one
 * that was found good: a name that means something else a moment later (DNS rebinding) changes nothing. `fetch` would resolve again
 * and follow redirects, so the little of HTTP/1.1 that this needs is here.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { isPublicAddress } from "./addresses.ts";
import { type Answer, PostError, readAnswer } from "./answer.ts";

export { type Answer, PostError } from "./answer.ts";

/** Milliseconds for all of it, from the name to the last byte. */
const POST_TIMEOUT_MS = 10_000;
/** Addresses of one host that are tried. */
const MAX_ADDRESSES = 3;

/** How a {@linkcode post} goes out. */
export interface PostOptions {
  /** Whether addresses that are not public may be reached, and without TLS. */
  readonly allowPrivate: boolean;
  /** Default {@linkcode POST_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
  /** All addresses of a host. Default: the system's resolver, its hosts file included. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Roots to trust beside the system's, in PEM. */
  readonly caCerts?: readonly string[];
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** What is posted. */
export interface Posting {
  /** Beside those that {@linkcode post} sets; names and values without line ends. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/**
 * Parses a URL that is to be posted to.
 *
 * @param value At most 2,000 characters: `https:`, or `http:` where private addresses are allowed; no user, no password, no fragment.
 * @throws {PostError} It is none of that, or its host is an address that is not public.
 */
export function parseTarget(value: string, allowPrivate: boolean): URL {
  const url = value.length <= 2_000 ? URL.parse(value) : null;
  if (url === null) throw new PostError("it is not a URL of at most 2,000 characters");
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) {
    throw new PostError(`its scheme is not ${allowPrivate ? "https: or http:" : "https:"}`);
  }
  if (url.username !== "" || url.password !== "") throw new PostError("it holds a user or a password");
  if (url.hash !== "") throw new PostError("it has a fragment");
  const address = literalOf(url);
  if (address !== undefined && !allowPrivate && !isPublicAddress(address)) {
    throw new PostError(`${address} is not a public address`);
  }
  return url;
}

/**
 * Posts, without following redirects.
 *
 * @param target See {@linkcode parseTarget}, which is asked again: settings change.
 * @param posting What.
 * @param options How.
 * @param signal Ends it early.
 * @throws {PostError} No address may be reached, nobody answers in time, or the answer is not HTTP.
 */
export async function post(
  target: string,
  posting: Posting,
  options: PostOptions,
  signal?: AbortSignal,
): Promise<Answer> {
  const { timeoutMs = POST_TIMEOUT_MS } = options;
  const url = parseTarget(target, options.allowPrivate);
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = setTimeout(stop, timeoutMs);
  signal?.addEventListener("abort", stop);
  try {
    if (signal?.aborted) stop();
    return await attempt(url, posting, options, abort.signal);
  } catch (error) {
    if (signal?.aborted) throw new PostError("it was stopped");
    if (abort.signal.aborted) throw new PostError(`no answer within ${timeoutMs / 1_000} s`);
    if (error instanceof PostError) throw error;
    throw new PostError((error instanceof Error ? error.message : String(error)).slice(0, 200), { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function attempt(url: URL, posting: Posting, options: PostOptions, signal: AbortSignal): Promise<Answer> {
  const addresses = await until(signal, addressesOf(url, options));
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  const plain = await connect(addresses, port, signal);
  const { caCerts } = options;
  const hostname = literalOf(url) ?? url.hostname;
  const connection = isTls
    ? await Deno.startTls(plain, { hostname, ...(caCerts && { caCerts: [...caCerts] }) })
    : plain;
  // To close it ends whatever handshake, read or write is under way.
  const close = () => closeQuietly(connection);
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    if ("handshake" in connection) await connection.handshake();
    await writeAll(connection, requestOf(url, posting));
    return await readAnswer(connection, options.now ?? Date.now);
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

async function addressesOf(url: URL, { allowPrivate, resolve = resolveHost }: PostOptions): Promise<readonly string[]> {
  const literal = literalOf(url);
  const found = literal === undefined ? await resolve(url.hostname) : [literal];
  const good = allowPrivate ? found : found.filter(isPublicAddress);
  if (good.length === 0) throw unreachable(url.hostname);
  return good.slice(0, MAX_ADDRESSES);
}

/** As `getaddrinfo` does: `Deno.resolveDns` asks name servers only, and would not know what the machine's own files say. */
async function resolveHost(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw unreachable(host, cause);
  }
}

/** The same for a name that means nothing and for one that means this house: who asks would else learn which names the house has. */
function unreachable(host: string, cause?: unknown): PostError {
  return new PostError(`no public address is known of ${host}`, { cause });
}

async function connect(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  let failure: unknown;
  for (const hostname of addresses) {
    signal.throwIfAborted();
    try {
      return await Deno.connect({ hostname, port, signal });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function requestOf(url: URL, { headers, body }: Posting): Uint8Array {
  const encoder = new TextEncoder();
  const content = encoder.encode(body);
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    `content-length: ${content.length}`,
    "content-type: application/json",
    "user-agent: Maru-Webhooks",
    "connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  const request = new Uint8Array(head.length + content.length);
  request.set(head);
  request.set(content, head.length);
  return request;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

/** The address that a URL's host is; undefined when it is a name. */
function literalOf(url: URL): string | undefined {
  if (url.hostname.startsWith("[")) return url.hostname.slice(1, -1);
  // The URL parser turns every number that can be an address into four decimal parts, or refuses it.
  return /^\d+\.\d+\.\d+\.\d+$/.test(url.hostname) ? url.hostname : undefined;
}

/** What a promise settles with, unless the signal comes first: a resolver cannot be interrupted, only left alone. */
async function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
