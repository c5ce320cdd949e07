import { assert, assertEquals, assertLess, assertLessOrEqual, assertStrictEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { ChatError, wireError } from "../../protocol/errors.ts";
import {
  encodeEvents,
  encodeWithCursor,
  errorFrame,
  eventsFrame,
  MAX_FRAME_BYTES,
  okFrame,
  parseJson,
  parseRequest,
  parseWith,
} from "../../protocol/frames.ts";
import { quickestMs } from "../testing/quickest.ts";

const MAX_ID = 2 ** 53 - 1;

/** Asserts that a frame is refused, and says with which id. */
function refusal(frame: string): number | undefined {
  const parsed = parseRequest(frame);
  assert("error" in parsed, `${frame.slice(0, 80)} was taken`);
  assertEquals(parsed.error.code, "bad_request");
  assertLessOrEqual(parsed.error.message.length, 300, `the answer to ${frame.slice(0, 80)} is as long as the frame`);
  assert(parsed.error.message.length > 10);
  return parsed.id;
}

Deno.test("every request is understood, with all that it may carry", () => {
  const requests = [
    { id: 1, type: "hello" },
    { id: 1, type: "hello", name: "민지" },
    { id: 1, type: "hello", token: "a.b" },
    { id: 1, type: "hello", name: "민지", token: "a.b" },
    { id: 2, type: "join", room: "lobby" },
    { id: 2, type: "join", room: "__proto__", after: "abc" },
    { id: 3, type: "leave", room: "한글방" },
    { id: 4, type: "send", room: "lobby", key: "k", text: "안녕하세요" },
    { id: 5, type: "typing", room: "lobby" },
    { id: 6, type: "ping" },
  ];
  for (const request of requests) {
    assertEquals<unknown>(parseRequest(JSON.stringify(request)), { id: request.id, request });
  }
});

Deno.test("white space around JSON and the order of keys do not matter", () => {
  const parsed = parseRequest('\r\n\t {"type" : "ping" ,\n"id": 7 } \n');
  assertEquals(parsed.id, 7);
  assert("request" in parsed);
});

Deno.test("[V1] an id is a whole number from 0 to 2^53 − 1", () => {
  for (const id of [0, 1, MAX_ID]) {
    const parsed = parseRequest(`{"id":${id},"type":"ping"}`);
    assert("request" in parsed);
    assertEquals(parsed.id, id);
    assertEquals(JSON.parse(okFrame(id, {})).id, id);
  }
  assertEquals(parseRequest('{"id":1.0,"type":"ping"}').id, 1);
  assertEquals(okFrame(-0, {}), '{"id":0,"ok":{}}');
  for (const id of ["-1", "1.5", `${MAX_ID + 1}`, "1e999", "-1e999", '"1"', "null", "true", "[1]", "{}"]) {
    assertEquals(refusal(`{"id":${id},"type":"ping"}`), undefined, id);
  }
  assertEquals(refusal('{"type":"ping"}'), undefined);
});

Deno.test("[B11] what is not JSON, or no object, is bad_request without an id", () => {
  const notJson = [
    "",
    " ",
    "hello",
    "{",
    "{]",
    '{"id":1',
    "{'id':1}",
    '{"id":1,}',
    "NaN",
    "undefined",
    '{"id":1}{"id":2}',
    "\u0000",
    "\ufeff{}",
  ];
  const noObject = ["null", "[]", "[1]", '[{"id":1,"type":"ping"}]', "1", '"ping"', "true", "1e999"];
  for (const frame of [...notJson, ...noObject]) assertEquals(refusal(frame), undefined, frame);
});

Deno.test("[V25] another type is perhaps an operation's, with its id and its fields", () => {
  for (const type of ["nope", "", "PING", "ping ", "__proto__", "constructor", "toString", "message", "events"]) {
    const parsed = parseRequest(JSON.stringify({ id: 9, type, room: "a" }));
    assertEquals(parsed, { id: 9, other: { type, input: { room: "a" } } });
  }
});

Deno.test("[B11] a type that is no string is bad_request, with the id", () => {
  for (const type of ["1", "null", '["ping"]', '{"toString":1}']) {
    assertEquals(refusal(`{"id":9,"type":${type}}`), 9, type);
  }
  assertEquals(refusal('{"id":9}'), 9);
});

Deno.test("[B11] [V2] an unknown key is bad_request in every request, with the id", () => {
  const known = {
    hello: { name: "a" },
    join: { room: "a" },
    leave: { room: "a" },
    send: { room: "a", key: "k", text: "t" },
    typing: { room: "a" },
    ping: {},
  };
  for (const [type, fields] of Object.entries(known)) {
    const request = { id: 3, type, ...fields };
    assert("request" in parseRequest(JSON.stringify(request)), type);
    for (const key of ["x", "", "ID", "admin", "constructor", "toString", "hasOwnProperty"]) {
      assertEquals(refusal(JSON.stringify({ ...request, [key]: 1 })), 3, `${type} with ${key}`);
    }
  }
});

Deno.test("a request whose field is missing or of another type is bad_request, with the id", () => {
  const frames = [
    '{"id":4,"type":"join"}',
    '{"id":4,"type":"join","room":null}',
    '{"id":4,"type":"join","room":["lobby"]}',
    '{"id":4,"type":"leave","room":1}',
    '{"id":4,"type":"typing"}',
    '{"id":4,"type":"send","room":"a","key":"k"}',
    '{"id":4,"type":"send","room":"a","text":"t"}',
    '{"id":4,"type":"send","room":"a","key":1,"text":"t"}',
    '{"id":4,"type":"send","room":"a","key":"k","text":{"toString":1}}',
    '{"id":4,"type":"hello","name":1}',
    '{"id":4,"type":"hello","name":null}',
    `{"id":4,"type":"hello","token":"${"x".repeat(4_097)}"}`,
  ];
  for (const frame of frames) assertEquals(refusal(frame), 4, frame.slice(0, 60));
});

Deno.test("[B13] __proto__ as a key is refused anywhere, and nothing gets an `admin`", () => {
  const frames = [
    '{"__proto__":{"admin":true}}',
    '{"id":1,"type":"ping","__proto__":{"admin":true}}',
    '{"id":1,"type":"ping","__proto__":null}',
    '{"id":1,"type":"hello","name":"a","constructor":{"prototype":{"admin":true}}}',
    '{"__proto__":{"id":1,"type":"ping"}}',
    '{"id":1,"__proto__":{"type":"ping"}}',
    '{"type":"ping","__proto__":{"id":1}}',
  ];
  for (const frame of frames) refusal(frame);
  assertEquals(Reflect.get({}, "admin"), undefined);
  assertEquals(refusal('{"type":"ping","__proto__":{"id":1}}'), undefined);
});

Deno.test("[B12] JSON nested 8,000 deep is refused within 20 ms, and so is all that a frame can hold", async () => {
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
  const deepest = MAX_FRAME_BYTES / 2;
  const frames = [
    nested("[", "]", 8_000),
    nested('{"a":', "}", 8_000).replace("}", "1}"),
    `{"id":1,"type":"ping","x":${nested("[", "]", 8_000)}}`,
    `{"id":1,"type":"send","room":"a","key":"k","text":${nested("[", "]", 8_000)}}`,
    `{"id":${nested("[", "]", 8_000)},"type":"ping"}`,
    "[".repeat(8_000),
    nested("[", "]", deepest),
    `{"id":1,"type":"ping","x":${nested("[", "]", deepest - 20)}}`,
    "[".repeat(MAX_FRAME_BYTES),
  ];
  // The first call compiles what zod makes of the schema: no part of what nesting costs.
  refusal("{}");
  for (const frame of frames) {
    assertLess(await quickestMs(() => refusal(frame)), 20, frame.slice(0, 40));
  }
});

Deno.test("the answer to a bad frame is short, however long the frame's keys, types and values are", () => {
  const long = "k".repeat(60_000);
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, 1]));
  for (
    const frame of [{ id: 1, type: "ping", [long]: 1 }, { id: 1, type: "ping", ...many }, {
      id: 1,
      type: "join",
      room: [long],
    }]
  ) {
    assertEquals(refusal(JSON.stringify(frame)), 1);
  }
  refusal(long);
  refusal(JSON.stringify(long));
});

Deno.test("parseWith says what is wrong with which value", () => {
  const schema = z.strictObject({ message: z.string() });
  assertEquals(parseWith({ message: "a" }, schema), { message: "a" });
  for (const value of [{}, { message: 1 }, { message: "a", x: 1 }, null, []]) {
    assertEquals(assertThrows(() => parseWith(value, schema), ChatError).code, "bad_request");
  }
  assertThrows(() => parseWith({ message: 1 }, schema), ChatError, '"message"');
  assertThrows(() => parseWith({ message: "a", extra: 1 }, schema), ChatError, '"extra"');
  assertEquals(assertThrows(() => parseJson("{"), ChatError).code, "bad_request");
});

Deno.test("an answer is JSON with its id and either ok or error", () => {
  assertEquals(JSON.parse(okFrame(5, { a: '\u2028"' })), { id: 5, ok: { a: '\u2028"' } });
  const error = wireError(new ChatError("rate_limited", "Too fast", { retryAfterMs: 90 }));
  assertEquals(JSON.parse(errorFrame(5, error)), {
    id: 5,
    error: { code: "rate_limited", message: "Too fast", retryAfterMs: 90 },
  });
  assertEquals(JSON.parse(errorFrame(0, error)).id, 0);
});

Deno.test("[V3] an error whose request is unknown has a type and no id", () => {
  const error = wireError(new ChatError("bad_request", "No"));
  assertEquals(JSON.parse(errorFrame(undefined, error)), {
    type: "error",
    error: { code: "bad_request", message: "No" },
  });
});

Deno.test("an events frame is valid JSON, each event with its cursor first", () => {
  const events = [
    { type: "message", at: 1, user: { id: "g_1", name: '"\\민지' }, text: "\u2028\ud83d\ude00\n</script>" },
    { type: "typing", at: 2, user: { id: "g_2", name: "b" } },
  ];
  const entries = events.map((event, i) => ({ cursor: `c${i}`, json: JSON.stringify(event) }));
  const frame = eventsFrame("한글방", "c", entries);
  assertEquals(JSON.parse(frame), {
    type: "events",
    room: "한글방",
    prev: "c",
    events: events.map((event, i) => ({ cursor: `c${i}`, ...event })),
  });
  for (const event of JSON.parse(frame).events) assertEquals(Object.keys(event)[0], "cursor");
  assertEquals(JSON.parse(encodeEvents([])), []);
  assertEquals(JSON.parse(encodeEvents(entries)).length, 2);
});

Deno.test("an event is put into its frame as the very JSON that the log holds, never encoded again", () => {
  const entry = { cursor: "c1", json: '{"type":"x","n":1e2,"s":"\\u00e9"}' };
  assertStrictEquals(encodeWithCursor(entry), '{"cursor":"c1","type":"x","n":1e2,"s":"\\u00e9"}');
  assert(eventsFrame("r", "c0", [entry]).includes('"n":1e2,"s":"\\u00e9"'));
});
