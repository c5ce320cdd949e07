import { assertEquals } from "@std/assert";
import { meaningOf } from "../../../protocol/errors.ts";
import { DEFAULT_LIMITS, isRetryable, parseFrame, readError, readHello } from "../../../static/client/frames.js";

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
      { cursor: "a", type: "message", at: 1, user: { ...USER, color: "red" }, text: "x", key: "k", mood: [] },
      { cursor: "b", type: "wave", at: 2, user: USER, emoji: "👋" },
      { cursor: "c", type: "typing", at: 3, user: USER },
    ],
  });
  const frame = parseFrame(text);
  assertEquals(frame.kind === "events" && frame.events, [
    { cursor: "a", type: "message", at: 1, user: USER, text: "x", key: "k" },
    { cursor: "b", type: "unknown" },
    { cursor: "c", type: "typing", at: 3, user: USER, on: true },
  ]);
});

Deno.test("[V23] a frame of people says who came and who went; what cannot be read is left out", () => {
  const changes = [{ at: 1, user: USER, here: true }, { at: 2, user: USER, here: false }];
  const text = JSON.stringify({
    type: "people",
    room: "r",
    changes: [...changes, { at: 1 }, null, { at: 1, user: USER }],
  });
  assertEquals(parseFrame(text), { kind: "people", room: "r", changes });
});

Deno.test("[V24] activity is how a room is now; counts that are none are 0", () => {
  const activity = { room: "r", head: "h", at: 1, marker: "m", unread: 3, more: true, mentions: 1 } as const;
  assertEquals(parseFrame(JSON.stringify({ type: "activity", ...activity, other: 1 })), { kind: "activity", activity });
  assertEquals(parseFrame('{"type":"activity","room":"r","head":"h","unread":"x","mentions":-1}'), {
    kind: "activity",
    activity: { room: "r", head: "h", unread: 0, mentions: 0 },
  });
});

Deno.test("[V24] what happened to the person, without what is not known", () => {
  const events = [
    { type: "mention", at: 1, user: USER, room: "r" },
    { type: "read", at: 2, room: "r", cursor: "c" },
    { type: "membership", at: 3, room: "r", change: "joined" },
    { type: "renamed", at: 4, user: USER },
  ] as const;
  const unknown = [{ type: "ended", at: 5 }, { type: "read", at: 6, room: "r" }, { type: "renamed" }, 1];
  assertEquals(parseFrame(JSON.stringify({ type: "person", events: [...events, ...unknown] })), {
    kind: "person",
    events: [...events],
  });
});

Deno.test("[V26] whatever the reason is, who is removed is out", () => {
  for (const [why, read] of [["kicked", "kicked"], ["banned", "banned"], ["left", "left"], ["new", "left"]] as const) {
    assertEquals(parseFrame(JSON.stringify({ type: "removed", room: "r", why })), {
      kind: "removed",
      room: "r",
      why: read,
    });
  }
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
      '{"type":"people","room":"r"}',
      '{"type":"people","changes":[]}',
      '{"type":"activity","room":"r"}',
      '{"type":"person","events":{}}',
      '{"type":"removed"}',
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
    expiresAt: undefined,
  });
  assertEquals(readHello({ limits: { text: 10, frame: "x", rate: 0, rooms: -1 } }), {
    user: { id: "", name: "" },
    token: undefined,
    limits: { ...DEFAULT_LIMITS, text: 10, rate: 0 },
    now: undefined,
    expiresAt: undefined,
  });
  assertEquals(readHello({ expiresAt: 9 }).expiresAt, 9);
});
