import { addressName } from "../chat/limits.ts";
import { CLOSE } from "../protocol/close_codes.ts";
import { ChatError } from "../protocol/errors.ts";

/** A connection as its isolate counts it. */
export interface Countable {
  /** Closes it with a code and a reason. */
  close(code: number, reason: string): void;
}

/** Whose a connection is. */
export interface Whose {
  /** The peer's address; `""`: nobody knows, and it is not counted. */
  readonly address?: string | undefined;
  /** A person's id; undefined: nobody has said. */
  readonly person?: string | undefined;
}

/** How many may be open on this isolate. Default: any number. */
export interface ConnectionCaps {
  /** Of one person. */
  readonly perPerson?: number;
  /** From one address; of IPv6 from its first 64 bits. */
  readonly perAddress?: number;
}

const PER_PERSON = 50;
const PER_ADDRESS = 1_000;

/** Milliseconds after which whoever has too many may try again. */
const RETRY_MS = 10_000;

/**
 * The caps that a service has: 50 of a person, 1,000 from an address.
 *
 * @param scale How many times as many; 0: any number.
 */
export function connectionCaps(scale = 1): ConnectionCaps {
  if (scale === 0) return {};
  const times = (count: number) => Math.max(1, Math.floor(count * scale));
  return { perPerson: times(PER_PERSON), perAddress: times(PER_ADDRESS) };
}

/** The open connections of an isolate, and whether it takes more. */
export class Connections {
  readonly #caps: ConnectionCaps;
  /** With the names under which each is counted. */
  readonly #open = new Map<Countable, { address: string; person: string }>();
  readonly #ofPerson = new Map<string, number>();
  readonly #ofAddress = new Map<string, number>();
  #isDraining = false;
  #emptied: (() => void) | undefined;

  /**
   * Makes it with none open.
   *
   * @param caps See {@linkcode ConnectionCaps}.
   */
  constructor(caps: ConnectionCaps = {}) {
    this.#caps = caps;
  }

  /** Whether new ones are refused. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Counts one in.
   *
   * @throws {ChatError} `rate_limited`: too many of this person or from this address are open; it was not counted.
   */
  add(connection: Countable, { address = "", person = "" }: Whose = {}): void {
    const name = addressName(address);
    refuseMore(this.#ofAddress, name, this.#caps.perAddress, "from your address");
    refuseMore(this.#ofPerson, person, this.#caps.perPerson, "of yours");
    change(this.#ofAddress, name, 1);
    change(this.#ofPerson, person, 1);
    this.#open.set(connection, { address: name, person });
  }

  /**
   * Counts an open one as somebody's: they have said who they are.
   *
   * @throws {ChatError} `rate_limited`: too many of theirs are open; nothing has changed.
   */
  assign(connection: Countable, person: string): void {
    const names = this.#open.get(connection);
    if (names === undefined || names.person === person) return;
    refuseMore(this.#ofPerson, person, this.#caps.perPerson, "of yours");
    change(this.#ofPerson, names.person, -1);
    change(this.#ofPerson, person, 1);
    names.person = person;
  }

  /** Counts one out. */
  delete(connection: Countable): void {
    const names = this.#open.get(connection);
    if (names === undefined) return;
    this.#open.delete(connection);
    change(this.#ofAddress, names.address, -1);
    change(this.#ofPerson, names.person, -1);
    if (this.#open.size === 0) this.#emptied?.();
  }

  /** From now on new ones are refused. */
  refuse(): void {
    this.#isDraining = true;
  }

  /**
   * Closes all with 1012.
   *
   * @param timeoutMs How long to wait for the peers' answers.
   * @returns How many did not answer.
   */
  async closeAll(timeoutMs: number): Promise<number> {
    this.refuse();
    const emptied = new Promise<void>((resolve) => this.#emptied = resolve);
    for (const connection of [...this.#open.keys()]) connection.close(CLOSE.restart, "The server restarts");
    if (this.#open.size === 0) return 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([emptied, new Promise((resolve) => timer = setTimeout(resolve, timeoutMs))]);
    clearTimeout(timer);
    return this.#open.size;
  }
}

function refuseMore(counts: ReadonlyMap<string, number>, name: string, cap: number | undefined, whose: string): void {
  if (name === "" || cap === undefined || (counts.get(name) ?? 0) < cap) return;
  throw new ChatError("rate_limited", `Too many connections ${whose} are open: at most ${cap}`, {
    retryAfterMs: RETRY_MS,
  });
}

function change(counts: Map<string, number>, name: string, by: number): void {
  if (name === "") return;
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
