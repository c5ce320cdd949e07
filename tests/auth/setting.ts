import { assertEquals, assertRejects } from "@std/assert";
import { type Auth, type AuthOptions, createAuth } from "../../auth/auth.ts";
import { createOrigins } from "../../auth/origins.ts";
import { documentKey, personGroup } from "../../chat/keys.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError, type ErrorCode, wireError } from "../../protocol/errors.ts";
import type { PersonEvent, User } from "../../protocol/events.ts";

/** Who does what the operator does. */
export const BY: User = { id: "operator", name: "operator" };

/** Auth on a layer in memory, with a clock that tests set. */
export interface Setting {
  readonly auth: Auth;
  readonly layer: ChannelLayer;
  /** Milliseconds since 1970. */
  now: number;
  /** Who a request comes from. */
  find(headers: Record<string, string>, method?: string, url?: string): Promise<Caller | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes one. */
export function createSetting(options: Partial<AuthOptions> = {}): Setting {
  const layer = options.layer ?? createMemoryLayer();
  const auth = createAuth({
    layer,
    origins: createOrigins(["https://friend.example"]),
    now: () => setting.now,
    ...options,
  });
  const setting: Setting = {
    auth,
    layer,
    now: 1_795_000_000_000,
    find: (headers, method = "GET", url = "http://chat.example/v1/me") =>
      auth.authenticator.find(new Request(url, { method, headers: { host: "chat.example", ...headers } })),
    [Symbol.asyncDispose]: () => layer.close(),
  };
  return setting;
}

/** Asserts that something is refused with a code, and that what it says holds none of some secrets. */
export async function assertRefused(
  done: Promise<unknown> | (() => Promise<unknown>),
  code: ErrorCode,
  ...secrets: string[]
): Promise<string> {
  const error = await assertRejects(() => typeof done === "function" ? done() : done, ChatError);
  assertEquals(error.code, code, error.message);
  const said = JSON.stringify(wireError(error)) + error.stack;
  for (const secret of secrets) assertEquals(said.includes(secret), false, `${secret} is in ${said}`);
  return error.message;
}

/** Collects what happens to a person, until the layer closes. */
export async function hearOf(layer: ChannelLayer, person: string): Promise<PersonEvent[]> {
  const events: PersonEvent[] = [];
  await layer.subscribe(personGroup(person), {
    deliver: ({ entries }) => void events.push(...entries.map(({ json }) => JSON.parse(json))),
  });
  return events;
}

/** Resolves when everything that was published before has been delivered. */
export async function settle(layer: ChannelLayer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = await layer.subscribe("settle", { deliver: () => resolve() });
  await layer.publish("settle", { type: "settle" }, { transient: true });
  await promise;
  subscription.close();
}

/** Everything that is kept under the kinds of `auth/`, as text. */
export async function everythingKept(layer: ChannelLayer): Promise<string> {
  const kinds = [
    "person",
    "session",
    "session_of",
    "name",
    "passkey",
    "passkey_of",
    "challenge",
    "key",
    "key_of",
    "ban",
  ] as const;
  const all = await Promise.all(kinds.map((kind) => layer.list({ prefix: [documentKey(kind)[0]], limit: 1_000 })));
  return JSON.stringify(all);
}
