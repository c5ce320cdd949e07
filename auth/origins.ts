/**
 * Whose pages may open a socket here: Channels' `OriginValidator`, against cross-site WebSocket hijacking.
 *
 * @module
 */

/** One allowed origin as Channels writes it: `https://chat.example`, `.example.org`, `localhost:3000`, or `*`. */
export type OriginRule = string;

/** Decides about an `Origin` header. */
export interface Origins {
  /**
   * Decides about one handshake.
   *
   * @param origin The header's value; null when there is none.
   * @param host The `Host` that was asked, whose own pages may always connect.
   * @returns Whether the handshake may go on.
   */
  allows(origin: string | null, host: string | null): boolean;
}

/**
 * Makes the decision out of rules. A request without `Origin` is no browser's and is allowed: nobody can be tricked into
 * sending it. (Channels denies it, because its cookies may come from anywhere.)
 *
 * @param rules `*` for all; `.example.org` for the apex and every subdomain; scheme and port count where they are given.
 * @throws {RangeError} A rule is none.
 */
export function createOrigins(rules: readonly OriginRule[]): Origins {
  const matchers = rules.map(parseRule);
  return {
    allows(origin, host) {
      if (origin === null) return true;
      if (matchers.includes("any")) return true;
      const url = parseOrigin(origin);
      if (url === undefined) return false;
      // The scheme does not count here: behind a proxy that ends TLS we see http where the browser sees https.
      if (host !== null && url.host === normalHost(host, url.protocol)) return true;
      return matchers.some((matcher) => matcher !== "any" && matches(matcher, url));
    },
  };
}

interface Matcher {
  readonly scheme: string | undefined;
  readonly hostname: string;
  readonly port: string | undefined;
}

const RULE = /^(?:(https?):\/\/)?(\.?[^./:*?#@\s[\]][^/:*?#@\s[\]]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

function parseRule(rule: OriginRule): Matcher | "any" {
  if (rule === "*") return "any";
  const [, scheme, hostname = "", port] = RULE.exec(rule) ?? [];
  // URL knows how a host is spelled (lower case, punycode), and which hosts and ports there are.
  const spelled = hostname && URL.parse(`http://${hostname.replace(/^\./, "")}:${port ?? ""}`)?.hostname;
  if (!spelled) {
    throw new RangeError(`${JSON.stringify(rule)} is not an origin: write https://host, host:port, .domain or *`);
  }
  return {
    scheme: scheme?.toLowerCase(),
    hostname: hostname.startsWith(".") ? `.${spelled}` : spelled,
    port: port ?? (scheme === undefined ? undefined : defaultPort(`${scheme.toLowerCase()}:`)),
  };
}

function matches({ scheme, hostname, port }: Matcher, url: URL): boolean {
  if (scheme !== undefined && `${scheme}:` !== url.protocol) return false;
  if (port !== undefined && port !== (url.port || defaultPort(url.protocol))) return false;
  if (!hostname.startsWith(".")) return url.hostname === hostname;
  return url.hostname === hostname.slice(1) || url.hostname.endsWith(hostname);
}

function parseOrigin(origin: string): URL | undefined {
  const url = URL.parse(origin);
  // "null", file: and data: have no origin that could be ours.
  return url === null || url.origin === "null" || !/^https?:$/.test(url.protocol) ? undefined : url;
}

function normalHost(host: string, protocol: string): string | undefined {
  return URL.parse(`${protocol}//${host}`)?.host;
}

function defaultPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}
