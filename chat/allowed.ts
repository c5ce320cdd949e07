import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { RoomInfo } from "../protocol/events.ts";
import { type Action, may, require } from "./permissions.ts";
import type { Standing, Standings } from "./standings.ts";
import type { Decision } from "./transact.ts";

/** What it takes to say something in a room. */
export function writeAction({ write }: RoomInfo): Action {
  return write === "moderators" ? "writeModerated" : "write";
}

/**
 * What somebody is in a room, if that is enough. Nobody is refused for what they were a moment ago: before a refusal it is read anew.
 *
 * @param actions What they want to do, all of it.
 * @param isFresh Whether to read it anew at once. Otherwise put the standing's `checks` into the change that relies on it.
 * @throws {ChatError} `forbidden`.
 */
export async function allowed(
  standings: Standings,
  caller: Caller,
  room: string,
  actions: (room: RoomInfo) => readonly Action[],
  isFresh = false,
): Promise<Standing> {
  if (!isFresh) {
    const standing = await standings.find(caller, room);
    if (actions(standing.room).every((action) => may(action, standing))) return standing;
  }
  const standing = await standings.find(caller, room, true);
  for (const action of actions(standing.room)) require(action, standing);
  return standing;
}

/**
 * Decides by what this isolate knows, as a commit checks it in the end. What no commit checks, that it is so already or that it cannot be, is
 * decided once more by what is so: whoever was put out of a room is told nothing of it any more, not even how many gave an emoji.
 *
 * @param decide Given whether to read everything anew.
 * @returns What `transact` takes.
 */
export function decidingAnew<T>(decide: (isFresh: boolean) => Promise<Decision<T>>): () => Promise<Decision<T>> {
  let isFresh = false;
  return async () => {
    if (!isFresh) {
      isFresh = true;
      try {
        const decision = await decide(false);
        if ("group" in decision || "change" in decision) return decision;
      } catch (error) {
        if (!(error instanceof ChatError) || error.code === "unavailable") throw error;
      }
    }
    return await decide(true);
  };
}
