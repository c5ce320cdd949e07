/**
 * Which addresses belong to everybody. Everything else (this machine, its network, its provider's metadata) is not for a URL that a
 * stranger chose: that would be server-side request forgery.
 *
 * @module
 */

/**
 * IPv4 that is not public, as `address/bits`: IANA's special-purpose registry (RFC 6890 and its followers), multicast, what is
 * reserved, and the one metadata service that has a public address (Azure's).
 */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map((range) => {
  const [address = "", bits] = range.split("/");
  const size = 2 ** (32 - Number(bits));
  const start = numberOf(address) ?? 0;
  return { start, end: start + size };
});

/**
 * Whether an address is one that anybody on the internet may reach.
 *
 * @param address IPv4 in four decimal parts, or IPv6 in any of its spellings, without brackets.
 * @returns False also for what is no address. Of IPv6 only global unicast (2000::/3) is public, without Teredo and its like
 * (2001::/23), 6to4 (2002::/16) and documentation: forms that carry an IPv4 address inside could lead anywhere, and are refused whole.
 */
export function isPublicAddress(address: string): boolean {
  if (!address.includes(":")) {
    const number = numberOf(address);
    return number !== undefined && !NOT_PUBLIC.some(({ start, end }) => number >= start && number < end);
  }
  const [first, second] = groupsOf(address) ?? [];
  if (first === undefined || second === undefined) return false;
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false;
  return first !== 0x2002 && !(first === 0x3fff && second < 0x1000);
}

/** Four decimal parts as one number; undefined for any other spelling, which another reader might read otherwise. */
function numberOf(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1);
  if (parts === undefined || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) {
    return undefined;
  }
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

/** The eight groups of an IPv6 address; undefined when it is none, or has a zone. */
function groupsOf(address: string): number[] | undefined {
  // The URL parser knows every spelling, and writes one: no dotted tail, no leading zeros, one "::".
  const host = URL.parse(`http://[${address}]/`)?.hostname;
  if (host === undefined || !host.startsWith("[")) return undefined;
  const [head = "", tail] = host.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? "")];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
