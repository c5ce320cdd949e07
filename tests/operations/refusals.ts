/**
 * How each operation is made to refuse with each code that it documents.
 *
 * @module
 */

import { documentKey } from "../../chat/keys.ts";
import type { Operation } from "../../operations/operation.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { SoftwareAuthenticator } from "../auth/software_authenticator.ts";
import { type Asked, ORIGIN, registered } from "./requests.ts";
import { ADMIN, type World } from "./world.ts";

/** Makes a refusal of a good request. */
export type Spoil = (world: World, good: Asked) => Asked | Promise<Asked>;

const input = (fields: Asked["input"]): Spoil => (_, good) => ({ ...good, input: { ...good.input, ...fields } });
const byStranger: Spoil = ({ stranger }, good) => ({ ...good, token: stranger.token });
const byAdmin: Spoil = (_, good) => ({ ...good, token: ADMIN });
const byOwner: Spoil = ({ owner }, good) => ({ ...good, token: owner.token });
const nobody = input({ person: "g_nobody" });
const ofOperator = input({ person: "operator" });

/** A private room that there is not. */
const NONE = "p-00000000000000000000";
const inNone: Spoil = ({ stranger }, good) => ({ token: stranger.token, input: { ...good.input, room: NONE } });

/** What nobody said: the place before all that was said. */
const nowhere = (cursor: string): string => `${cursor.slice(0, 6)}${"0".repeat(22)}1`;
const unsaid = (field: string): Spoil => ({ message }, good) => ({
  ...good,
  input: { ...good.input, [field]: nowhere(message) },
});
/** A place in another database. */
const expired = (field: string): Spoil => ({ message }, good) => {
  const { around: _, ...rest } = good.input;
  return {
    ...good,
    input: { ...rest, [field]: `${message.startsWith("zzzzzz") ? "yyyyyy" : "zzzzzz"}${message.slice(6)}` },
  };
};
const badCursor = (field: string): Spoil => (_, good) => {
  const { around: _around, ...rest } = good.input;
  return { ...good, input: { ...rest, [field]: "garbage" } };
};

/** Somebody else of the member's name keeps it by a passkey. */
async function claimMembersName({ harness, http, member }: World): Promise<void> {
  await registered({ http, member: await harness.person(member.name) });
}

async function fillRooms({ harness, stranger }: World): Promise<void> {
  const value = { joinedAt: 1, notify: "all", favourite: false };
  for (let i = 0; i < 10; i++) {
    const sets = Array.from({ length: 100 }, (_, n) => ({
      key: documentKey("membership", stranger.id, `r${i}_${n}`),
      value,
    }));
    await harness.service.layer.commit({ sets });
  }
}

/** Removes a person's documents under their feet, as another isolate can while a request is under way. */
const without = (kind: "person" | "session_of"): Spoil => async ({ harness, member, stranger }, good) => {
  const { id } = good.token === member.token ? member : stranger;
  // The socket says hello before.
  await harness.session(good.token);
  const { layer } = harness.service;
  const found = await layer.list({ prefix: documentKey(kind, id), limit: 100 });
  await layer.commit({ deletes: [documentKey(kind, id), ...found.map(({ key }) => key)] });
  return good;
};

type Table = Readonly<Record<string, Readonly<Partial<Record<ErrorCode, Spoil>>>>>;

/** Operation → code → how; where {@linkcode usual} does not say. */
const OWN: Table = {
  create_session: { name_taken: input({ name: "@room" }) },
  rename: {
    name_taken: input({ name: "@room" }),
    forbidden: byAdmin,
    not_found: without("person"),
  },
  sign_out: { forbidden: byAdmin, not_found: without("session_of") },
  end_session: { not_found: input({ credential: "c_none" }) },
  ban_person: { not_found: nobody },
  unban_person: { not_found: nobody },
  revoke_person: { not_found: nobody },
  start_passkey: {
    forbidden: byAdmin,
    async name_taken(world, good) {
      await claimMembersName(world);
      return good;
    },
  },
  create_passkey: {
    forbidden: byAdmin,
    async name_taken(world, good) {
      await claimMembersName(world);
      return good;
    },
    async conflict({ http, owner, member }) {
      const device = new SoftwareAuthenticator(ORIGIN);
      const make = async (who: typeof owner) => device.create((await http(who, "start_passkey")).options);
      await http(owner, "create_passkey", { answer: await make(owner) });
      return { token: member.token, input: { answer: await make(member) } };
    },
  },
  sign_in_with_passkey: {
    async forbidden({ http, member }, good) {
      await http(ADMIN, "ban_person", { person: member.id });
      return good;
    },
  },
  delete_passkey: { not_found: input({ passkey: "none" }) },
  create_bot: {
    async name_taken({ http }, good) {
      await http(ADMIN, "create_bot", good.input);
      return good;
    },
  },
  delete_bot: { not_found: input({ bot: "b_none" }) },

  create_room: {
    bad_room: input({ name: "../x" }),
    too_long: input({ title: "x".repeat(81) }),
    async forbidden(world, good) {
      await fillRooms(world);
      return { ...good, token: world.stranger.token };
    },
    conflict: input({ name: "lobby" }),
  },
  update_room: {
    too_long: input({ topic: "x".repeat(501) }),
    not_found: (_, good) => ({ token: ADMIN, input: { ...good.input, room: "unused" } }),
  },
  open_direct: { forbidden: nobody },
  create_invite: {
    async conflict({ http, owner, room }, good) {
      for (let i = 0; i < 100; i++) await http(owner, "create_invite", { room });
      return good;
    },
  },
  peek_invite: { forbidden: input({ code: "wrong" }) },
  accept_invite: { forbidden: input({ code: "wrong" }) },
  end_membership: { conflict: byOwner },
  set_role: {
    not_found: ({ stranger }, good) => ({ ...good, input: { ...good.input, person: stranger.id } }),
    conflict: ({ owner }, good) => ({ ...good, input: { ...good.input, person: owner.id } }),
  },
  kick: { too_long: input({ reason: "x".repeat(501) }) },
  ban: { too_long: input({ reason: "x".repeat(501) }) },
  mute: { too_long: input({ reason: "x".repeat(501) }) },
  report_message: { too_long: input({ reason: "x".repeat(501) }) },
  list_reports: { bad_cursor: badCursor("before"), cursor_expired: expired("before") },
  resolve_report: {
    bad_cursor: badCursor("report"),
    cursor_expired: expired("report"),
    not_found: unsaid("report"),
  },
  list_service_audit: { bad_cursor: badCursor("before"), cursor_expired: expired("before"), forbidden: byStranger },
  list_audit: { bad_cursor: badCursor("before"), cursor_expired: expired("before") },
  send: {
    bad_key: input({ key: "x".repeat(65) }),
    bad_cursor: badCursor("reply"),
    not_found: unsaid("thread"),
    conflict: input({ key: "first", text: "other" }),
  },
  history: { bad_cursor: badCursor("before"), cursor_expired: expired("after") },
  search: { bad_cursor: badCursor("next"), cursor_expired: expired("next") },
  thread: { cursor_expired: expired("after") },
  erase_me: { not_found: byAdmin },
  update_webhook: { not_found: input({ webhook: "none" }) },
  test_webhook: { not_found: input({ webhook: "none" }) },
};

/** Codes that only a race gives, which no test can hold still. Each is told apart by the operation's own tests. */
export const RACES: ReadonlySet<string> = new Set([
  // The person is erased between the look at the credential and the one at the person.
  "create_passkey not_found",
]);

/** As {@linkcode RACES}, over HTTP: there who asks is looked up anew for each request. */
export const HTTP_RACES: ReadonlySet<string> = new Set(["rename not_found"]);

/** How an operation is made to refuse with a code; undefined: nobody has said so. */
export function refusalOf(operation: Operation, code: ErrorCode): Spoil | undefined {
  return OWN[operation.type]?.[code] ?? usual(operation, code);
}

function usual({ path, input: schema }: Operation, code: ErrorCode): Spoil | undefined {
  const fields: object = "shape" in schema ? Object(schema.shape) : {};
  const has = (name: string) => Object.hasOwn(fields, name);
  switch (code) {
    case "bad_room":
      return has("room") ? input({ room: "../x" }) : undefined;
    case "bad_name":
      return has("name") ? input({ name: "\u202e" }) : undefined;
    case "bad_cursor":
      return has("cursor") ? badCursor("cursor") : undefined;
    case "cursor_expired":
      return has("cursor") ? expired("cursor") : undefined;
    case "too_long":
      return has("text") ? input({ text: "x".repeat(4_001) }) : undefined;
    case "forbidden":
      return has("room")
        ? inNone
        : path.startsWith("/v1/people/") || path.startsWith("/v1/bots")
        ? byStranger
        : undefined;
    case "not_found":
      return has("cursor") ? unsaid("cursor") : has("person") ? nobody : undefined;
  }
  return undefined;
}

/** The operator cannot be kept out, whoever asks. */
export const OF_OPERATOR = ofOperator;
