/**
 * Bytes as text that may stand in JSON and URLs (RFC 4648 §5), without padding. `Uint8Array.fromBase64` is too new for many browsers.
 * @module
 */

/**
 * Writes bytes as text.
 * @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes
 * @returns {string} without padding
 */
export function toBase64Url(bytes) {
  let binary = "";
  for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Reads what {@linkcode toBase64Url} has written.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {DOMException} when it is no base64url
 */
export function fromBase64Url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
