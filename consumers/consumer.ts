/**
 * The base of all consumers, by Channels' names: one instance a connection; client frames and layer events one at a time.
 *
 * @example A room, as the article in Channels has it
 * ```ts
 * import { Consumer } from "./consumer.ts";
 * import { z } from "zod";
 *
 * class ChatConsumer extends Consumer<{ message: string }> {
 *   override frame = z.object({ message: z.string() });
 *
 *   override async connect() {
 *     await this.groupAdd(`chat_${this.scope.params["room"]}`);
 *     await this.accept();
 *   }
 *
 *   override async receive({ message }: { message: string }) {
 *     await this.groupSend(`chat_${this.scope.params["room"]}`, { type: "chat.message", message });
 *   }
 *
 *   chat_message(event: { message: string }) {
 *     this.send({ message: event.message });
 *   }
 * }
 * ```
 *
 * @module
 */

import type { z } from "zod";
import { decodeEvent } from "../layers/event.ts";
import type { Batch, ChannelLayer, Entry, LayerEvent, PublishOptions, Receipt } from "../layers/layer.ts";
import { ChatError, wireError } from "../protocol/errors.ts";
import { parseJson, parseWith } from "../protocol/frames.ts";
import { Abuse } from "./abuse.ts";
import { Connection, type ConnectionHandler, type ConnectionParts, type Handshake } from "./connection.ts";
import type { Scope, Upgrade } from "./socket.ts";

/** See the module. `Frame` is what {@linkcode Consumer.receive} takes. */
export class Consumer<Frame = unknown> implements ConnectionHandler {
  /** Groups to join before {@linkcode connect} and to leave after {@linkcode disconnect}. */
  readonly groups: readonly string[] = [];
  /** What a client's frame has to be. Without it `receive` gets what was decoded, unchecked. */
  readonly frame?: z.ZodType<Frame>;
  /** What events of a type have to be, by type; others are taken as they are. */
  readonly events?: Readonly<Record<string, z.ZodType>>;

  #connection: Connection | undefined;
  #layer: ChannelLayer | undefined;
  #channel: string | undefined;
  /** Made with the first refusal: most clients do nothing wrong. */
  #abuse: Abuse | undefined;

  /** Who connects, and to what. */
  get scope(): Scope {
    return this.connection.scope;
  }

  /** The layer itself, for what has no shorthand here. */
  get channelLayer(): ChannelLayer {
    if (this.#layer === undefined) throw new TypeError("Cannot use a consumer before it is connected");
    return this.#layer;
  }

  /** The connection's own channel: what is sent there comes to this consumer alone. Listening begins with the first use. */
  get channelName(): string {
    if (this.#channel === undefined) {
      const channel = this.#channel = this.channelLayer.newChannel();
      const connection = this.connection;
      connection.listen(channel).catch((error) => connection.ended(error));
    }
    return this.#channel;
  }

  /** Called with the handshake: {@linkcode accept}, or {@linkcode close} to deny it with 403. Accepts by default. */
  async connect(): Promise<void> {
    await this.accept();
  }

  /** Called with each frame of the client, decoded and checked. Ignores it by default. */
  receive(_frame: Frame): void | Promise<void> {}

  /**
   * Called once, after an accepted connection has ended.
   *
   * @param _code The close code; 1006 when there was none.
   */
  disconnect(_code: number): void | Promise<void> {}

  /**
   * Accepts the handshake; resolves when the socket is open.
   *
   * @param protocol One of `scope.subprotocols`.
   * @param headers Further headers of the response.
   * @throws {TypeError} It was accepted or denied before.
   */
  accept(protocol?: string, headers?: HeadersInit): Promise<void> {
    return this.connection.accept({
      ...(protocol !== undefined && { protocol }),
      ...(headers !== undefined && { headers }),
    });
  }

  /**
   * Closes the connection; before {@linkcode accept} it denies the handshake with 403.
   *
   * @param code RFC 6455 §7.4 or 4000 to 4999. Default 1000.
   * @param reason At most 123 bytes.
   * @throws {RangeError} No close frame can carry these.
   */
  close(code?: number, reason?: string): void {
    this.connection.close(code, reason);
  }

  /** Sends a value to the client, encoded. Nothing happens when it has gone. */
  send(value: unknown): void {
    this.sendText(this.encode(value));
  }

  /** Sends a frame that is encoded already: once for many sockets. */
  sendText(text: string): void {
    this.connection.send(text);
  }

  /** Joins a group: its events come to the method of their type. Resolves when none can be missed any more. */
  groupAdd(group: string): Promise<void> {
    return this.connection.join(group);
  }

  /** Leaves a group. */
  groupDiscard(group: string): void {
    this.connection.leave(group);
  }

  /** Sends an event to everyone in a group, this consumer too; resolves when it is durable. */
  groupSend(group: string, event: LayerEvent, options?: PublishOptions): Promise<Receipt> {
    return this.channelLayer.publish(group, event, options);
  }

  /** A frame's value. Override it, and {@linkcode encode}, for another codec. @throws {ChatError} `bad_request`. */
  decode(text: string): unknown {
    return parseJson(text);
  }

  /** A value's frame. */
  encode(value: unknown): string {
    return JSON.stringify(value);
  }

  /** Decodes a frame and calls {@linkcode receive}; what the client did wrong is answered. */
  async receiveText(text: string): Promise<void> {
    try {
      const value = this.decode(text);
      // Without a schema the consumer has said that it takes anything.
      await this.receive(this.frame === undefined ? value as Frame : parseWith(value, this.frame));
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.refuse(error);
    }
  }

  /** Answers what the client did wrong, and closes on who does not stop. */
  refuse(error: ChatError): void {
    this.send({ type: "error", error: wireError(error) });
    this.countRefusal(error);
  }

  /** Closes on who does not stop: three bad frames, or a rate limit ignored. For consumers that answer in a way of their own. */
  protected countRefusal(error: ChatError): void {
    const enough = (this.#abuse ??= new Abuse()).count(error);
    if (enough !== undefined) this.close(enough.code, enough.reason);
  }

  /** Calls {@linkcode dispatch} with each event of a batch. Override it to take batches whole. */
  deliver(batch: Batch): void | Promise<void> {
    return this.#dispatchFrom(batch.entries, 0);
  }

  /**
   * Calls the method that an event's type names, `.` as `_`: `chat.message` comes to `chat_message`.
   *
   * @throws {TypeError} There is no such method, or it is not a handler.
   */
  dispatch(event: LayerEvent): void | Promise<void> {
    const handler = findHandler(this, event.type);
    const schema = this.events?.[event.type];
    return handler.call(this, schema === undefined ? event : parsedOnce(event, schema));
  }

  /** The connection, for consumers that speak a protocol of their own. */
  protected get connection(): Connection {
    if (this.#connection === undefined) throw new TypeError("Cannot use a consumer before it is connected");
    return this.#connection;
  }

  /**
   * Takes a handshake. One consumer serves one connection.
   *
   * @param scope Who connects, and to what.
   * @param upgrade Makes the socket.
   * @param parts What all connections share.
   */
  handshake(scope: Scope, upgrade: Upgrade, parts: ConnectionParts): Promise<Handshake> {
    if (this.#connection !== undefined) throw new TypeError("Cannot connect a consumer twice: make one a connection");
    this.#layer = parts.layer;
    this.#connection = new Connection(this, scope, parts);
    return this.#connection.handshake(upgrade, this.groups);
  }

  /** One event after another, without a promise where no handler makes one: then the next batch need not wait. */
  #dispatchFrom(entries: readonly Entry[], from: number): void | Promise<void> {
    for (let i = from; i < entries.length; i++) {
      const entry = entries[i];
      const done = entry && this.dispatch(decodedOnce(entry));
      if (done !== undefined) return done.then(() => this.#dispatchFrom(entries, i + 1));
    }
  }
}

type Handler = (event: unknown) => void | Promise<void>;

function findHandler(consumer: object, type: string): Handler {
  const name = type.replaceAll(".", "_");
  // What a consumer has from its base is no handler: an event must not be able to call `close`.
  const isOwn = !name.startsWith("_") && !(name in Consumer.prototype);
  const handler: unknown = isOwn ? Reflect.get(consumer, name) : undefined;
  if (typeof handler !== "function") {
    throw new TypeError(`Cannot dispatch an event of type ${JSON.stringify(type)}: there is no handler ${name}`);
  }
  // It takes what its author says that events of this type are.
  return handler as Handler;
}

// Entries are the same objects for all subscribers of an isolate, so each is decoded and checked once for all of them.
const decoded = new WeakMap<Entry, LayerEvent>();
const parsed = new WeakMap<LayerEvent, { schema: z.ZodType; value: unknown }>();

function decodedOnce(entry: Entry): LayerEvent {
  let event = decoded.get(entry);
  if (event === undefined) decoded.set(entry, event = decodeEvent(entry.json));
  return event;
}

function parsedOnce(event: LayerEvent, schema: z.ZodType): unknown {
  const known = parsed.get(event);
  if (known?.schema === schema) return known.value;
  const value = schema.parse(event);
  parsed.set(event, { schema, value });
  return value;
}
