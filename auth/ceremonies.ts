/**
 * The two ceremonies of WebAuthn Level 3 (§7.1, §7.2): a challenge, and a check of what an authenticator signed. The checks are
 * @simplewebauthn/server's; it is loaded with the first ceremony, because it costs an isolate 8 MiB that most never need.
 *
 * @module
 */

import { z } from "zod";
import { documentKey } from "../chat/keys.ts";
import { type ChannelLayer, Stale } from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import type { User } from "../protocol/events.ts";
import { type ChallengeDocument, challengeDocument, type PasskeyDocument } from "./documents.ts";
import type { AuthParts } from "./sessions.ts";
import { base64Url, type Random, randomBytes } from "./tokens.ts";

/** Milliseconds that somebody has for a ceremony: five minutes. */
export const CEREMONY_MS = 5 * 60_000;

const NOT_VERIFIED = "Cannot take this passkey: it was not verified";

const binary = z.base64url().max(16_384);

/** What a browser's `PublicKeyCredential.toJSON()` gives, of either ceremony. What else it holds is not looked at. */
export const passkeyAnswer = z.object({
  id: z.base64url().min(1).max(1_400),
  rawId: z.base64url().min(1).max(1_400),
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: binary,
    /** Of a registration. */
    attestationObject: binary.optional(),
    /** Of a registration. */
    transports: z.array(z.string().max(32)).max(10).optional(),
    /** Of a sign-in. */
    authenticatorData: binary.optional(),
    /** Of a sign-in. */
    signature: binary.optional(),
    /** Of a sign-in. */
    userHandle: z.base64url().max(200).optional(),
  }),
});

/** See {@linkcode passkeyAnswer}. */
export type PasskeyAnswer = z.infer<typeof passkeyAnswer>;

/** Options of `navigator.credentials`, as JSON: `PublicKeyCredential.parse…OptionsFromJSON` reads them. */
export const passkeyOptions = z.looseObject({ challenge: z.string() });

/** See {@linkcode passkeyOptions}. */
export type PasskeyOptions = z.infer<typeof passkeyOptions>;

/** Options of {@linkcode Ceremonies}. */
export interface CeremonyParts extends AuthParts {
  /** The service's origin as browsers see it; undefined: what each request says. */
  readonly publicUrl?: string | undefined;
}

/** What is learned of a passkey as it is made. */
export type NewPasskey = Pick<PasskeyDocument, "id" | "publicKey" | "counter" | "transports" | "rpId" | "isBackedUp">;

/** Challenges, each for one answer, and the check of the answer. */
export class Ceremonies {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;
  readonly #random: Random;
  readonly #publicUrl: string | undefined;

  /**
   * Makes them.
   *
   * @param parts See {@linkcode CeremonyParts}.
   */
  constructor({ layer, now = Date.now, random = randomBytes, publicUrl }: CeremonyParts) {
    this.#layer = layer;
    this.#now = now;
    this.#random = random;
    this.#publicUrl = publicUrl;
  }

  /**
   * Begins a registration.
   *
   * @param user For whom; the id goes into the passkey.
   * @param known Passkeys that they have: an authenticator makes no second one.
   * @param asked The origin that the page says.
   */
  async startRegistration(user: User, known: readonly PasskeyDocument[], asked: string): Promise<PasskeyOptions> {
    const { origin, rpId } = this.#site(asked);
    const challenge = await this.#challenge({ person: user.id, origin });
    const { generateRegistrationOptions } = await load();
    return {
      ...await generateRegistrationOptions({
        rpName: rpId,
        rpID: rpId,
        userName: user.name,
        userDisplayName: user.name,
        userID: new TextEncoder().encode(user.id),
        challenge,
        timeout: CEREMONY_MS,
        // Nobody has to say which make of authenticator they own.
        attestationType: "none",
        excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
        // Kept by the authenticator together with the owner, and opened by them, not by whoever holds it: it replaces name and password.
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        supportedAlgorithmIDs: [-8, -7, -257],
      }),
    };
  }

  /**
   * Checks a registration.
   *
   * @param person Who began it.
   * @throws {ChatError} `unauthorized`, `bad_request`.
   */
  async finishRegistration(person: string, answer: PasskeyAnswer, asked: string): Promise<NewPasskey> {
    const { origin, rpId } = this.#site(asked);
    const { clientDataJSON, attestationObject = "", transports = [] } = answer.response;
    const challenge = await this.#use(clientDataJSON, origin, person);
    const { verifyRegistrationResponse } = await load();
    return await verified(async () => {
      await refuseCertificates(attestationObject);
      const { registrationInfo } = await verifyRegistrationResponse({
        response: { ...answer, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: [-8, -7, -257],
      });
      if (registrationInfo === undefined) throw new ChatError("unauthorized", NOT_VERIFIED);
      const { credential: { id, publicKey, counter }, credentialBackedUp } = registrationInfo;
      return { id, publicKey, counter, transports, rpId, isBackedUp: credentialBackedUp };
    });
  }

  /** Begins a sign-in; nobody says whose. */
  async startSignIn(asked: string): Promise<PasskeyOptions> {
    const { origin, rpId } = this.#site(asked);
    const challenge = await this.#challenge({ origin });
    const { generateAuthenticationOptions } = await load();
    const options = { rpID: rpId, challenge, timeout: CEREMONY_MS, userVerification: "required" } as const;
    return { ...await generateAuthenticationOptions(options) };
  }

  /**
   * Checks a sign-in. A counter that did not grow is refused: somebody has a copy.
   *
   * @param passkey The one of the answer's id; undefined: there is none.
   * @returns What the use changes.
   * @throws {ChatError} `unauthorized`, `bad_request`.
   */
  async finishSignIn(
    passkey: PasskeyDocument | undefined,
    answer: PasskeyAnswer,
    asked: string,
  ): Promise<Pick<PasskeyDocument, "counter" | "isBackedUp">> {
    const { origin, rpId } = this.#site(asked);
    const { clientDataJSON, authenticatorData = "", signature = "", userHandle } = answer.response;
    const challenge = await this.#use(clientDataJSON, origin, undefined);
    if (passkey === undefined || passkey.rpId !== rpId) throw new ChatError("unauthorized", NOT_VERIFIED);
    if (userHandle !== undefined && userHandle !== base64Url(new TextEncoder().encode(passkey.person))) {
      throw new ChatError("unauthorized", NOT_VERIFIED);
    }
    const { verifyAuthenticationResponse } = await load();
    return await verified(async () => {
      const response = { clientDataJSON, authenticatorData, signature };
      const { verified: isVerified, authenticationInfo } = await verifyAuthenticationResponse({
        response: { ...answer, response, clientExtensionResults: {} },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpId,
        credential: { id: passkey.id, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
        requireUserVerification: true,
      });
      if (!isVerified) throw new ChatError("unauthorized", NOT_VERIFIED);
      return { counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp };
    });
  }

  async #challenge(given: Pick<ChallengeDocument, "person" | "origin">): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = new Uint8Array(this.#random(32));
    const value: ChallengeDocument = { ...given, expiresAt: this.#now() + CEREMONY_MS };
    const key = documentKey("challenge", base64Url(challenge));
    await this.#layer.commit({ sets: [{ key, value, expireInMs: CEREMONY_MS }] });
    return challenge;
  }

  /** Uses up the challenge that an answer was made for, before anything else is looked at. */
  async #use(clientDataJSON: string, origin: string, person: string | undefined): Promise<string> {
    const challenge = challengeOf(clientDataJSON);
    const key = documentKey("challenge", challenge);
    const [document] = await this.#layer.get([key]);
    const begun = document && challengeDocument.parse(document.value);
    if (
      document === undefined || begun === undefined || begun.expiresAt <= this.#now() || begun.origin !== origin ||
      begun.person !== person
    ) throw lateAnswer();
    try {
      await this.#layer.commit({ checks: [{ key, version: document.version }], deletes: [key] });
    } catch (error) {
      if (error instanceof Stale) throw lateAnswer();
      throw error;
    }
    return challenge;
  }

  #site(asked: string): { origin: string; rpId: string } {
    const url = URL.parse(this.#publicUrl ?? asked);
    const rpId = url?.hostname ?? "";
    // An address is no domain: browsers refuse it (WebAuthn §5.1.3, step 8).
    if (url === null || rpId === "" || rpId.startsWith("[") || /^\d+(\.\d+){3}$/.test(rpId)) {
      throw new ChatError(
        "bad_request",
        "Cannot use passkeys here: open this service by its domain name, or by localhost",
      );
    }
    return { origin: url.origin, rpId };
  }
}

const clientData = z.object({
  challenge: z.base64url().min(43).max(64),
  // Inside another site's page somebody could be led to confirm what they do not see.
  crossOrigin: z.literal(false).optional(),
});

function challengeOf(clientDataJSON: string): string {
  try {
    const json = new TextDecoder().decode(Uint8Array.fromBase64(clientDataJSON, { alphabet: "base64url" }));
    return clientData.parse(JSON.parse(json)).challenge;
  } catch (cause) {
    throw new ChatError("unauthorized", NOT_VERIFIED, { cause });
  }
}

function lateAnswer(): ChatError {
  return new ChatError(
    "unauthorized",
    "Cannot take this passkey: nobody asked for it here, or it came too late. Begin again",
  );
}

/**
 * We ask for no attestation, so an answer with certificates is no browser's; to check them would be to fetch revocation lists from
 * addresses that whoever made the certificates chose.
 */
async function refuseCertificates(attestationObject: string): Promise<void> {
  const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
  const decoded = decodeAttestationObject(Uint8Array.fromBase64(attestationObject, { alphabet: "base64url" }));
  const format = decoded.get("fmt");
  if (format === "none" || (format === "packed" && decoded.get("attStmt").get("x5c") === undefined)) return;
  throw new ChatError("unauthorized", NOT_VERIFIED);
}

function load(): Promise<typeof import("@simplewebauthn/server")> {
  return import("@simplewebauthn/server");
}

/** The library says what is wrong with whose values: a cause to log, nothing to tell. */
async function verified<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw error instanceof ChatError ? error : new ChatError("unauthorized", NOT_VERIFIED, { cause: error });
  }
}
