/**
 * A good request for every operation: what it takes to be answered.
 *
 * @module
 */

import { SoftwareAuthenticator } from "../auth/software_authenticator.ts";
import type { Person } from "./harness.ts";
import { ADMIN, type World } from "./world.ts";

/** Who asks what. */
export interface Asked {
  /** A token; undefined: nobody says who they are. */
  readonly token: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Arranges what an operation needs, and says how it is asked. */
export type Arrange = (world: World) => Asked | Promise<Asked>;

/** The origin of requests that the application is given directly. */
export const ORIGIN = "http://localhost";

const as = ({ token }: Person, input: Asked["input"] = {}): Asked => ({ token, input });
const asAdmin = (input: Asked["input"] = {}): Asked => ({ token: ADMIN, input });
const onMessage = (more: Asked["input"] = {}): Arrange => ({ member, room, message }) =>
  as(member, { room, cursor: message, ...more });
const asOwner = (more: Asked["input"] = {}): Arrange => ({ owner, room }) => as(owner, { room, ...more });
const onMember = (more: Asked["input"] = {}): Arrange => ({ owner, room, member }) =>
  as(owner, { room, person: member.id, ...more });

/** A passkey of the member's, on a device. */
export async function registered(
  { http, member }: Pick<World, "http" | "member">,
): Promise<{ device: SoftwareAuthenticator; id: string }> {
  const device = new SoftwareAuthenticator(ORIGIN);
  const { options } = await http(member, "start_passkey");
  const { passkey } = await http(member, "create_passkey", { answer: await device.create(options) });
  return { device, id: passkey.id };
}

/** A webhook of the lobby, whose URL nothing answers at. */
export async function webhookOf({ http, owner, room }: World): Promise<string> {
  return (await http(owner, "create_webhook", { room, url: "http://127.0.0.1:1/hook" })).id;
}

async function reportOf({ http, member, owner, room, message }: World): Promise<string> {
  await http(member, "report_message", { room, cursor: message, reason: "spam" });
  return (await http(owner, "list_reports", { room })).items[0].cursor;
}

/** Operation → how it is asked. */
export const REQUESTS: Readonly<Record<string, Arrange>> = {
  create_session: () => ({ token: undefined, input: { name: "haruto" } }),
  get_me: ({ member }) => as(member),
  rename: ({ member }) => as(member, { name: "mina" }),
  list_sessions: ({ member }) => as(member),
  end_sessions: ({ stranger }) => as(stranger),
  sign_out: ({ stranger }) => as(stranger),
  async end_session({ http, member }) {
    const { sessions } = await http(member, "list_sessions");
    return as(member, { credential: sessions[0].credential });
  },
  get_person: ({ member, owner }) => as(member, { person: owner.id }),
  ban_person: ({ stranger }) => asAdmin({ person: stranger.id, until: 4e12, reason: "spam" }),
  unban_person: ({ stranger }) => asAdmin({ person: stranger.id }),
  revoke_person: ({ stranger }) => asAdmin({ person: stranger.id }),

  start_passkey: ({ member }) => as(member),
  async create_passkey({ http, member }) {
    const { options } = await http(member, "start_passkey");
    return as(member, { answer: await new SoftwareAuthenticator(ORIGIN).create(options) });
  },
  start_sign_in: () => ({ token: undefined, input: {} }),
  async sign_in_with_passkey(world) {
    const { device } = await registered(world);
    const { options } = await world.http(undefined, "start_sign_in");
    return { token: undefined, input: { answer: await device.get(options) } };
  },
  async list_passkeys(world) {
    await registered(world);
    return as(world.member);
  },
  async delete_passkey(world) {
    return as(world.member, { passkey: (await registered(world)).id });
  },

  create_bot: () => asAdmin({ name: "builder" }),
  async list_bots({ http }) {
    await http(ADMIN, "create_bot", { name: "builder" });
    return asAdmin();
  },
  async delete_bot({ http }) {
    return asAdmin({ bot: (await http(ADMIN, "create_bot", { name: "builder" })).bot.id });
  },

  create_room: ({ member }) =>
    as(member, {
      kind: "public",
      name: "tea",
      title: "Tea",
      topic: "All about it",
      write: "members",
      slowModeS: 0,
      retentionDays: 0,
    }),
  list_rooms: ({ stranger }) => as(stranger, { find: "lob", after: "a", limit: 10 }),
  get_room: ({ stranger, room }) => as(stranger, { room }),
  update_room: asOwner({
    title: "Tea",
    topic: "All",
    write: "moderators",
    slowModeS: 1,
    retentionDays: 2,
    archived: false,
  }),
  open_direct: ({ member, owner }) => as(member, { person: owner.id }),
  create_invite: asOwner({ expiresInS: 60, uses: 3 }),
  async list_invites({ http, owner, room }) {
    await http(owner, "create_invite", { room });
    return as(owner, { room });
  },
  async revoke_invite({ http, owner, room }) {
    return as(owner, { room, invite: (await http(owner, "create_invite", { room })).id });
  },
  async peek_invite({ http, owner, room }) {
    return { token: undefined, input: { code: (await http(owner, "create_invite", { room })).code } };
  },
  async accept_invite({ http, owner, stranger, room }) {
    return as(stranger, { code: (await http(owner, "create_invite", { room })).code });
  },

  become_member: ({ stranger, room }) => as(stranger, { room }),
  end_membership: ({ member, room }) => as(member, { room }),
  list_members: ({ stranger, room }) => as(stranger, { room, after: "a", limit: 10 }),
  set_role: onMember({ role: "moderator" }),
  update_membership: ({ member, room }) => as(member, { room, notify: "none", favourite: true }),

  kick: onMember(),
  ban: onMember({ until: 4e12, reason: "spam" }),
  unban: onMember(),
  async list_bans({ http, owner, stranger, room }) {
    await http(owner, "ban", { room, person: stranger.id, reason: "spam" });
    return as(owner, { room, after: "a", limit: 10 });
  },
  mute: onMember({ until: 4e12, reason: "spam" }),
  unmute: onMember(),
  report_message: onMessage({ reason: "spam" }),
  async list_reports(world) {
    await reportOf(world);
    return as(world.owner, { room: world.room, isOpen: true, limit: 10 });
  },
  async resolve_report(world) {
    return as(world.owner, { room: world.room, report: await reportOf(world) });
  },
  async list_service_audit({ http }) {
    await http(ADMIN, "create_bot", { name: "builder" });
    return asAdmin({ limit: 10 });
  },
  async list_audit(world) {
    await reportOf(world);
    await world.http(world.owner, "mute", { room: world.room, person: world.member.id });
    return as(world.owner, { room: world.room, limit: 10 });
  },

  send: ({ member, room, key }) => as(member, { room, key, text: "a" }),
  history: ({ stranger, room, message }) => as(stranger, { room, around: message, limit: 10 }),
  get_message: onMessage(),
  edit: onMessage({ text: "b" }),
  delete: onMessage(),
  react: onMessage({ emoji: "👍" }),
  unreact: onMessage({ emoji: "👍" }),
  async list_reactions({ http, member, room, message }) {
    await http(member, "react", { room, cursor: message, emoji: "👍" });
    return as(member, { room, cursor: message, emoji: "👍", after: "a", limit: 10 });
  },
  pin: ({ owner, room, message }) => as(owner, { room, cursor: message }),
  unpin: ({ owner, room, message }) => as(owner, { room, cursor: message }),
  async list_pins({ http, owner, room, message }) {
    await http(owner, "pin", { room, cursor: message });
    return as(owner, { room });
  },

  search: ({ member, room }) => as(member, { q: "hel", room, from: member.id, limit: 10 }),
  async thread({ http, member, room, message, key }) {
    await http(member, "send", { room, key, text: "below", thread: message });
    return as(member, { room, cursor: message, limit: 10 });
  },
  erase_me: ({ stranger }) => as(stranger),
  erase_person: ({ stranger }) => asAdmin({ person: stranger.id }),

  mark_read: onMessage(),
  async my_rooms({ http, owner, member, room, key }) {
    await http(owner, "send", { room, key, text: "@minji hello" });
    return as(member);
  },
  typing: ({ member, room }) => as(member, { room, on: true }),
  people: ({ member, room }) => as(member, { room, after: "a", limit: 10 }),
  last_seen: ({ member, owner, room }) => as(member, { room, person: owner.id }),

  create_hook: asOwner({ name: "build" }),
  async list_hooks({ http, owner, room }) {
    await http(owner, "create_hook", { room, name: "build" });
    return as(owner, { room });
  },
  async delete_hook({ http, owner, room }) {
    return as(owner, { room, hook: (await http(owner, "create_hook", { room, name: "build" })).id });
  },
  create_webhook: asOwner({ url: "http://127.0.0.1:1/hook", events: ["message"] }),
  async list_webhooks(world) {
    await webhookOf(world);
    return as(world.owner, { room: world.room });
  },
  async update_webhook(world) {
    const webhook = await webhookOf(world);
    return as(world.owner, {
      room: world.room,
      webhook,
      url: "http://127.0.0.1:1/b",
      events: ["edit"],
      enabled: false,
    });
  },
  async delete_webhook(world) {
    return as(world.owner, { room: world.room, webhook: await webhookOf(world) });
  },
  async test_webhook(world) {
    return as(world.owner, { room: world.room, webhook: await webhookOf(world) });
  },
};
