/**
 * Passkeys: the two ceremonies of WebAuthn Level 3, with the service on one side and the person's device on the other.
 * @module
 */

import { isRecord } from "../client/records.js";
import { fromBase64Url, toBase64Url } from "../ui/base64url.js";
import { askHttp } from "./http.js";

/** @typedef {{token: string, name: string}} SignedIn */

/**
 * Makes a passkey for whoever is signed in.
 * @param {string | undefined} token who asks
 * @returns {Promise<void>} rejects with the protocol's error; with `cancelled` when the person or the device did not want to; with
 *   `passkey_there` when the device has one
 */
export async function makePasskey(token) {
  const { options } = await askHttp({ method: "POST", path: "/v1/passkeys/registration", token, input: {} });
  const credential = await confirm(() => navigator.credentials.create({ publicKey: readCreation(options) }));
  await askHttp({ method: "POST", path: "/v1/passkeys", token, input: { answer: writeAnswer(credential) } });
}

/**
 * Signs in with a passkey that the person chooses.
 * @returns {Promise<SignedIn>} rejects as makePasskey() does
 */
export async function signInWithPasskey() {
  const { options } = await askHttp({ method: "POST", path: "/v1/passkeys/sign-in", input: {} });
  const credential = await confirm(() => navigator.credentials.get({ publicKey: readRequest(options) }));
  const { user, token } = await askHttp({
    method: "POST",
    path: "/v1/passkeys/session",
    input: { answer: writeAnswer(credential) },
  });
  if (!isRecord(user)) throw refusal("internal");
  return { token: String(token), name: String(user.name) };
}

/**
 * @param {() => Promise<Credential | null>} ceremony
 * @returns {Promise<PublicKeyCredential>}
 */
async function confirm(ceremony) {
  try {
    const credential = await ceremony();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    if (error instanceof DOMException && error.name === "InvalidStateError") throw refusal("passkey_there");
  }
  throw refusal("cancelled");
}

/** @param {string} code */
function refusal(code) {
  return { code, message: "" };
}

/**
 * Reads the service's options (PublicKeyCredentialCreationOptionsJSON).
 * @param {unknown} options
 * @returns {PublicKeyCredentialCreationOptions}
 */
function readCreation(options) {
  const { user, challenge, excludeCredentials, ...rest } = recordOf(options);
  const { id, ...owner } = recordOf(user);
  // Safe: the service's documentation says what the rest is, and the browser looks at it again.
  return /** @type {PublicKeyCredentialCreationOptions} */ (/** @type {unknown} */ ({
    ...rest,
    challenge: fromBase64Url(String(challenge)),
    user: { ...owner, id: fromBase64Url(String(id)) },
    excludeCredentials: readDescriptors(excludeCredentials),
  }));
}

/**
 * Reads the service's options (PublicKeyCredentialRequestOptionsJSON).
 * @param {unknown} options
 * @returns {PublicKeyCredentialRequestOptions}
 */
function readRequest(options) {
  const { challenge, allowCredentials, ...rest } = recordOf(options);
  return {
    ...rest,
    challenge: fromBase64Url(String(challenge)),
    allowCredentials: readDescriptors(allowCredentials),
  };
}

/**
 * @param {unknown} list
 * @returns {PublicKeyCredentialDescriptor[]}
 */
function readDescriptors(list) {
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map(({ id, ...rest }) => ({
    ...rest,
    type: "public-key",
    id: fromBase64Url(String(id)),
  }));
}

/**
 * What `toJSON()` of the credential gives, where browsers have it.
 * @param {PublicKeyCredential} credential
 */
function writeAnswer({ id, rawId, type, response }) {
  const common = { clientDataJSON: toBase64Url(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) {
    const { attestationObject } = response;
    const made = { attestationObject: toBase64Url(attestationObject), transports: response.getTransports() };
    return { id, rawId: toBase64Url(rawId), type, response: { ...common, ...made } };
  }
  // Safe: a ceremony gives one of the two.
  const { authenticatorData, signature, userHandle } = /** @type {AuthenticatorAssertionResponse} */ (response);
  const used = {
    authenticatorData: toBase64Url(authenticatorData),
    signature: toBase64Url(signature),
    ...(userHandle && { userHandle: toBase64Url(userHandle) }),
  };
  return { id, rawId: toBase64Url(rawId), type, response: { ...common, ...used } };
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function recordOf(value) {
  if (isRecord(value)) return value;
  throw refusal("internal");
}
