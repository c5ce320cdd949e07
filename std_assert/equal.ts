type Keyed = Map<unknown, unknown> | Set<unknown>;

/** Two of these are equal when they read the same. */
const READ_THE_SAME = [RegExp, URL, URLSearchParams];

/**
 * Whether two values have the same structure: what `assertEquals` asks.
 *
 * Numbers compare as SameValueZero (NaN equals NaN, 0 equals -0); objects by prototype and by own and inherited keys,
 * where a key that is undefined is not the same as a missing one; maps and sets in any order; cycles are followed.
 * `node:util`'s isDeepStrictEqual differs in zeros, null prototypes and WeakRefs, and so could not be used for it.
 *
 * @param c One value.
 * @param d The other.
 * @throws {TypeError} For two WeakMaps or two WeakSets, which cannot be looked into.
 *
 * @example
 * ```ts
 * import { assert, equal } from "@std/assert";
 *
 * assert(equal(new Set([1, { two: 2 }]), new Set([{ two: 2 }, 1])));
 * assert(!equal({ a: undefined }, {}));
 * ```
 */
export function equal(c: unknown, d: unknown): boolean {
  return compare(c, d, new Map());
}

function compare(a: unknown, b: unknown, seen: Map<unknown, unknown>): boolean {
  if (a === b || Number.isNaN(a) && Number.isNaN(b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (!samePrototype(a, b)) return false;
  if (READ_THE_SAME.some((each) => a instanceof each)) return String(a) === String(b);
  if (a instanceof WeakMap) throw new TypeError("Cannot compare WeakMap instances");
  if (a instanceof WeakSet) throw new TypeError("Cannot compare WeakSet instances");
  if (a instanceof WeakRef && b instanceof WeakRef) return compare(a.deref(), b.deref(), seen);
  if (isBytes(a) && isBytes(b)) return sameBytes(a, b);
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (isKeyed(a) && isKeyed(b)) return sameEntries(a, b, seen);
  return sameKeys(a, b, seen);
}

function sameKeys(a: object, b: object, seen: Map<unknown, unknown>): boolean {
  if (Reflect.ownKeys(a).length !== Reflect.ownKeys(b).length) return false;
  for (const key of new Set([...keysOf(a), ...keysOf(b)])) {
    if (key in a !== key in b) return false;
    if (!compare(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
  }
  return true;
}

/** Own keys and, for instances of classes, the inherited ones: a getter is part of what an object shows. */
function keysOf(object: object): PropertyKey[] {
  const keys = new Set<PropertyKey>();
  let holder: object | null = object;
  while (holder !== null && holder !== Object.prototype && holder !== Array.prototype) {
    for (const key of Reflect.ownKeys(holder)) keys.add(key);
    holder = Reflect.getPrototypeOf(holder);
  }
  return [...keys];
}

/** In any order: each entry of one has an equal in the other. */
function sameEntries(a: Keyed, b: Keyed, seen: Map<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  const others = [...b.entries()];
  return [...a.entries()].every(([key, value]) => {
    if (!isObject(key)) {
      return b.has(key) && (!(a instanceof Map) || !(b instanceof Map) || compare(value, b.get(key), seen));
    }
    return others.some(([otherKey, other]) => compare(key, otherKey, seen) && compare(value, other, seen));
  });
}

function sameBytes(a: ArrayBufferView | ArrayBuffer, b: ArrayBufferView | ArrayBuffer): boolean {
  if (a.byteLength !== b.byteLength) return false;
  // Floats by value, not by bytes: NaN and -0 have several.
  if (isFloats(a) && isFloats(b)) {
    return a.every((each, index) => each === b[index] || Number.isNaN(each) && Number.isNaN(b[index]));
  }
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.every((byte, index) => byte === right[index]);
}

function bytesOf(bytes: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}

function isFloats(value: unknown): value is Float32Array | Float64Array {
  return value instanceof Float32Array || value instanceof Float64Array;
}

function isBytes(value: unknown): value is ArrayBufferView | ArrayBuffer {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

function isKeyed(value: unknown): value is Keyed {
  return value instanceof Map || value instanceof Set;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** `Object.create(null)` and `{}` count as the same kind. */
function samePrototype(a: object, b: object): boolean {
  return (Reflect.getPrototypeOf(a) ?? Object.prototype) === (Reflect.getPrototypeOf(b) ?? Object.prototype);
}
