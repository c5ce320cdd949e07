import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";

/** What an assertion says when it fails; the test of an assertion cannot lean on assertions, so it throws by itself. */
function messageOf(assertion: () => unknown): string {
  try {
    assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error("The assertion held");
}

async function messageOfAsync(assertion: () => Promise<unknown>): Promise<string> {
  try {
    await assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error("The assertion held");
}

function expectMessage(met: string, part: string): void {
  if (!met.includes(part)) throw new Error(`Expected a message with ${part}, met ${met}`);
}

class Point {
  #hidden: number;
  constructor(hidden: number, readonly x = 1) {
    this.#hidden = hidden;
  }
  get shown(): number {
    return this.#hidden;
  }
}

class OtherPoint {
  x = 1;
}

const EQUAL: [unknown, unknown][] = [
  [1, 1],
  [NaN, NaN],
  [0, -0],
  [[0], [-0]],
  [1n, 1n],
  ["안녕", "안녕"],
  [null, null],
  [undefined, undefined],
  [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [{ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 1 }],
  [new Date(1), new Date(1)],
  [new Date(NaN), new Date(NaN)],
  [/a/g, /a/g],
  [new URL("http://a/b"), new URL("http://a/b")],
  [new URLSearchParams("a=1"), new URLSearchParams("a=1")],
  [new Set([1, 2]), new Set([2, 1])],
  [new Set([{ a: 1 }, { b: 2 }]), new Set([{ b: 2 }, { a: 1 }])],
  [new Map<unknown, unknown>([["a", 1], ["b", {}]]), new Map<unknown, unknown>([["b", {}], ["a", 1]])],
  [new Map([[{ a: 1 }, new Map([["b", 2]])]]), new Map([[{ a: 1 }, new Map([["b", 2]])]])],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
  [new Float64Array([NaN, 0]), new Float64Array([NaN, -0])],
  [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  [new WeakRef(OtherPoint.prototype), new WeakRef(OtherPoint.prototype)],
  [new Point(1), new Point(1)],
];

const UNEQUAL: [unknown, unknown][] = [
  [1, 2],
  [1, "1"],
  [0, null],
  [null, undefined],
  [{}, null],
  [{}, []],
  [{ a: undefined }, {}],
  [{ a: undefined }, { b: undefined }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [[1, 2], [2, 1]],
  [[1], [1, 2]],
  [[undefined], new Array(1)],
  [{ [Symbol("a")]: 1 }, { [Symbol("a")]: 1 }],
  [new Date(1), new Date(2)],
  [new Date(1), new Date(NaN)],
  [/a/, /a/g],
  [new URL("http://a/b"), new URL("http://a/c")],
  [new Set([1]), new Set([2])],
  [new Set([1, 2]), new Set([1])],
  [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Map([["a", 1]]), new Map([["b", 1]])],
  [new Map([["a", undefined]]), new Map([["b", undefined]])],
  [new Map(), new Set()],
  [new Uint8Array([1]), new Uint8Array([2])],
  [new Uint8Array([1]), new Int8Array([1])],
  [new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  [new Point(1), new Point(2)],
  [new Point(1), new OtherPoint()],
  [{ x: 1 }, new OtherPoint()],
];

Deno.test("equal() and its assertions agree on what has the same structure", () => {
  for (const [a, b] of EQUAL) {
    assert(equal(a, b) && equal(b, a), Deno.inspect([a, b]));
    assertEquals(a, b);
    expectMessage(messageOf(() => assertNotEquals(a, b)), "not to be:");
  }
  for (const [a, b] of UNEQUAL) {
    assertFalse(equal(a, b) || equal(b, a), Deno.inspect([a, b]));
    assertNotEquals(a, b);
    expectMessage(messageOf(() => assertEquals(a, b)), "Values are not equal.");
  }
});

Deno.test("equal() follows cycles, and refuses what it cannot look into", () => {
  const [a, b]: { self?: unknown; n: number }[] = [{ n: 1 }, { n: 1 }];
  assert(a && b);
  a.self = a;
  b.self = b;
  assert(equal(a, b));
  b.n = 2;
  assertFalse(equal(a, b));
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError, "WeakMap");
  assertThrows(() => equal(new WeakSet(), new WeakSet()), TypeError, "WeakSet");
  assertFalse(equal(new WeakSet(), new WeakMap()));
});

Deno.test("assertEquals() shows the difference and the caller's own words", () => {
  const message = messageOf(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "after the join"));
  expectMessage(message, "Values are not equal: after the join");
  expectMessage(message, "b: 2");
  expectMessage(message, "b: 3");
});

Deno.test("assertStrictEquals() is Object.is, and tells a copy from a difference", () => {
  const object = {};
  assertStrictEquals(object, object);
  assertStrictEquals(NaN, NaN);
  expectMessage(messageOf(() => assertStrictEquals({}, {})), "same structure but are not reference-equal");
  expectMessage(messageOf(() => assertStrictEquals(0, -0)), "reference-equal");
  expectMessage(messageOf(() => assertStrictEquals(1, 2, "why")), "Values are not strictly equal: why");
  assertNotStrictEquals({}, {});
  expectMessage(messageOf(() => assertNotStrictEquals(1, 1)), "not to be strictly equal to: 1");
});

Deno.test("assert() and assertFalse() go by truth, and say only what the caller says", () => {
  assert(1);
  assertFalse(0);
  assertEquals(messageOf(() => assert("")), "");
  assertEquals(messageOf(() => assert(null, "no room")), "no room");
  assertEquals(messageOf(() => assertFalse({}, "a room")), "a room");
});

Deno.test("assertThrows() returns what was thrown, and checks its class and message", () => {
  const error = new RangeError("out of range: 7");
  const throwing = () => {
    throw error;
  };
  assertStrictEquals(assertThrows(throwing), error);
  assertStrictEquals(assertThrows(throwing, "words"), error);
  const narrowed: RangeError = assertThrows(throwing, RangeError, "range: 7");
  assertStrictEquals(narrowed, error);
  assertStrictEquals(assertThrows(throwing, Error), error);

  assertEquals(messageOf(() => assertThrows(() => {})), "Expected function to throw.");
  assertEquals(messageOf(() => assertThrows(() => {}, "why")), "Expected function to throw: why");
  assertEquals(messageOf(() => assertThrows(() => {}, Error, "", "why")), "Expected function to throw: why");
  expectMessage(
    messageOf(() => assertThrows(throwing, TypeError)),
    `Expected error to be instance of "TypeError", but was "RangeError"`,
  );
  expectMessage(
    messageOf(() => assertThrows(throwing, RangeError, "nine")),
    `Expected error message to include "nine", but got "out of range: 7"`,
  );
});

Deno.test("assertThrows() lets anything be thrown, until a class is asked for", () => {
  const throwing = () => {
    throw "a text";
  };
  assertEquals(assertThrows(throwing), "a text");
  assertEquals(messageOf(() => assertThrows(throwing, Error)), "A non-Error object was thrown.");
});

Deno.test("assertRejects() resolves with the reason, and checks its class and message", async () => {
  const error = new RangeError("out of range: 7");
  assertStrictEquals(await assertRejects(() => Promise.reject(error)), error);
  const narrowed: RangeError = await assertRejects(() => Promise.reject(error), RangeError, "range: 7");
  assertStrictEquals(narrowed, error);
  assertEquals(await assertRejects(() => Promise.reject("a text")), "a text");

  assertEquals(
    await messageOfAsync(() => assertRejects(() => Promise.resolve(), "why")),
    "Expected function to reject: why",
  );
  assertEquals(
    await messageOfAsync(() => assertRejects(() => Promise.reject(1), Error)),
    "A non-Error object was rejected.",
  );
  expectMessage(
    await messageOfAsync(() => assertRejects(() => Promise.reject(error), TypeError)),
    `instance of "TypeError", but was "RangeError"`,
  );
});

Deno.test("assertRejects() fails for a function that throws instead, or returns no promise", async () => {
  const throwing = () => {
    throw new Error("at once");
  };
  const message = "Function throws when expected to reject.";
  assertEquals(await messageOfAsync(() => assertRejects(throwing)), message);
  // @ts-expect-error the type forbids it too
  assertEquals(await messageOfAsync(() => assertRejects(() => 1)), message);
});

Deno.test("assertIsError() takes a pattern too, and narrows", () => {
  const error: unknown = new TypeError("\x1b[31mwrong type\x1b[0m");
  assertIsError(error, TypeError, "wrong type");
  assertIsError(error, Error, /^wrong \w+$/);
  assertEquals(error.name, "TypeError");
  expectMessage(messageOf(() => assertIsError("a text")), `Expected "error" to be an Error object.`);
  expectMessage(messageOf(() => assertIsError(error, TypeError, /^type/)), "Expected error message to include /^type/");
});

Deno.test("the assertions on values hold and fail where they say", () => {
  assertExists(0);
  assertExists("");
  expectMessage(messageOf(() => assertExists(null)), `Expected actual: "null" to not be null or undefined.`);
  expectMessage(messageOf(() => assertExists(undefined, "why")), "undefined: why");

  assertInstanceOf(new Date(), Date);
  expectMessage(messageOf(() => assertInstanceOf(null, Date)), `an instance of "Date" but was "null"`);
  expectMessage(messageOf(() => assertInstanceOf(new Map(), Date)), `an instance of "Date" but was "Map"`);
  expectMessage(messageOf(() => assertInstanceOf(Object.create(null), Date)), `but was "Object"`);

  assertMatch("한글방", /^\p{L}+$/u);
  assertNotMatch("한글방", /\d/);
  expectMessage(messageOf(() => assertMatch("a", /b/)), `Expected actual: "a" to match: "/b/"`);
  expectMessage(messageOf(() => assertNotMatch("a", /a/)), "to not match");
  assertStringIncludes("안녕하세요", "하세");
  expectMessage(messageOf(() => assertStringIncludes("a", "b")), `Expected actual: "a" to contain: "b"`);

  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess("a", "b");
  assertLessOrEqual(new Date(1), new Date(1));
  assertEquals(messageOf(() => assertGreater(1, 1)), "Expect 1 > 1");
  assertEquals(messageOf(() => assertGreaterOrEqual(0, 1)), "Expect 0 >= 1");
  assertEquals(messageOf(() => assertLess(1, 1)), "Expect 1 < 1");
  assertEquals(messageOf(() => assertLessOrEqual(NaN, 1, "alone")), "alone");

  assertEquals(messageOf(() => fail()), "Failed assertion.");
  assertEquals(messageOf(() => fail("why")), "Failed assertion: why");
  assertEquals(messageOf(() => unreachable()), "Unreachable.");
});

Deno.test("assertArrayIncludes() looks for equals, in any order, in any list", () => {
  assertArrayIncludes([1, NaN, { a: 1 }], [{ a: 1 }, NaN]);
  assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2]));
  assertArrayIncludes([1], []);
  const message = messageOf(() => assertArrayIncludes([1, 2], [2, 3], "why"));
  expectMessage(message, ": why\nmissing: [ 3 ]");
});

Deno.test("assertObjectMatch() asks for a part, deeply", () => {
  const whole = {
    id: 3,
    ok: { cursor: "c", at: 17, user: new OtherPoint() },
    events: [{ type: "message", text: "a" }, { type: "leave" }],
    seen: new Map([["a", { n: 1, m: 2 }], ["b", { n: 2, m: 2 }]]),
    tags: new Set(["x", "y"]),
    when: new Date(1),
  };
  assertObjectMatch(whole, { ok: { cursor: "c", user: { x: 1 } } });
  assertObjectMatch(whole, { events: [{ type: "message" }] });
  assertObjectMatch(whole, { seen: new Map([["a", { n: 1 }]]), tags: new Set(["y"]), when: new Date(1) });
  assertObjectMatch({ a: undefined }, { a: undefined });

  for (
    const wanted of [
      { id: 4 },
      { missing: undefined },
      { ok: { cursor: "c", missing: 1 } },
      { ok: { user: { x: 2 } } },
      { events: [{ type: "leave" }] },
      { events: [{ type: "message" }, { type: "leave" }, {}] },
      { seen: new Map([["c", { n: 1 }]]) },
      { tags: new Set(["z"]) },
      { when: new Date(2) },
      { id: { a: 1 } },
    ]
  ) {
    expectMessage(messageOf(() => assertObjectMatch(whole, wanted)), "Values are not equal.");
  }
});
