import type { Listening } from "../testing/listening.ts";

/** One event of a stream. */
export interface Said {
  readonly id?: string;
  readonly event: string;
  readonly data: { readonly cursor?: string; readonly text?: string; readonly head?: string };
}

/** A reader as a browser's EventSource is one. */
export class Reader implements AsyncDisposable {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  readonly events: Said[] = [];
  lastId = "";
  comments = 0;
  hasEnded = false;
  #unread = "";

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(at: Listening, options: { lastId?: string; query?: string } = {}): Promise<Reader> {
    const abort = new AbortController();
    const response = await fetch(`http://127.0.0.1:${at.port}/v1/rooms/lobby/stream${options.query ?? ""}`, {
      headers: options.lastId ? { "last-event-id": options.lastId } : {},
      signal: abort.signal,
    });
    return new Reader(response, abort);
  }

  /** Reads until something holds, or the stream ends. */
  async until(isEnough: (reader: Reader) => boolean): Promise<void> {
    while (!isEnough(this) && !this.hasEnded) {
      const { done, value = "" } = await this.#reader.read();
      this.hasEnded = done;
      this.#unread += value;
      const blocks = this.#unread.split("\n\n");
      this.#unread = blocks.pop() ?? "";
      for (const block of blocks) this.#take(block);
    }
  }

  /** Whole, or cut in the middle of what comes. */
  async [Symbol.asyncDispose]() {
    this.#abort.abort();
    await this.#reader.cancel().catch(() => {});
  }

  #take(block: string): void {
    const fields = block.split("\n").map((line) => /^([a-z]*):? ?(.*)$/.exec(line) ?? []);
    const field = (name: string) => fields.find(([, found]) => found === name)?.[2];
    if (block.startsWith(":")) this.comments++;
    const [id, event, data] = [field("id"), field("event"), field("data")];
    if (id !== undefined) this.lastId = id;
    if (event !== undefined) this.events.push({ event, data: JSON.parse(data ?? ""), ...(id !== undefined && { id }) });
  }
}
