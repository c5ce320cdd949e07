import { z } from "zod";
import type { Authenticator } from "../auth/authenticator.ts";
import { claimName } from "../auth/names.ts";
import { allowed } from "../chat/allowed.ts";
import { addressName, type Limits } from "../chat/limits.ts";
import { personGroup, roomGroup } from "../chat/keys.ts";
import { require } from "../chat/permissions.ts";
import type { LayerEvent } from "../layers/layer.ts";
import type { Service } from "../operations/service.ts";
import type { Caller } from "../protocol/caller.ts";
import { CLOSE } from "../protocol/close_codes.ts";
import {
  type EndedEvent,
  endedEvent,
  type MemberEvent,
  memberEvent,
  type MessageEvent,
  messageEvent,
} from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";
import { Consumer } from "./consumer.ts";

const frame = z.strictObject({ message: z.string() });

/** `setTimeout` takes no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What a {@linkcode RoomConsumer} needs. */
export interface RoomConsumerParts {
  /** What may be done in rooms. */
  readonly service: Pick<Service, "members" | "messages" | "standings">;
  /** Who is asking. */
  readonly authenticator: Pick<Authenticator, "findByHeaders">;
  /** How fast one may send. */
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A room for any WebSocket client: `ChatConsumer` of the seeds `003…` and `004…`, on a room that `maru.v1` shares. Who is signed in
 * (a cookie, a header of the handshake) comes in as a member; others are guests for as long as they are connected, in public rooms only.
 */
export class RoomConsumer extends Consumer<z.infer<typeof frame>> {
  /** Checks frames. */
  override readonly frame = frame;
  /** Checks the room's events. */
  override readonly events = { message: messageEvent, member: memberEvent, ended: endedEvent };
  readonly #parts: RoomConsumerParts;
  #room = "";
  #expiry: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes the consumer of one connection.
   *
   * @param parts See {@linkcode RoomConsumerParts}.
   */
  constructor(parts: RoomConsumerParts) {
    super();
    this.#parts = parts;
  }

  /** Joins the room, then accepts. */
  override async connect(): Promise<void> {
    this.#room = parseRoomName(this.scope.params["room"] ?? "");
    const { members, standings } = this.#parts.service;
    const { caller, user } = this.scope;
    if (caller === undefined) {
      // A name of the URL is asked for like any other: nobody comes as somebody else, or as the operator.
      await claimName(this.channelLayer, user.name, user.id);
      const visitor: Caller = { user, kind: "guest", isAdmin: false, credential: "" };
      await allowed(standings, visitor, this.#room, () => ["read"], true);
    } else {
      require("read", await members.enter(caller, this.#room));
      await this.groupAdd(personGroup(caller.user.id));
    }
    await this.groupAdd(roomGroup(this.#room));
    if (caller !== undefined) {
      // Asked again: what ended before we listened is only to be seen now.
      await this.#parts.authenticator.findByHeaders(this.scope.headers);
      require("read", await standings.find(caller, this.#room, true));
    }
    await this.accept();
    this.#endWith(caller);
  }

  /** Lets the timer go. */
  override disconnect(): void {
    clearTimeout(this.#expiry);
  }

  /** Says it in the room. */
  override async receive({ message: text }: z.infer<typeof frame>): Promise<void> {
    const { user, caller } = this.scope;
    const { limits, service } = this.#parts;
    limits.take("address", addressName(this.scope.address), "send");
    limits.take("person", user.id, "send");
    if (caller === undefined) await service.messages.sendOpen(user, this.#room, text);
    else await service.messages.send(caller, this.#room, { text });
  }

  /** Plain mode has frames for messages only; whatever else happens in a room, and whatever will, is not for it. */
  override dispatch(event: LayerEvent): void | Promise<void> {
    if (event.type === "message" || event.type === "member" || event.type === "ended") return super.dispatch(event);
  }

  /** A message of the room, from a socket of either mode or from HTTP. */
  message(event: MessageEvent): void {
    if (event.text !== undefined) this.sendText(plainFrame(event, event.text));
  }

  /** Who is out of the room hears no more of it. */
  member({ member, change }: MemberEvent): void {
    if (member.id !== this.scope.user.id) return;
    if (change === "kicked" || change === "banned" || change === "left") this.close(CLOSE.ended, change);
  }

  /** The socket ends with its proof: a host site's token that nothing here can refresh. */
  #endWith(caller: Caller | undefined): void {
    if (caller?.expiresAt === undefined) return;
    const leftMs = caller.expiresAt - this.#parts.now();
    if (leftMs > MAX_TIMER_MS) return;
    this.#expiry = setTimeout(() => this.close(CLOSE.expired, "The token has expired"), Math.max(0, leftMs));
  }

  /** The session or the key that this socket came with is over. */
  ended({ credential, why }: EndedEvent): void {
    if (credential !== undefined && credential !== this.scope.caller?.credential) return;
    this.close(why === "banned" ? CLOSE.banned : CLOSE.ended, why);
  }
}

// The same event object comes to every socket of a room, so its frame is made once for all of them.
const frames = new WeakMap<MessageEvent, string>();

function plainFrame(event: MessageEvent, message: string): string {
  let text = frames.get(event);
  if (text === undefined) frames.set(event, text = JSON.stringify({ message, user: event.user.name }));
  return text;
}
