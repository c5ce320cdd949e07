import { assert, assertEquals } from "@std/assert";
import type { WebSocketCommunicator } from "../../testing/websocket_communicator.ts";

// deno-lint-ignore no-explicit-any -- what comes is whatever the test says that it is
type Json = any;

/** A client of `maru.v1` that tells answers from what the server says unasked. */
export class SessionClient {
  /** Everything that came, in order. */
  readonly frames: Json[] = [];
  readonly socket: WebSocketCommunicator;
  readonly #answers = new Map<unknown, Json>();
  readonly #unasked: Json[] = [];
  #lastId = 0;

  constructor(socket: WebSocketCommunicator) {
    this.socket = socket;
  }

  /** Sends a request and does not wait; returns its id. */
  post(request: object): number {
    const id = ++this.#lastId;
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

  /** Waits until so many events of a room have come, unasked; returns them. */
  async events(room: string, count: number): Promise<Json[]> {
    const events: Json[] = [];
    while (events.length < count) {
      const frame = await this.unasked();
      assertEquals([frame.type, frame.room], ["events", room], JSON.stringify(frame));
      events.push(...frame.events);
    }
    return events;
  }

  /** Whether nothing comes that was not taken yet. What is to come in this turn of the event loop has come then. */
  async isQuiet(): Promise<boolean> {
    return this.#unasked.length === 0 && this.#answers.size === 0 && await this.socket.receiveNothing(20);
  }

  async #take(): Promise<void> {
    const frame = await this.socket.receiveJson();
    this.frames.push(frame);
    if ("id" in frame) {
      assert(!("type" in frame), `[V1] an answer has no type: ${JSON.stringify(frame)}`);
      assert(!this.#answers.has(frame.id), `${frame.id} was answered twice`);
      this.#answers.set(frame.id, frame);
    } else {
      assert(typeof frame.type === "string", `[V1] what is said unasked has a type: ${JSON.stringify(frame)}`);
      this.#unasked.push(frame);
    }
  }
}
