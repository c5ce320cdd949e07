import type { User } from "./events.ts";

/** The id of whoever has the deployment's own key. */
export const OPERATOR_ID = "operator";

/**
 * Who asks, as proven by a session, a signed token or a key. Made by `auth/`; what it may do is decided in `chat/`.
 */
export interface Caller {
  /** As others see them. */
  readonly user: User;
  /**
   * `guest`: an opaque session, nothing proven. `claimed`: a guest whose name a passkey keeps. `signed`: a host site's token. `bot`: an
   * API key. `operator`: the deployment's own key.
   */
  readonly kind: "guest" | "claimed" | "signed" | "bot" | "operator";
  /** Whether they keep order in every room: an operator, or a signed token with the role `admin`. */
  readonly isAdmin: boolean;
  /** The only rooms that they may use; absent: all that they otherwise may. Parsed names. */
  readonly rooms?: readonly string[];
  /** Which credential proved it; ending it ends the sockets that came with it. Unique, no secret. */
  readonly credential: string;
  /** Milliseconds since 1970 after which the proof no longer holds; absent: until it is revoked. */
  readonly expiresAt?: number;
  /** Nobody's request: an erasure, which takes back what somebody said in archived rooms, too. */
  readonly isErasure?: true;
}
