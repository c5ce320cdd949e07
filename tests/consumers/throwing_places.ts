/** Where and how to throw. */
export const PLACES = [
  "construct",
  "connect before accept",
  "connect after accept",
  "connect while it opens",
  "receive",
  "frame",
  "handler",
  "channel",
  "disconnect",
  "encode",
  "close",
] as const;

/** In which way. */
export const WAYS = ["sync", "async", "later", "odd", "null"] as const;
