/**
 * Prints where this Deno is. Tasks that start Deno again give leave for this one file: by its name, `deno`, it would be
 * whatever comes first on the PATH, under npx a wrapper in Node that outlives or dies apart from what it runs.
 *
 * @module
 */

console.log(Deno.execPath());
