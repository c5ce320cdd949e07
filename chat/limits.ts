/**
 * How fast one person, one connection and one address may ask. Each has a bucket for each cost; what empties one leaves the others
 * full, so that whoever searches too much can still write. Buckets are this isolate's own: a deployment of n isolates lets through
 * up to n times as much.
 *
 * | cost     | what it is                     | person         | connection     | address          |
 * | -------- | ------------------------------ | -------------- | -------------- | ---------------- |
 * | `read`   | asks for something             | 20/s, 200 once | 20/s, 200 once | 200/s, 2000 once |
 * | `write`  | changes something              | 5/s, 50 once   | 5/s, 50 once   | 50/s, 500 once   |
 * | `send`   | a message: `SEND_RATE`         | 10/s, 10 once  | 10/s, 10 once  | 200/s, 200 once  |
 * | `costly` | search, export, signing in     | 1/s, 20 once   | 1/s, 20 once   | 10/s, 200 once   |
 *
 * `my_rooms` counts as one `read` more for each 50 rooms. Beyond 20,000 names of one kind the oldest are forgotten, and begin with a full
 * bucket: whoever has that many addresses is held back by none of them.
 *
 * An address is what a class or an office shares, so it may do as much as ten people, and send as much as twenty.
 *
 * @module
 */

import { isIP } from "node:net";
import { type Allowance, RateLimit } from "./rate_limit.ts";

/** What an operation costs. */
export type Cost = "read" | "write" | "send" | "costly";

/** Who is counted. */
export type Who = "person" | "connection" | "address";

/** Options of {@linkcode Limits}. */
export interface LimitsOptions {
  /** Messages a second for each person; 0 is no limit. */
  readonly sendRate: number;
  /** How many times the defaults of the other costs apply; 0 is no limit at all but `sendRate`. Default 1. */
  readonly scale?: number;
  /** Milliseconds on a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
}

/** One limit, and what is left of it. */
export interface Quota extends Allowance {
  /** Its name, e.g. `write-person`. */
  readonly policy: string;
  /** Actions at once after a pause. */
  readonly burst: number;
  /** Seconds in which an empty bucket is full again: `burst` actions in as many seconds can go on for ever. */
  readonly windowS: number;
}

interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const PERSON: Readonly<Record<Exclude<Cost, "send">, Rate>> = {
  // A reconnect joins all rooms at once; after that a person does a few things a second.
  read: { perSecond: 20, burst: 200 },
  write: { perSecond: 5, burst: 50 },
  costly: { perSecond: 1, burst: 20 },
};

/** Buckets of each kind that are remembered at the most: those who did something in the last seconds. All twelve kinds: 35 MB (145 bytes each). */
const MAX_BUCKETS = 20_000;

const TIMES: Readonly<Record<Who, { readonly send: number; readonly other: number }>> = {
  person: { send: 1, other: 1 },
  connection: { send: 1, other: 1 },
  address: { send: 20, other: 10 },
};

/** See the module. */
export class Limits {
  readonly #buckets = new Map<
    string,
    { readonly limit: RateLimit; readonly burst: number; readonly windowS: number }
  >();

  /**
   * Makes limits with all buckets full.
   *
   * @param options See {@linkcode LimitsOptions}.
   */
  constructor({ sendRate, scale = 1, now }: LimitsOptions) {
    for (const who of ["person", "connection", "address"] as const) {
      for (const cost of ["read", "write", "send", "costly"] as const) {
        const times = cost === "send" ? TIMES[who].send : TIMES[who].other * scale;
        const rate = cost === "send" ? { perSecond: sendRate, burst: Math.max(1, sendRate) } : PERSON[cost];
        const perSecond = rate.perSecond * times;
        if (perSecond === 0) continue;
        const burst = Math.max(1, Math.floor(rate.burst * times));
        const limit = new RateLimit({ perSecond, burst, maxBuckets: MAX_BUCKETS, ...(now && { now }) });
        this.#buckets.set(`${cost}-${who}`, { limit, burst, windowS: Math.max(1, Math.round(burst / perSecond)) });
      }
    }
  }

  /**
   * Counts one action.
   *
   * @param who What `name` names.
   * @param name A person's id, a connection's, or an address as `addressName` gives it; `""` (nobody knows) is not counted.
   * @param cost What it costs.
   * @returns What is left; undefined without a limit.
   * @throws {ChatError} `rate_limited`, with the time until it may be tried again; nothing was counted then.
   */
  take(who: Who, name: string, cost: Cost): Quota | undefined {
    const policy = `${cost}-${who}`;
    const bucket = this.#buckets.get(policy);
    if (bucket === undefined || name === "") return undefined;
    return { policy, burst: bucket.burst, windowS: bucket.windowS, ...bucket.limit.take(name) };
  }

  /**
   * Counts what turns out to be more than one action while it is done.
   *
   * @param person Whose action it is, counted once already.
   * @param cost What it was counted as.
   * @param tokens How many actions more it is. Never more than fit into a bucket beside the first: whoever waits gets there.
   * @throws {ChatError} `rate_limited`, with the time after which both the action and the rest may be done; the rest was not counted then.
   */
  takeMore(person: string, cost: Cost, tokens: number): void {
    const bucket = this.#buckets.get(`${cost}-person`);
    if (bucket === undefined) return;
    const more = Math.min(tokens, bucket.burst - 1);
    if (more >= 1) bucket.limit.take(person, more, 1);
  }

  /** What {@linkcode take} would find; counts nothing. */
  peek(who: Who, name: string, cost: Cost): Quota | undefined {
    const policy = `${cost}-${who}`;
    const bucket = this.#buckets.get(policy);
    if (bucket === undefined || name === "") return undefined;
    return { policy, burst: bucket.burst, windowS: bucket.windowS, ...bucket.limit.peek(name) };
  }

  /** Forgets a connection that has closed. */
  forget(connection: string): void {
    for (const [policy, { limit }] of this.#buckets) if (policy.endsWith("-connection")) limit.forget(connection);
  }
}

/**
 * The name that an address is counted under: of IPv6 the first 64 bits, because whoever has one of them has them all.
 *
 * @param address As `Addresses.client` gives it (`routes/address.ts`).
 */
export function addressName(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined
    ? left
    : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
