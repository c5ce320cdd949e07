/**
 * Whether passkeys can be used here: asked for before what uses them is loaded.
 * @module
 */

/** A browser that knows them, and a page that came by HTTPS or from this machine. */
export const canUsePasskeys = globalThis.PublicKeyCredential !== undefined;
