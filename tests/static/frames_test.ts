import { assertEquals } from "@std/assert";
import { meaningOf } from "../../protocol/errors.ts";
import { DEFAULT_LIMITS, isRetryable, parseFrame, readError, readEvents, readHello } from "../../static/frames.js";

const USER = { id: "g_1", name: "민지" };

Deno.test("an answer is matched by its id, and is ok or an error", () => {
  assertEquals(parseFrame('{"id":3,"ok":{"cursor":"c"}}'), {
    kind: "answer",
    id: 3,
    reply: { kind: "ok", ok: { cursor: "c" } },
  });
  assertEquals(parseFrame('{"id":3,"error":{"code":"rate_limited","message":"m","retryAfterMs":5}}'), {
    kind: "answer",
    id: 3,
    reply: { kind: "error", error: { code: "rate_limited", message: "m", retryAfterMs: 5 } },
  });
});

Deno.test("[V19] a frame of events carries its room and the place before it", () => {
  assertEquals(parseFrame('{"type":"events","room":"r","prev":"p","events":[]}'), {
    kind: "events",
    room: "r",
    prev: "p",
    events: [],
  });
});

Deno.test("[V2] unknown types and keys are let pass, and keep their place in the log", () => {
  const text = JSON.stringify({
    type: "events",
    room: "r",
    prev: "p",
    more: 1,
    events: [
      { cursor: "a", type: "message", at: 1, user: { ...USER, color: "red" }, text: "x", key: "k", reactions: [] },
      { cursor: "b", type: "reaction", at: 2, user: USER, emoji: "👍" },
      { cursor: "c", type: "typing", at: 3, user: USER },
    ],
  });
  const frame = parseFrame(text);
  assertEquals(frame.kind === "events" && frame.events, [
    { cursor: "a", type: "message", at: 1, user: USER, text: "x", key: "k" },
    { cursor: "b", type: "unknown" },
    { cursor: "c", type: "typing", at: 3, user: USER },
  ]);
});

Deno.test("what is no frame of the protocol is ignored, whatever it is", () => {
  for (
    const text of [
      "",
      "nonsense",
      "null",
      "[]",
      "1",
      '"x"',
      "{}",
      '{"type":"presence"}',
      '{"type":"events"}',
      '{"type":"events","room":1,"prev":"p"}',
      '{"type":"events","room":"r"}',
      '{"id":"1","ok":{}}',
      '{"id":1}',
      '{"id":1,"ok":[]}',
      '{"type":"error","error":{"code":"bad_request"}}',
    ]
  ) assertEquals(parseFrame(text), { kind: "other" }, text);
});

Deno.test("malformed events are left out; those that have a place keep it", () => {
  assertEquals(readEvents("x"), []);
  assertEquals(readEvents([null, 1, {}, { cursor: 1 }, { cursor: "a" }, { cursor: "b", type: "message", at: "1" }]), [
    { cursor: "a", type: "unknown" },
    { cursor: "b", type: "unknown" },
  ]);
});

Deno.test("__proto__ in a frame changes nothing", () => {
  parseFrame('{"id":1,"ok":{"__proto__":{"admin":true}},"__proto__":{"admin":true}}');
  assertEquals(Reflect.get({}, "admin"), undefined);
});

Deno.test("an error is read from the protocol and from a problem of HTTP, and is `internal` when it is neither", () => {
  assertEquals(readError({ code: "too_long", message: "m" }), { code: "too_long", message: "m" });
  assertEquals(readError({ type: "about:blank", status: 413, code: "too_long", detail: "d" }), {
    code: "too_long",
    message: "d",
  });
  assertEquals(readError({}), { code: "internal", message: "" });
  assertEquals(readError({ code: "x", retryAfterMs: -1 }), { code: "x", message: "" });
});

Deno.test("the errors that may pass are those of the protocol's table", () => {
  const codes = [
    "bad_request",
    "bad_room",
    "unauthorized",
    "forbidden",
    "conflict",
    "too_long",
    "rate_limited",
    "internal",
    "unavailable",
  ] as const;
  assertEquals(
    codes.filter((code) => isRetryable({ code, message: "" })),
    codes.filter((code) => meaningOf(code).retryable),
  );
});

Deno.test("a hello without limits has those of the protocol, and a limit that is none is not taken", () => {
  assertEquals(readHello({ user: USER, token: "t", now: 5 }), {
    user: USER,
    token: "t",
    limits: DEFAULT_LIMITS,
    now: 5,
  });
  assertEquals(readHello({ limits: { text: 10, frame: "x", rate: 0, rooms: -1 } }), {
    user: { id: "", name: "" },
    token: undefined,
    limits: { ...DEFAULT_LIMITS, text: 10, rate: 0 },
    now: undefined,
  });
});
