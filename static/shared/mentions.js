/**
 * Names behind an `@` (docs/markdown.md, "Mentions"), the same for the server, which asks its documents, and for the page, which
 * has the names at hand.
 * @module
 */

/** UTF-16 units behind an `@` that are looked at: a name of 32 characters in its longest form. */
export const MAX_NAME_UNITS = 128;

// What Korean hangs on a name: 님, then a particle.
const HANGING =
  /^(?:님|씨|쌤)?(?:들)?(?:은|는|이|가|을|를|의|도|만|과|와|랑|이랑|나|이나|하고|야|아|께|께서|에게|에게서|한테|한테서|보다|처럼|까지|부터|요|이요)?(?![\p{L}\p{N}\p{M}_])/u;

/**
 * A name as names are compared: whichever way it is composed, and in whichever case.
 * @param {string} name
 */
export function foldName(name) {
  return name.normalize("NFKC").toLowerCase();
}

/**
 * Whether a name may end there: `@anna` does not mention ann, but `@민지가` mentions 민지, and `@ann님` ann.
 * @param {string} rest what follows the `@`
 * @param {number} end where the name would end
 */
export function endsName(rest, end) {
  const next = rest.slice(end, end + 12);
  if (!/^[\p{L}\p{N}\p{M}_]/u.test(next)) return true;
  if (!/^\p{L}/u.test(next)) return false;
  const left = scriptOf([...rest.slice(Math.max(0, end - 2), end)].at(-1) ?? "");
  return left !== scriptOf([...next][0] ?? "") || (left === "hangul" && HANGING.test(next));
}

/**
 * Finds the longest of some names: what the page gives to `parse`, for the people whom an event mentions.
 * @param {readonly string[]} names
 * @returns {import("./markdown.js").FindName}
 */
export function nameFinder(names) {
  const folded = names.map(foldName).sort((a, b) => b.length - a.length);
  return (rest) => {
    const start = foldName(rest.slice(0, MAX_NAME_UNITS));
    const name = folded.find((each) => each !== "" && start.startsWith(each) && endsName(start, each.length));
    if (name === undefined) return 0;
    // In another normal form it has another length.
    for (let end = 1; end <= rest.length && end <= MAX_NAME_UNITS; end++) {
      if (foldName(rest.slice(0, end)) === name) return end;
    }
    return 0;
  };
}

/** @param {string} letter */
function scriptOf(letter) {
  if (/\p{Script=Hangul}/u.test(letter)) return "hangul";
  if (/\p{Script=Han}/u.test(letter)) return "han";
  return /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(letter) ? "kana" : "other";
}
