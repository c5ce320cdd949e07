import type { ChannelLayer } from "../layers/layer.ts";
import { Authenticator } from "./authenticator.ts";
import { Bans } from "./bans.ts";
import { Bots } from "./bots.ts";
import { forgetPerson } from "./forget.ts";
import type { Origins } from "./origins.ts";
import { Passkeys } from "./passkeys.ts";
import { People } from "./people.ts";
import { Sessions } from "./sessions.ts";
import { createSigned, type SignedOptions } from "./signed.ts";
import type { Random } from "./tokens.ts";

/** Options of {@linkcode createAuth}. */
export interface AuthOptions {
  /** Holds the documents, and tells sockets. */
  readonly layer: ChannelLayer;
  /** Whose pages may act for somebody by their cookie. */
  readonly origins: Origins;
  /** The operator's own key, at least 32 characters; undefined: there is no operator. */
  readonly apiKey?: string | undefined;
  /** How a host site's tokens are checked; undefined: there is no host site. */
  readonly signed?: SignedOptions | undefined;
  /** The service's origin as browsers see it; undefined: what each request says. */
  readonly publicUrl?: string | undefined;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Random bytes. Default the platform's. */
  readonly random?: Random;
}

/** Who people are, and how they prove it. */
export interface Auth {
  /** Who asks. */
  readonly authenticator: Authenticator;
  /** Who was ever here. */
  readonly people: People;
  /** Sessions. */
  readonly sessions: Sessions;
  /** Passkeys. */
  readonly passkeys: Passkeys;
  /** Bots. */
  readonly bots: Bots;
  /** Who is kept out. */
  readonly bans: Bans;
  /** See {@linkcode forgetPerson}. */
  forget(person: string, isLast: boolean): Promise<void>;
}

/**
 * Makes all of it.
 *
 * @param options See {@linkcode AuthOptions}.
 */
export function createAuth({ origins, apiKey, signed, publicUrl, ...parts }: AuthOptions): Auth {
  const [people, sessions, bots] = [new People(parts), new Sessions(parts), new Bots(parts)];
  const bans = new Bans({ ...parts, people, sessions });
  const authenticator = new Authenticator({
    layer: parts.layer,
    people,
    sessions,
    bots,
    bans,
    signed: signed && createSigned({ ...parts.now && { now: parts.now }, ...signed }),
    apiKey,
    origins,
  });
  const forgetParts = { layer: parts.layer, sessions, now: parts.now ?? Date.now };
  return {
    authenticator,
    people,
    sessions,
    bots,
    bans,
    passkeys: new Passkeys({ ...parts, publicUrl, sessions, bans }),
    forget: (person, isLast) => forgetPerson(forgetParts, person, isLast),
  };
}
