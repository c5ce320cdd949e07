/**
 * Copying.
 * @module
 */

/**
 * Copies a text.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard: pages without TLS have none, and a browser may refuse
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
