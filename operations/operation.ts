/**
 * Everything that a client can ask, once: an operation has a name, a place in HTTP, schemas, and what it does. `maru.v1`, `/v1` and
 * `/openapi.json` are made of the same table (`operations/table.ts`).
 *
 * - On a socket it is the request `{"id", "type": <type>, ...input}`, answered `{"id", "ok": output}`.
 * - On HTTP `:parts` of the path, the query (GET, DELETE) or the JSON body (POST, PUT, PATCH) together are the input; the answer is the output,
 *   without `isNew`, which its status says (201 or 200).
 *
 * @module
 */

import { z } from "zod";
import type { Cost } from "../chat/limits.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError, type ErrorCode } from "../protocol/errors.ts";
import type { Service } from "./service.ts";

/** Who asks, and from where. */
export interface Call<Who extends Caller | undefined = Caller | undefined> {
  /** Who asks; undefined: nobody has said. */
  readonly caller: Who;
  /** The peer's address; `""` where it is not known. */
  readonly address: string;
  /** The service's own origin as this client sees it, e.g. `https://chat.example`; `""` on a socket without `Origin`. */
  readonly origin: string;
}

/** An output that is JSON already, as events in a log are: both transports put it out as it is. */
export class Encoded {
  /** One JSON object. */
  readonly json: string;
  /** What the output's `isNew` would say. */
  readonly isNew?: boolean;

  /**
   * Marks a text as JSON.
   *
   * @param json One JSON object that the operation's output schema would take.
   * @param isNew Whether HTTP answers 201 where the operation's status is that.
   */
  constructor(json: string, isNew?: boolean) {
    this.json = json;
    if (isNew !== undefined) this.isNew = isNew;
  }
}

/** What every operation says of itself. */
interface Description<Input extends object, Output> {
  /** Its name: a request's `type`, and OpenAPI's `operationId`. `snake_case`. */
  readonly type: string;
  /** HTTP's method. */
  readonly method: "get" | "put" | "post" | "patch" | "delete";
  /** HTTP's path; `:name` is the input of that name. */
  readonly path: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** Where it stands in the documentation. */
  readonly tag: "people" | "rooms" | "messages" | "presence" | "moderation" | "webhooks" | "service";
  /** What it takes: a strict object. Numbers and booleans that come from a query are strings: use `z.coerce`. */
  readonly input: z.ZodType<Input>;
  /** What it answers. */
  readonly output: z.ZodType<Output>;
  /** Codes that it may refuse with, beside those of every operation: bad_request, unauthorized, rate_limited, internal, unavailable. */
  readonly errors: readonly ErrorCode[];
  /** HTTP's status when all went well. Default 200; 201 when the output's `isNew` is not false; 204: no body. */
  readonly status?: 200 | 201 | 204;
  /** Which limit it counts for (`chat/limits.ts`): `read` is cheap, `write` changes something, `send` is a message, `costly` (search, export, sign-in) is rare. */
  readonly cost: Cost;
  /** Whether it is where a session begins, whose `token` the output holds, or ends: HTTP sets or clears the cookie. */
  readonly session?: "starts" | "ends";
  /** Where it can be asked. Default both. */
  readonly only?: "http" | "socket";
}

/** An operation as the transports see it. */
export interface Operation<Input extends object = object, Output = unknown> extends Description<Input, Output> {
  /** Whether somebody has to be signed in. */
  readonly isOpen: boolean;
  /** Does it. Refuses (`unauthorized`) a call without a caller unless it is open. */
  run(service: Service, call: Call, input: Input): Promise<Output | Encoded>;
}

/** An operation for those who have said who they are. */
export function operation<Input extends object, Output>(
  given: Description<Input, Output> & {
    run(service: Service, call: Call<Caller>, input: Input): Promise<Output | Encoded>;
  },
): Operation<Input, Output> {
  return {
    ...given,
    isOpen: false,
    run(service, call, input) {
      const { caller } = call;
      if (caller === undefined) throw new ChatError("unauthorized", `Cannot ${given.type} before you say who you are`);
      return given.run(service, { ...call, caller }, input);
    },
  };
}

/** An operation for anybody. */
export function openOperation<Input extends object, Output>(
  given: Description<Input, Output> & {
    run(service: Service, call: Call, input: Input): Promise<Output | Encoded>;
  },
): Operation<Input, Output> {
  return { ...given, isOpen: true };
}

const nothing = z.object({});

/** An operation of which nothing is told but that it was done: `{}` on a socket, 204 on HTTP. */
export function command<Input extends object>(
  { run, ...given }: Omit<Description<Input, z.infer<typeof nothing>>, "output" | "status"> & {
    run(service: Service, call: Call<Caller>, input: Input): Promise<unknown>;
  },
): Operation<Input, z.infer<typeof nothing>> {
  return operation({
    ...given,
    output: nothing,
    status: 204,
    async run(service, call, input) {
      await run(service, call, input);
      return {};
    },
  });
}
