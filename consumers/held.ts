import type { Batch, Cursor, SubscribeOptions, Subscription } from "../layers/layer.ts";

/** Whose subscriptions they are. */
export interface Taker {
  /** Takes a batch for the consumer. A promise holds the subscription until its turn is over. */
  take(batch: Batch, held: Held): void | Promise<void>;
  /** The layer ended a subscription by itself. */
  ended(cause: unknown): void;
}

/**
 * One subscription of a connection, and who takes its batches: one object and no closures: a closure would keep alive whatever the function
 * that made it has looked at, and thousands of sockets have two of these.
 */
export class Held implements SubscribeOptions {
  /** See `SubscribeOptions`. */
  readonly after?: Cursor;
  /** Whether its batches are wanted. */
  isHeld = true;
  /** Undefined until it is asked for. */
  subscription: Subscription | Promise<Subscription> | undefined;
  readonly #taker: Taker;

  /**
   * Makes one that is not subscribed yet.
   *
   * @param taker Whose it is.
   * @param after Where to read on; undefined: from now on.
   */
  constructor(taker: Taker, after: Cursor | undefined) {
    this.#taker = taker;
    if (after !== undefined) this.after = after;
  }

  /** See `SubscribeOptions`. */
  deliver(batch: Batch): void | Promise<void> {
    return this.#taker.take(batch, this);
  }

  /** See `SubscribeOptions`. */
  ended(cause: unknown): void {
    this.#taker.ended(cause);
  }

  /** Ends it, also while it is still being made. */
  close(): void {
    this.isHeld = false;
    const { subscription } = this;
    if (subscription instanceof Promise) subscription.then((made) => made.close(), () => {});
    else subscription?.close();
  }
}
