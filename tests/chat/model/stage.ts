/**
 * Several isolates of one service, each with its own handle of one database; a clock that the test moves; and people.
 *
 * @module
 */

import { createOrigins } from "../../../auth/origins.ts";
import { roomGroup } from "../../../chat/keys.ts";
import type { ChannelLayer, Cursor } from "../../../layers/layer.ts";
import { openKvLayer } from "../../../layers/kv.ts";
import type { Service } from "../../../operations/service.ts";
import type { Caller } from "../../../protocol/caller.ts";
import { anyRoomEvent } from "../../../protocol/events.ts";
import { createService } from "../../../service.ts";
import type { Placed } from "./fold.ts";

/** Milliseconds in which everything that was committed is heard. */
const DEADLINE_MS = 10_000;

/** One isolate. */
export interface ModelIsolate extends AsyncDisposable {
  readonly layer: ChannelLayer;
  readonly service: Service;
}

/** A database, the isolates on it, and its clock. */
export class ModelStage implements AsyncDisposable {
  readonly clock = { ms: 1_795_000_000_000 };
  readonly isolates: ModelIsolate[] = [];
  readonly #folder: string;
  readonly #kvs: Deno.Kv[];

  private constructor(folder: string, kvs: Deno.Kv[]) {
    this.#folder = folder;
    this.#kvs = kvs;
  }

  /** Two isolates, and a database of their own. */
  static async open(): Promise<ModelStage> {
    const folder = await Deno.makeTempDir();
    const kvs: Deno.Kv[] = [];
    for (let i = 0; i < 3; i++) kvs.push(await Deno.openKv(`${folder}/kv`));
    const stage = new ModelStage(folder, kvs);
    for (let i = 0; i < 2; i++) stage.isolates.push(await stage.openIsolate(i));
    return stage;
  }

  /** The database itself. */
  get kv(): Deno.Kv {
    return this.#kvs[2] as Deno.Kv; // There are three.
  }

  /** An isolate that knows nothing yet. */
  async openIsolate(handle = 2): Promise<ModelIsolate> {
    const layer = await openKvLayer(this.#kvs[handle] as Deno.Kv); // There are three.
    const report = (what: string, error: unknown) => {
      throw new Error(`Reported: ${what}`, { cause: error });
    };
    const running = createService({ layer, origins: createOrigins([]), report, now: () => this.clock.ms });
    return {
      layer,
      service: running.service,
      [Symbol.asyncDispose]: async () => {
        await running.close();
        await layer.close();
      },
    };
  }

  /** New guests. */
  async people(names: readonly string[]): Promise<Caller[]> {
    const { service: { sessions } } = this.at(0);
    return await Promise.all(names.map(async (name) => (await sessions.create(name)).caller));
  }

  /** One of the two isolates. */
  at(index: number): ModelIsolate {
    return this.isolates[index % 2] as ModelIsolate; // There are two.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const isolate of this.isolates) await isolate[Symbol.asyncDispose]();
    for (const kv of this.#kvs) kv.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** What came to a subscriber. */
export class Heard implements Disposable {
  readonly events: Placed[] = [];
  #close = () => {};
  #waiting: { readonly cursor: Cursor; readonly resolve: () => void } | undefined;

  /** Hears a room from a place on. */
  static async from(layer: ChannelLayer, room: string, after: Cursor): Promise<Heard> {
    const heard = new Heard();
    const subscription = await layer.subscribe(roomGroup(room), {
      after,
      deliver: ({ entries }) => {
        heard.events.push(...entries.map(({ cursor, json }) => ({ ...anyRoomEvent.parse(JSON.parse(json)), cursor })));
        heard.#wake();
      },
    });
    heard.#close = () => subscription.close();
    return heard;
  }

  /** Resolves when the entry at a place was heard. */
  async upTo(cursor: Cursor): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Nothing is heard of ${cursor}`)), DEADLINE_MS);
    });
    const here = new Promise<void>((resolve) => this.#waiting = { cursor, resolve });
    this.#wake();
    try {
      await Promise.race([here, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    const last = this.events.at(-1)?.cursor ?? "";
    if (this.#waiting !== undefined && last >= this.#waiting.cursor) this.#waiting.resolve();
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

/** Everything in a room's log after a place, as it reads now. */
export async function logAfter(layer: ChannelLayer, room: string, after: Cursor): Promise<Placed[]> {
  const events: Placed[] = [];
  for (let place = after;;) {
    const { entries, more, head } = await layer.read(roomGroup(room), { after: place, limit: 1_000 });
    events.push(...entries.map(({ cursor, json }) => ({ ...anyRoomEvent.parse(JSON.parse(json)), cursor })));
    place = head;
    if (!more) return events;
  }
}

/** Tries until it holds: an isolate hears of another's commits a moment later. The last try says what is wrong. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const end = performance.now() + DEADLINE_MS / 4;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      // Counts have no event of their own that says that they are up to date.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
