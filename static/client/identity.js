/**
 * As whom the client says hello: a guest by name, somebody by a token, or whoever the page's cookie says.
 * @module
 */

/** @import { Hello, ProtocolError } from "./frames.js" */

/** @typedef {ReturnType<typeof createIdentity>} Identity */
/**
 * @typedef {object} IdentityParts
 * @property {string} [name] a guest's
 * @property {string} [token] of an earlier hello, a host site's JWT or an API key
 * @property {() => Promise<string>} [getToken] gives a token that holds; rejects when there is none now
 */

/** Three parts: a JWT. Nobody who comes with one is made a guest because it has ended. */
const SIGNED = /^[^.]+\.[^.]+\.[^.]+$/;

/**
 * Makes it.
 * @param {IdentityParts} parts
 */
export function createIdentity({ name, token, getToken }) {
  let isNewName = true;
  /** Not to be shown again: it has ended, or the server does not know it. */
  let isStale = false;
  /** Since the last hello that went well. */
  let isFetched = false;

  return {
    /** The newest token. @returns {string | undefined} */
    get token() {
      return token;
    },
    set token(next) {
      token = next;
      isStale = false;
    },

    /** Whether a token can be had. */
    canFetch: getToken !== undefined,

    /** Whether one has to be had before the next hello. @returns {boolean} */
    get needsToken() {
      return getToken !== undefined && (token === undefined || isStale);
    },

    /** @param {string} next is asked for with the next hello */
    rename(next) {
      name = next;
      isNewName = true;
    },

    /**
     * Gets a new token; `token` is it from then on.
     * @returns {Promise<string>} rejects when there is none now
     */
    async fetch() {
      if (getToken === undefined) throw new TypeError("Cannot get a token as there is no getToken");
      const fetched = await getToken();
      isFetched = true;
      this.token = fetched;
      return fetched;
    },

    /**
     * What hello says. A name that was taken once is not said again beside a token: the person may be called otherwise
     * by now, from another device.
     * @returns {{token?: string, name?: string}}
     */
    hello() {
      return {
        ...(token !== undefined && { token }),
        ...(name !== undefined && (isNewName || token === undefined) && { name }),
      };
    },

    /** @param {Hello} hello went well */
    accept(hello) {
      if (hello.token !== undefined) token = hello.token;
      isNewName = false;
      isStale = false;
      isFetched = false;
    },

    /**
     * A hello was refused for good.
     * @param {ProtocolError} error
     * @returns {"again" | "fetch" | "closed"} say it again without the token, get another one first, or give up
     */
    refuse(error) {
      if (error.code !== "unauthorized" || token === undefined) return "closed";
      if (getToken !== undefined) {
        isStale = true;
        return isFetched ? "closed" : "fetch";
      }
      if (name === undefined || SIGNED.test(token)) return "closed";
      // The server forgot us (a session that ended, a new database): better a new guest with the same name than nobody.
      token = undefined;
      return "again";
    },

    /**
     * The token's time is over [V21].
     * @returns {boolean} whether another one can be had
     */
    expire() {
      isStale = true;
      return getToken !== undefined;
    },
  };
}
