/**
 * Invitations: whoever has the code may come in. Only the code's hash is kept.
 *
 * @module
 */

import type { Change, ChannelLayer, Document, DocumentKey } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { Role, RoomInfo, User } from "../protocol/events.ts";
import { admission, assertRoomForMore } from "./admission.ts";
import { audited } from "./audit.ts";
import {
  type InviteDocument,
  inviteDocument,
  inviteOfDocument,
  memberDocument,
  roomDocument,
  sentence,
} from "./documents.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { may, require } from "./permissions.ts";
import { newWord, type RandomBytes } from "./room_names.ts";
import { readState, type RoomParts, type RoomState } from "./room_state.ts";
import { holds, levelIn, type Standings } from "./standings.ts";
import { transact } from "./transact.ts";
import { Turns } from "./turns.ts";

/** Invitations that one room may have at a time. */
export const MAX_INVITES = 100;

/** How long an invitation holds, and for how many. */
export interface InviteOptions {
  /** Seconds, 60 to 2,592,000 (30 days). Default 604,800 (7 days). */
  readonly expiresInS?: number | undefined;
  /** People who may come in by it, 1 to 1,000; 0: any number. Default 1. */
  readonly uses?: number | undefined;
}

/** An invitation as those who may invite see it. */
export type Invite = Omit<InviteDocument, "room" | "byAdmin">;

/** See the module. */
export class Invites {
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;
  readonly #now: () => number;
  /** Each who comes in by a counted invitation changes it: those of one isolate wait for each other. */
  readonly #turns = new Turns();
  readonly #random: RandomBytes | undefined;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode RoomParts}.
   */
  constructor({ layer, standings, now = Date.now, random }: RoomParts) {
    this.#layer = layer;
    this.#standings = standings;
    this.#now = now;
    this.#random = random;
  }

  /**
   * Makes an invitation.
   *
   * @param room A parsed name.
   * @returns It, and its code, which nobody can be told again.
   * @throws {ChatError} `forbidden`; `conflict`: there are 100 already.
   */
  async create(
    caller: Caller,
    room: string,
    { expiresInS = 604_800, uses = 1 }: InviteOptions = {},
  ): Promise<Invite & { code: string }> {
    const code = newWord(this.#random);
    const hash = await hashOf(code);
    return await transact<Invite & { code: string }>(this.#layer, async () => {
      const at = this.#now();
      const { checks, ...standing } = await this.#standings.find(caller, room, true);
      require("invite", { ...standing, checks });
      const deletes = await this.#makeRoom(room, at);
      const expireInMs = expiresInS * 1_000;
      const invite = { id: newWord(this.#random), by: caller.user, at, expiresAt: at + expireInMs, uses, used: 0 };
      const byAdmin = caller.isAdmin && { byAdmin: true };
      const sets = [
        { key: documentKey("invite", hash), value: { ...invite, room, ...byAdmin }, expireInMs },
        { key: documentKey("invite_of", room, invite.id), value: { hash }, expireInMs },
      ];
      const { group, event } = audited(room, { at, user: caller.user, action: "invite", target: invite.id });
      return { group, event, options: { change: { checks, sets, deletes } }, answer: () => ({ ...invite, code }) };
    });
  }

  /**
   * The invitations that hold, at most 100, in no particular order.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`.
   */
  async list(caller: Caller, room: string): Promise<Invite[]> {
    require("invite", await this.#standings.find(caller, room, true));
    const found = await this.#read(room);
    return found.flatMap(({ invite }) => {
      if (invite === undefined || !isGood(invite, this.#now())) return [];
      const { room: _, byAdmin: _byAdmin, ...rest } = invite;
      return [rest];
    });
  }

  /**
   * Ends an invitation. One that is none has ended already.
   *
   * @param room A parsed name.
   * @param id The invitation's.
   * @throws {ChatError} `forbidden`.
   */
  revoke(caller: Caller, room: string, id: string): Promise<void> {
    const key = documentKey("invite_of", room, id);
    return transact<void>(this.#layer, async () => {
      const { checks, ...standing } = await this.#standings.find(caller, room, true);
      require("invite", { ...standing, checks });
      const [found] = await this.#layer.get([key]);
      if (found === undefined) return { answer: undefined };
      const { hash } = inviteOfDocument.parse(found.value);
      const { group, event } = audited(room, {
        at: this.#now(),
        user: caller.user,
        action: "revoke_invite",
        target: id,
      });
      const change = {
        checks: [...checks, { key, version: found.version }],
        deletes: [key, documentKey("invite", hash)],
      };
      return { group, event, options: { change }, answer: () => undefined };
    });
  }

  /**
   * What a code is good for, without using it.
   *
   * @returns The room as those see it who are not in it yet, and who invites: a link from nobody is nothing to follow.
   * @throws {ChatError} `forbidden`: it is good for nothing; why is not said.
   */
  async peek(code: string): Promise<{ title: string; kind: RoomInfo["kind"]; by: User }> {
    const [found] = await this.#layer.get([documentKey("invite", await hashOf(code))]);
    const invite = found && inviteDocument.parse(found.value);
    if (invite === undefined || !isGood(invite, this.#now())) throw refusal();
    const [room] = await this.#layer.get([documentKey("room", invite.room)]);
    const info = room && roomDocument.parse(room.value).info;
    if (info === undefined || info.archived || !(await this.#isBacked(invite, info)).is) throw refusal();
    return { title: info.title ?? (info.kind === "public" ? info.name : ""), kind: info.kind, by: invite.by };
  }

  /**
   * Comes in by an invitation. Who is in the room already uses nothing up.
   *
   * @returns The room, and whether they were not in it before.
   * @throws {ChatError} `forbidden`: the code is wrong, expired, used up or revoked, whoever made it may not
   *   invite any more, or they are banned; which of them is not said.
   */
  async accept(caller: Caller, code: string): Promise<{ room: RoomInfo; isNew: boolean }> {
    const key = documentKey("invite", await hashOf(code));
    const accept = () =>
      transact<{ room: RoomInfo; isNew: boolean }>(this.#layer, async () => {
        const now = this.#now();
        const [found] = await this.#layer.get([key]);
        const invite = found && inviteDocument.parse(found.value);
        if (found === undefined || invite === undefined || !(caller.rooms?.includes(invite.room) ?? true)) {
          throw refusal();
        }
        const state = await readState(this.#layer, caller, invite.room, { now });
        const { room, level } = state.standing;
        if (state.target?.role !== undefined) return { answer: { room, isNew: false } };
        const isKept = state.standing.document !== undefined && !room.archived && level !== "banned";
        // Read behind the room's document: whoever takes the right away from its maker changes that one, and what is below fails.
        const backed = await this.#isBacked(invite, room);
        if (!isGood(invite, now) || !isKept || !backed.is) throw refusal();
        await assertRoomForMore(this.#layer, caller.user.id);
        const checked = withChecks(state, [{ key, version: found.version }, ...backed.checks]);
        const { event, options } = admission(checked, caller.user, now, usedOnce(found, invite, now));
        return { group: roomGroup(room.name), event, options, answer: () => ({ room, isNew: true }) };
      });
    return await this.#turns.take(String(key), accept);
  }

  /** Whether whoever made an invitation may still make one; `checks`: what is not in the room's own documents. */
  async #isBacked({ by, byAdmin }: InviteDocument, room: RoomInfo) {
    const now = this.#now();
    const [member, ban] = await this.#layer.get([
      documentKey("member", room.name, by.id),
      // Put out of the whole service: auth/bans.ts.
      documentKey("ban", by.id),
    ]);
    const level = levelIn(member && memberDocument.parse(member.value), now);
    const is = byAdmin === true || may("invite", { level, room });
    const isBanned = ban !== undefined && holds(sentence.parse(ban.value), now);
    return { is: is && !isBanned, checks: [{ key: documentKey("ban", by.id), version: ban?.version ?? null }] };
  }

  /** Where there are too many: the keys of those that no longer hold, to be deleted. */
  async #makeRoom(room: string, now: number): Promise<DocumentKey[]> {
    const found = await this.#read(room);
    if (found.length < MAX_INVITES) return [];
    const gone = found.filter(({ invite }) => invite === undefined || !isGood(invite, now));
    if (gone.length > 0) return gone.flatMap(({ keys }) => keys);
    throw new ChatError("conflict", `Cannot invite by one more link: there are ${MAX_INVITES}; revoke some`);
  }

  async #read(room: string): Promise<{ keys: DocumentKey[]; invite: InviteDocument | undefined }[]> {
    const found = await this.#layer.list({ prefix: documentKey("invite_of", room), limit: MAX_INVITES });
    const keys = found.map(({ value }) => documentKey("invite", inviteOfDocument.parse(value).hash));
    const invites = await this.#layer.get(keys);
    return found.map(({ key }, i) => {
      const document = invites[i];
      return {
        keys: document === undefined ? [key] : [key, document.key],
        invite: document && inviteDocument.parse(document.value),
      };
    });
  }
}

/**
 * Ends the invitations that somebody made for a room.
 *
 * @param room A parsed name.
 * @param person Their id.
 * @throws {ChatError} `unavailable`.
 */
export async function endInvites(layer: ChannelLayer, room: string, person: string): Promise<void> {
  const listed = await layer.list({ prefix: documentKey("invite_of", room), limit: 1_000 });
  const keys = listed.map(({ value }) => documentKey("invite", inviteOfDocument.parse(value).hash));
  const theirs = (await layer.get(keys)).flatMap((document, i) => {
    const isTheirs = document !== undefined && inviteDocument.parse(document.value).by.id === person;
    return isTheirs ? [document.key, listed[i]?.key ?? document.key] : [];
  });
  for (let i = 0; i < theirs.length; i += MAX_INVITES) {
    await layer.commit({ deletes: theirs.slice(i, i + MAX_INVITES) });
  }
}

/** Whether somebody of this role may have invitations: only of them there is something to end. */
export function mayInviteAs(role: Role | undefined): boolean {
  return role === "moderator" || role === "owner";
}

/** An invitation that anybody may use is not counted: they would all wait for each other. */
function usedOnce({ key }: Document, invite: InviteDocument, now: number): object {
  if (invite.uses === 0) return {};
  return { sets: [{ key, value: { ...invite, used: invite.used + 1 }, expireInMs: invite.expiresAt - now }] };
}

/** What is relied on: that it was not revoked, that nobody else has used it up, that its maker was not put out of the service. */
function withChecks(state: RoomState, checks: NonNullable<Change["checks"]>): RoomState {
  return { ...state, standing: { ...state.standing, checks: [...state.standing.checks, ...checks] } };
}

/** The store forgets late, so both are asked here. */
function isGood({ expiresAt, uses, used }: InviteDocument, now: number): boolean {
  return expiresAt > now && (uses === 0 || used < uses);
}

function refusal(): ChatError {
  return new ChatError("forbidden", "Cannot use this invitation: it does not hold, or not any more");
}

async function hashOf(code: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code))).toHex();
}
