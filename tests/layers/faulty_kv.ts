/**
 * A `Deno.Kv` that fails as it is told, around a real one.
 *
 * @module
 */

/** What happens instead of an operation; it may carry it out, before, after, twice or not at all. */
type Fault = <T>(carryOut: () => Promise<T>, what: string) => Promise<T>;

/** What Deno KV says when two connections want the same file. */
export function locked(): TypeError {
  return new TypeError("database is locked");
}

/** See the module. */
export class FaultyKv {
  /** Around every commit, set and enqueue. */
  write: Fault | undefined;
  /** Around every get, getMany, and every row of a list. */
  read: Fault | undefined;
  /** Instead of what a new watch would say. */
  watch: ((watch: () => ReadableStream<Deno.KvEntryMaybe<unknown>[]>) => ReadableStream<never>) | undefined;
  /** Operations that have not come to an end. */
  readonly underWay = new Set<{ readonly what: string }>();
  /** How often each was asked for. */
  readonly asked: Record<string, number> = {};
  /** The most checks that one commit had. */
  mostChecks = 0;
  /** The database as whoever uses it sees it. */
  readonly kv: Deno.Kv;

  constructor(real: Deno.Kv) {
    const methods: Record<string, unknown> = {
      get: (...args: Parameters<Deno.Kv["get"]>) => this.#read("get", () => real.get(...args)),
      getMany: (...args: Parameters<Deno.Kv["getMany"]>) => this.#read("getMany", () => real.getMany(...args)),
      set: (...args: Parameters<Deno.Kv["set"]>) => this.#write("set", () => real.set(...args)),
      enqueue: (...args: Parameters<Deno.Kv["enqueue"]>) => this.#write("enqueue", () => real.enqueue(...args)),
      list: (...args: Parameters<Deno.Kv["list"]>) => {
        const rows = real.list(...args);
        return {
          get cursor() {
            return rows.cursor;
          },
          next: () => this.#read("list", () => rows.next()),
          [Symbol.asyncIterator]() {
            return this;
          },
        };
      },
      atomic: () => this.#atomic(real.atomic()),
      watch: (...args: Parameters<Deno.Kv["watch"]>) => {
        this.#count("watch");
        const watch = () => real.watch(...args);
        return this.watch === undefined ? watch() : this.watch(watch);
      },
    };
    this.kv = new Proxy(real, { get: (target, name) => methods[String(name)] ?? bound(target, name) });
  }

  #atomic(real: Deno.AtomicOperation): Deno.AtomicOperation {
    let checks = 0;
    const commit = () => {
      this.mostChecks = Math.max(this.mostChecks, checks);
      return this.#write("commit", () => real.commit());
    };
    const proxy: Deno.AtomicOperation = new Proxy(real, {
      get(target, name) {
        if (name === "commit") return commit;
        const method = bound(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          if (name === "check") checks += args.length;
          method(...args);
          return proxy;
        };
      },
    });
    return proxy;
  }

  #read<T>(what: string, carryOut: () => Promise<T>): Promise<T> {
    return this.#through(this.read, what, carryOut);
  }

  #write<T>(what: string, carryOut: () => Promise<T>): Promise<T> {
    return this.#through(this.write, what, carryOut);
  }

  async #through<T>(fault: Fault | undefined, what: string, carryOut: () => Promise<T>): Promise<T> {
    this.#count(what);
    const operation = { what };
    this.underWay.add(operation);
    try {
      return await (fault === undefined ? carryOut() : fault(carryOut, what));
    } finally {
      this.underWay.delete(operation);
    }
  }

  #count(what: string): void {
    this.asked[what] = (this.asked[what] ?? 0) + 1;
  }
}

/** Methods of the real one want it for their `this`. */
function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name, target);
  return typeof value === "function" ? value.bind(target) : value;
}

/** A stream of bells that never says anything. */
export function silence(): ReadableStream<never> {
  return new ReadableStream();
}
