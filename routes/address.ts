/**
 * Where a request comes from. Behind a proxy every peer is the proxy, and who is behind it stands in `X-Forwarded-For`, which anybody can
 * write: it is believed only as far as trusted proxies wrote it.
 *
 * @module
 */

import { BlockList, isIP } from "node:net";

/** Reads the client's address and the service's own origin off requests. */
export interface Addresses {
  /**
   * The client's address; `""` where the peer is not known.
   *
   * @param peer The address of the other side of the connection.
   * @param headers The request's headers.
   */
  client(peer: string | undefined, headers: Headers): string;
  /** Whether `X-Forwarded-Proto` and `-Host` of this peer may be believed. */
  trusts(peer: string | undefined): boolean;
}

/**
 * Parses `TRUSTED_PROXIES`.
 *
 * @param setting Empty: nobody is trusted. A whole number from 1 to 9: so many proxies stand before the service, whatever their
 * addresses, and each appends to `X-Forwarded-For`; right only where nobody can reach the service past them. Otherwise addresses and
 * ranges with commas between, `10.0.0.0/8, ::1`: the client is the last address that none of them is.
 * @throws {RangeError} Neither.
 */
export function createAddresses(setting: string): Addresses {
  const rules = setting.split(",").map((rule) => rule.trim()).filter((rule) => rule !== "");
  if (rules.length === 0) return { client: (peer) => plain(peer ?? ""), trusts: () => false };
  const [first = ""] = rules;
  if (rules.length === 1 && /^[1-9]$/.test(first)) return behind(Number(first));
  return among(listOf(rules));
}

function behind(hops: number): Addresses {
  return {
    client(peer, headers) {
      const chain = [...forwarded(headers), peer ?? ""];
      // Fewer than there should be: somebody came past a proxy, and what stands there is theirs.
      return plain(chain[chain.length - 1 - hops] ?? peer ?? "");
    },
    trusts: () => true,
  };
}

function among(list: BlockList): Addresses {
  const isProxy = (address: string) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
  };
  return {
    client(peer, headers) {
      let client = plain(peer ?? "");
      for (const hop of forwarded(headers).reverse()) {
        if (!isProxy(client)) break;
        const address = plain(hop);
        // A proxy that writes what is no address (`unknown`) says nothing about who is behind it.
        if (isIP(address) === 0) break;
        client = address;
      }
      return client;
    },
    trusts: (peer) => isProxy(plain(peer ?? "")),
  };
}

function listOf(rules: readonly string[]): BlockList {
  const list = new BlockList();
  for (const rule of rules) {
    const [address = "", bits, ...more] = rule.split("/");
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (version === 0 || more.length > 0 || !(prefix <= most)) {
      throw new RangeError(
        `${JSON.stringify(rule)} is no proxy: write a number from 1 to 9, or addresses like 10.0.0.0/8`,
      );
    }
    list.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

function forwarded(headers: Headers): string[] {
  const value = headers.get("x-forwarded-for");
  return value === null ? [] : value.slice(-2_000).split(",").map((hop) => hop.trim());
}

/** Without brackets, a port, a zone, and the form in which IPv6 sockets see IPv4. */
function plain(address: string): string {
  const [, host = address] = /^\[([^\]]*)\](?::\d+)?$/.exec(address) ?? /^([\d.]+):\d+$/.exec(address) ?? [];
  const bare = host.replace(/%.*$/, "").toLowerCase();
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? bare;
}
