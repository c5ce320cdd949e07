import { z } from "zod";
import { user } from "../protocol/events.ts";
import { ChatError } from "../protocol/errors.ts";
import { idField, personField, wholeField } from "./input.ts";
import { command, openOperation, type Operation, operation } from "./operation.ts";
import { requireAdmin } from "./admin.ts";

/** A name as its owner writes it; its own parser (`protocol/names.ts`) says `bad_name`. */
export const nameField = z.string().describe("How they are called: 1 to 32 visible characters.").meta({
  examples: ["민지"],
});

const credentialField = idField(64).describe("A session's public name.");

const kindField = z.enum(["guest", "claimed", "signed", "bot", "operator"]).describe(
  "What they are: a guest, a guest whose name a passkey keeps, a host site's user, a bot, the operator.",
);

const when = z.number().describe("Milliseconds since 1970.");

/** What a session begins with. */
export const newSession = z.object({
  user,
  token: z.string().describe(
    "The session's secret; told once. Send it as `Authorization: Bearer`; browsers get a cookie, too.",
  ),
  credential: z.string().describe("The session's public name."),
  expiresAt: when.describe("When it ends unless it is used, in milliseconds since 1970."),
});

const createSession = openOperation({
  type: "create_session",
  method: "post",
  path: "/v1/sessions",
  summary: "Become a guest",
  tag: "people",
  input: z.strictObject({ name: nameField }),
  output: newSession,
  errors: ["bad_name", "name_taken"],
  status: 201,
  cost: "costly",
  session: "starts",
  only: "http",
  async run({ sessions }, _call, { name }) {
    const { caller: { user }, token, credential, expiresAt } = await sessions.create(name);
    return { user, token, credential, expiresAt };
  },
});

const getMe = operation({
  type: "get_me",
  method: "get",
  path: "/v1/me",
  summary: "Say who you are",
  tag: "people",
  input: z.strictObject({}),
  output: z.object({
    user,
    kind: kindField,
    isAdmin: z.boolean().describe("Whether I keep order in every room."),
    credential: z.string().describe("The public name of what proves it."),
    expiresAt: when.optional().describe("When the proof ends, in milliseconds since 1970."),
    rooms: z.array(z.string()).optional().describe("The only rooms that I may use, where a token says so."),
  }),
  errors: [],
  cost: "read",
  run(_service, { caller: { user, kind, isAdmin, credential, expiresAt, rooms } }) {
    return Promise.resolve({
      user,
      kind,
      isAdmin,
      credential,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(rooms !== undefined && { rooms: [...rooms] }),
    });
  },
});

const rename = operation({
  type: "rename",
  method: "patch",
  path: "/v1/me",
  summary: "Change your name. A name that a passkey keeps is free again, and the new one is kept",
  tag: "people",
  input: z.strictObject({ name: nameField }),
  output: z.object({ user }),
  errors: ["bad_name", "name_taken", "forbidden", "not_found"],
  cost: "write",
  async run({ people, members }, { caller }, { name }) {
    const renamed = await people.rename(caller, name);
    await members.rename(renamed);
    return { user: renamed };
  },
});

const listSessions = operation({
  type: "list_sessions",
  method: "get",
  path: "/v1/sessions",
  summary: "List your sessions, last used first",
  tag: "people",
  input: z.strictObject({}),
  output: z.object({
    sessions: z.array(z.object({
      credential: z.string(),
      createdAt: when,
      usedAt: when.describe("When it was last used, a day late at most; milliseconds since 1970."),
      expiresAt: when,
      isCurrent: z.boolean().describe("Whether it is the one that asks."),
    })),
  }),
  errors: [],
  cost: "read",
  async run({ sessions }, { caller: { user, credential } }) {
    const all = await sessions.list(user.id);
    return { sessions: all.map((each) => ({ ...each, isCurrent: each.credential === credential })) };
  },
});

const signOut = command({
  type: "sign_out",
  method: "delete",
  path: "/v1/sessions/current",
  summary: "End this session, and close its sockets",
  tag: "people",
  input: z.strictObject({}),
  errors: ["forbidden", "not_found"],
  cost: "write",
  session: "ends",
  async run({ sessions }, { caller: { user, kind, credential } }) {
    if (kind !== "guest" && kind !== "claimed") {
      throw new ChatError("forbidden", "Cannot sign out: a token or a key ends where it was made");
    }
    await sessions.end(user.id, credential);
  },
});

const endSession = command({
  type: "end_session",
  method: "delete",
  path: "/v1/sessions/:credential",
  summary: "End one of your sessions, and close its sockets",
  tag: "people",
  input: z.strictObject({ credential: credentialField }),
  errors: ["not_found"],
  cost: "write",
  run: ({ sessions }, { caller: { user } }, { credential }) => sessions.end(user.id, credential),
});

const endSessions = command({
  type: "end_sessions",
  method: "delete",
  path: "/v1/sessions",
  summary: "End all of your sessions, and close all of your sockets",
  tag: "people",
  input: z.strictObject({}),
  errors: [],
  cost: "write",
  session: "ends",
  run: ({ sessions }, { caller: { user } }) => sessions.endAll(user.id, "signed_out"),
});

const getPerson = operation({
  type: "get_person",
  method: "get",
  path: "/v1/people/:person",
  summary: "Look somebody up",
  tag: "people",
  input: z.strictObject({ person: personField }),
  output: z.object({
    user,
    kind: kindField,
  }),
  errors: ["not_found"],
  cost: "read",
  async run({ people }, _call, { person }) {
    const found = await people.find(person);
    if (found === undefined || found.erased) throw new ChatError("not_found", "Cannot find this person");
    // When they come and go is for those who share a room with them: `last_seen`.
    return { user: found.user, kind: found.kind };
  },
});

const banPerson = operation({
  type: "ban_person",
  method: "put",
  path: "/v1/people/:person/ban",
  summary: "Keep somebody out of the whole service, and close their sockets; for the operator",
  tag: "moderation",
  input: z.strictObject({
    person: personField,
    until: wholeField(0, 8.64e15).optional().describe(
      "When it ends, in milliseconds since 1970; absent: when it is lifted.",
    ),
    reason: z.string().min(1).max(500).optional().describe("What they are told."),
  }),
  output: z.object({
    until: when.optional(),
    reason: z.string().optional(),
    by: user,
    at: when,
  }),
  errors: ["forbidden", "not_found"],
  cost: "write",
  run({ bans }, { caller }, { person, until, reason }) {
    requireAdmin(caller, "ban somebody");
    return bans.ban(caller.user, person, { until, reason });
  },
});

const unbanPerson = command({
  type: "unban_person",
  method: "delete",
  path: "/v1/people/:person/ban",
  summary: "Let somebody into the service again; for the operator",
  tag: "moderation",
  input: z.strictObject({ person: personField }),
  errors: ["forbidden", "not_found"],
  cost: "write",
  async run({ bans }, { caller }, { person }) {
    requireAdmin(caller, "lift a ban");
    await bans.unban(caller.user, person);
  },
});

const revokePerson = command({
  type: "revoke_person",
  method: "delete",
  path: "/v1/people/:person/sessions",
  summary:
    "End all of somebody's sessions and the tokens that a host site has issued until now, and close their sockets; for the operator",
  tag: "moderation",
  input: z.strictObject({ person: personField }),
  errors: ["forbidden", "not_found"],
  cost: "write",
  async run({ bans }, { caller }, { person }) {
    requireAdmin(caller, "end somebody's sessions");
    await bans.revoke(caller.user, person);
  },
});

/** People and their sessions. `/v1/sessions/current` stands before `/v1/sessions/:credential`. */
export const PEOPLE_OPERATIONS: readonly Operation[] = [
  createSession,
  getMe,
  rename,
  listSessions,
  endSessions,
  signOut,
  endSession,
  getPerson,
  banPerson,
  unbanPerson,
  revokePerson,
];
