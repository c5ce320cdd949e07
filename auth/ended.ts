import { personGroup } from "../chat/keys.ts";
import type { AlsoEntry, Change, ChannelLayer } from "../layers/layer.ts";
import type { PersonEvent } from "../protocol/events.ts";

/** Why a credential ended. */
export type EndedWhy = Extract<PersonEvent, { type: "ended" }>["why"];

/** What ended. */
export interface Ended {
  /** Whose. */
  readonly person: string;
  /** Which credential; undefined: all of theirs. */
  readonly credential?: string | undefined;
  /** Why. */
  readonly why: EndedWhy;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Ends credentials and says so, in one step: the sockets that came with them close, on every isolate. Transient, because a socket that
 * comes later reads the documents.
 *
 * @param change What ends them.
 * @param also What is written down of it.
 * @throws {ChatError} `unavailable`; {@linkcode Stale}.
 */
export async function publishEnded(
  layer: ChannelLayer,
  { person, credential, why, at }: Ended,
  change: Change = {},
  also: readonly AlsoEntry[] = [],
): Promise<void> {
  const event: PersonEvent = { type: "ended", at, ...(credential !== undefined && { credential }), why };
  await layer.publish(personGroup(person), event, { transient: true, change, also });
}
