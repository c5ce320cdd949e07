import { assert, assertEquals } from "@std/assert";
import type { WebSocketCommunicator } from "../../testing/websocket_communicator.ts";

// deno-lint-ignore no-explicit-any -- what comes is whatever the test says that it is
type Json = any;

/** A client of `maru.v1` that tells answers from what the server says unasked, and checks of each room that nothing is missing [V19]. */
export class SessionClient {
  /** Everything that came, in order. */
  readonly frames: Json[] = [];
  readonly socket: WebSocketCommunicator;
  readonly #answers = new Map<unknown, Json>();
  readonly #unasked: Json[] = [];
  /** Rooms of joins and leaves that are not answered yet. */
  readonly #asked = new Map<unknown, { readonly type: string; readonly room: string }>();
  /** The cursor that is held of each room that is open here. */
  readonly #heads = new Map<string, string>();
  #lastId = 0;

  constructor(socket: WebSocketCommunicator) {
    this.socket = socket;
  }

  /** Sends a request and does not wait; returns its id. */
  post(request: object): number {
    const id = ++this.#lastId;
    const { type, room }: Json = request;
    if (type === "join" || type === "leave") this.#asked.set(id, { type, room: String(room).normalize("NFC") });
    this.socket.sendJson({ id, ...request });
    return id;
  }

  /** Sends a request and waits for its answer. */
  ask(request: object): Promise<Json> {
    return this.answer(this.post(request));
  }

  /** Sends a request, which must be answered `ok`. */
  async ok(request: object): Promise<Json> {
    const answer = await this.ask(request);
    assert("ok" in answer, `${JSON.stringify(request)} was answered ${JSON.stringify(answer)}`);
    return answer.ok;
  }

  /** Sends a request, which must be refused with a code. */
  async refused(request: object, code: string): Promise<Json> {
    const answer = await this.ask(request);
    assertEquals(
      answer.error?.code,
      code,
      `${JSON.stringify(request).slice(0, 100)} was answered ${JSON.stringify(answer)}`,
    );
    return answer.error;
  }

  /** Waits for the answer to a request. */
  async answer(id: unknown): Promise<Json> {
    while (!this.#answers.has(id)) await this.#take();
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    return answer;
  }

  /** Waits for what the server says unasked. */
  async unasked(): Promise<Json> {
    while (this.#unasked.length === 0) await this.#take();
    return this.#unasked.shift();
  }

  /**
   * Waits until so many events of a room have come, unasked; returns them. What else happens in that room in between is left out, and
   * who is here, too.
   *
   * @param types Which events. Default: messages.
   */
  async events(room: string, count: number, types: readonly string[] = ["message"]): Promise<Json[]> {
    const events: Json[] = [];
    while (events.length < count) {
      const frame = await this.unasked();
      if (frame.type === "people") continue;
      assertEquals([frame.type, frame.room], ["events", room], JSON.stringify(frame));
      events.push(...frame.events.filter(({ type }: { type: string }) => types.includes(type)));
    }
    return events;
  }

  /** Waits for the next thing said unasked that is no `events` frame. */
  async notice(): Promise<Json> {
    for (;;) {
      const frame = await this.unasked();
      if (frame.type !== "events") return frame;
    }
  }

  /**
   * Whether nothing comes that was not taken yet, but for people who come in and go. What is to come in this turn of the event loop has
   * come then.
   */
  async isQuiet(): Promise<boolean> {
    while (!await this.socket.receiveNothing(20)) await this.#take();
    const isNews = ({ type, events }: Json) =>
      type !== "events" || events.some((event: Json) => event.type !== "member");
    return !this.#unasked.some(isNews) && this.#answers.size === 0;
  }

  async #take(): Promise<void> {
    const frame = await this.socket.receiveJson();
    this.frames.push(frame);
    if ("id" in frame) {
      assert(!("type" in frame), `[V1] an answer has no type: ${JSON.stringify(frame)}`);
      assert(!this.#answers.has(frame.id), `${frame.id} was answered twice`);
      this.#answers.set(frame.id, frame);
      this.#follow(frame);
    } else {
      assert(typeof frame.type === "string", `[V1] what is said unasked has a type: ${JSON.stringify(frame)}`);
      this.#unasked.push(frame);
      if (frame.type === "events") this.#check(frame);
      if (frame.type === "removed") this.#heads.delete(frame.room);
    }
  }

  /** An answer to a join says where a room begins, one to a leave that nothing more comes of it. */
  #follow({ id, ok }: Json): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked === undefined || ok === undefined) return;
    if (asked.type === "join") this.#heads.set(ok.room.name, ok.head);
    else this.#heads.delete(asked.room);
  }

  #check(frame: Json): void {
    const { room, prev, events } = frame;
    assert(this.#heads.has(room), `[V17] [V26] events of a room that is not open here: ${JSON.stringify(frame)}`);
    assertEquals(prev, this.#heads.get(room), `[V19] a gap in ${room}`);
    assert(events.length > 0, "an empty batch");
    this.#heads.set(room, events.at(-1).cursor);
  }
}
