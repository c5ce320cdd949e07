/**
 * Name → adapter.
 *
 * @module
 */

import type { AdapterName } from "../plan.ts";
import type { Adapter } from "./adapter.ts";
import { bare } from "./bare.ts";
import { maruPlain } from "./maru_plain.ts";
import { createMaruV1 } from "./maru_v1.ts";
import { socketIo } from "./socket_io.ts";

/** The adapter of this name. `run` as in {@linkcode createMaruV1}. */
export function adapterOf(name: AdapterName, run: string): Adapter {
  switch (name) {
    case "maru_v1":
      return createMaruV1(run);
    case "maru_plain":
      return maruPlain;
    case "bare":
      return bare;
    case "socket_io":
      return socketIo;
    default:
      return name satisfies never;
  }
}
