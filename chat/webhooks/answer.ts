/**
 * The little of an HTTP/1.1 answer that a webhook's sender needs (RFC 9112): its status, and when to come again.
 *
 * @module
 */

/** Bytes of an answer that are read; what follows is dropped with the connection. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What came back. */
export interface Answer {
  /** 200 to 999. */
  readonly status: number;
  /** What `Retry-After` asks for, in milliseconds from now, at least 0; absent: nothing that can be read. */
  readonly retryAfterMs?: number;
}

/** A request that got no answer. Its message is meant for the one who chose the URL. */
export class PostError extends Error {
  /** Its class's name. */
  override readonly name = "PostError";
}

/**
 * Reads the final answer's head, and politely what follows up to 64 KiB: a peer that is cut off while it speaks calls it an error.
 *
 * @param connection Closed by the caller; to close it ends the reading.
 * @param now Milliseconds since 1970.
 * @throws {PostError} It is not HTTP/1.1, ends early or is too long.
 */
export async function readAnswer(connection: Pick<Deno.Conn, "read">, now: () => number): Promise<Answer> {
  const reader = new Reader(connection);
  let head: string;
  let status: number;
  do {
    head = await reader.readHead();
    status = Number(/^HTTP\/1\.[01] ([1-9]\d\d)(?: |\r\n|$)/.exec(head)?.[1] ?? "101");
    if (status === 101) throw new PostError("the answer is not HTTP/1.1");
  } while (status < 200);
  await reader.drain(head);
  const retryAfterMs = retryAfterOf(head, now());
  return { status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** What a connection says, one character a byte. */
class Reader {
  readonly #connection: Pick<Deno.Conn, "read">;
  readonly #buffer = new Uint8Array(16 * 1024);
  #unread = "";
  #bytes = 0;

  constructor(connection: Pick<Deno.Conn, "read">) {
    this.#connection = connection;
  }

  /** Everything before the next empty line. */
  async readHead(): Promise<string> {
    for (;;) {
      const end = this.#unread.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end + 4);
        return head;
      }
      if (!await this.#more()) throw new PostError("the answer ended early, or has no end");
    }
  }

  /** Reads to the body's end, as far as it can be told; never throws: the verdict is known, what else is said is not our concern. */
  async drain(head: string): Promise<void> {
    const isWhole = () => {
      const length = fieldOf(head, "content-length");
      if (length !== undefined) return this.#unread.length >= Number(length);
      return fieldOf(head, "transfer-encoding") !== undefined && this.#unread.endsWith("0\r\n\r\n");
    };
    try {
      while (!isWhole() && await this.#more());
    } catch {
      // Cut off in the middle of a body that nobody reads.
    }
  }

  async #more(): Promise<boolean> {
    if (this.#bytes >= MAX_ANSWER_BYTES) return false;
    const read = await this.#connection.read(this.#buffer);
    if (read === null) return false;
    this.#bytes += read;
    this.#unread += String.fromCharCode(...this.#buffer.subarray(0, read));
    return true;
  }
}

function fieldOf(head: string, name: string): string | undefined {
  return new RegExp(`\r\n${name}:[ \t]*([^\r\n]*?)[ \t]*(?:\r\n|$)`, "i").exec(head)?.[1];
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterOf(head: string, now: number): number | undefined {
  const value = fieldOf(head, "retry-after");
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
