import { type ChannelLayer, LayerUnavailable } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";

/** What a {@linkcode failingLayer} answers with when it fails. */
export type Failure = "unavailable" | "fault";

/** A memory layer whose backend can be taken away: everything that asks it rejects. */
export function failingLayer(): { readonly layer: ChannelLayer; fail(how: Failure | undefined): void } {
  let failure: Failure | undefined;
  const memory = createMemoryLayer();
  const asking: readonly string[] = ["publish", "read", "commit", "get", "list", "subscribe", "trim", "ping"];
  const layer = new Proxy(memory, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (failure === undefined || !asking.includes(String(name))) return value.bind(target);
      const error = failure === "unavailable" ? new LayerUnavailable("The disk is full") : new Error("secret-1234");
      return () => Promise.reject(error);
    },
  });
  return { layer, fail: (how) => void (failure = how) };
}
