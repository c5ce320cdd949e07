import type { Reply } from "../../static/client/frames.js";
import type { Request } from "../../static/client/requests.js";

/** A request that waits for what the test answers. */
export interface Asked {
  readonly fields: Request;
  readonly reply: (reply: Reply) => void;
}

/** The part of a connection that rooms and messages see: requests, answered by the test. */
export class FakeRequests {
  /** All of them, oldest first. */
  readonly asked: Asked[] = [];

  readonly request = (fields: Request, reply: (reply: Reply) => void): void => {
    this.asked.push({ fields, reply });
  };

  /** What was asked, oldest first. */
  get fields(): Request[] {
    return this.asked.map(({ fields }) => fields);
  }

  /** Answers the newest request. */
  ok(ok: Record<string, unknown>): void {
    this.#last().reply({ kind: "ok", ok });
  }

  /** Refuses the newest request. */
  refuse(code: string, retryAfterMs?: number): void {
    const error = { code, message: "no", ...(retryAfterMs !== undefined && { retryAfterMs }) };
    this.#last().reply({ kind: "error", error });
  }

  #last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error("Nothing was asked");
    return last;
  }
}
