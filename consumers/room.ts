import { z } from "zod";
import type { RateLimit } from "../chat/rate_limit.ts";
import { groupOf, type Rooms } from "../chat/rooms.ts";
import { type MessageEvent, messageEvent, typingEvent } from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";
import { Consumer } from "./consumer.ts";

const frame = z.strictObject({ message: z.string() });

/** What a {@linkcode RoomConsumer} needs. */
export interface RoomConsumerParts {
  /** Where messages go. */
  readonly rooms: Rooms;
  /** How fast one may send. */
  readonly sendLimit: RateLimit;
}

/** A room for any WebSocket client: `ChatConsumer` of the seeds `003…` and `004…`, on a room that `maru.v1` shares. */
export class RoomConsumer extends Consumer<z.infer<typeof frame>> {
  /** Checks frames. */
  override readonly frame = frame;
  /** Checks the room's events. */
  override readonly events = { message: messageEvent, typing: typingEvent };
  readonly #parts: RoomConsumerParts;
  #room = "";

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
    await this.groupAdd(groupOf(this.#room));
    await this.accept();
  }

  /** Says it in the room. */
  override async receive({ message }: z.infer<typeof frame>): Promise<void> {
    const { user } = this.scope;
    this.#parts.sendLimit.take(user.id);
    await this.#parts.rooms.send(this.#room, user, { text: message });
  }

  /** A message of the room, from a socket of either mode or from HTTP. */
  message(event: MessageEvent): void {
    this.sendText(plainFrame(event));
  }

  /** Plain mode has no frame for it. */
  typing(): void {}
}

// The same event object comes to every socket of a room, so its frame is made once for all of them.
const frames = new WeakMap<MessageEvent, string>();

function plainFrame(event: MessageEvent): string {
  let text = frames.get(event);
  if (text === undefined) {
    frames.set(event, text = JSON.stringify({ message: event.text, user: event.user.name }));
  }
  return text;
}
