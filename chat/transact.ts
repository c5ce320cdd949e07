import {
  type Change,
  type ChannelLayer,
  type LayerEvent,
  type PublishOptions,
  type Receipt,
  Stale,
} from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";

/** Tries before it is given up: each lost race means that somebody else got through. */
const MAX_TRIES = 30;

/** What one try decided to do. */
export type Decision<T> =
  /** Nothing has to be done: it is so already. */
  | { readonly answer: T }
  /** Documents only. */
  | { readonly change: Change; readonly answer: T }
  /** An event, and with it what `options` says. */
  | {
    readonly group: string;
    readonly event: LayerEvent;
    readonly options?: PublishOptions;
    readonly answer: (receipt: Receipt) => T;
  };

/**
 * Does something that depends on documents: reads them, decides, and changes them only if they are still what was read. Loses a
 * race, reads and decides again.
 *
 * @param decide Reads what it needs through the layer and puts every document that it relied on into `checks`. Called again after a lost race.
 * @throws What `decide` throws; {@linkcode ChatError} `unavailable` after 30 lost races.
 */
export async function transact<T>(layer: ChannelLayer, decide: () => Promise<Decision<T>>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      const decision = await decide();
      if ("group" in decision) {
        const { group, event, options } = decision;
        return decision.answer(await layer.publish(group, event, options));
      }
      if ("change" in decision) await layer.commit(decision.change);
      return decision.answer;
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      if (tries === MAX_TRIES) {
        throw new ChatError("unavailable", "Too many change this at once: try again", { cause: error });
      }
      // Those who lost together would meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * tries));
    }
  }
}
