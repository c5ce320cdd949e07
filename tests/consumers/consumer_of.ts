import { Consumer } from "../../consumers/consumer.ts";

/** What a consumer may differ in. */
type Parts = Partial<Pick<Consumer, "connect" | "receive" | "disconnect" | "groups" | "frame" | "events">>;

/** A consumer made of what differs from the base; further functions are handlers of events. */
// deno-lint-ignore no-explicit-any -- a handler takes what its test publishes
export function consumerOf(parts: Parts & Record<string, any> & ThisType<Consumer>): Consumer {
  return Object.assign(new Consumer(), parts);
}
