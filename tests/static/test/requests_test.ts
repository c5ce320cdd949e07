import { assert, assertEquals } from "@std/assert";
import { OPERATIONS } from "../../../operations/table.ts";
import { parseRequest, request } from "../../../protocol/frames.ts";
import { createOpenApi } from "../../../routes/openapi.ts";
import { FURTHER_OPERATIONS } from "../../../routes/openapi_further.ts";
import type { ApiDocument } from "../../../static/docs/model.js";
import { MALFORMED } from "../../../static/test/malformed.js";
import { operationRequests, requestText, socketRequests, withId } from "../../../static/test/requests.js";

// What a browser gets is the same document as JSON.
const api = JSON.parse(JSON.stringify(createOpenApi(OPERATIONS, FURTHER_OPERATIONS))) as ApiDocument;

const KNOWN = { name: "민지", token: "t", room: "놀이터", person: "g_me", head: "head", cursor: "cursor" };
const NOTHING = { name: "민지", token: "", room: "놀이터" };

Deno.test("every request about the socket itself is there, and the server takes each example as it is", () => {
  const examples = socketRequests(() => "key-1");
  const types = request.options.map(({ shape }) => shape.type.value);
  assertEquals(examples.map(({ type }) => type).toSorted(), types.toSorted());
  for (const known of [KNOWN, NOTHING]) {
    for (const { type, fill } of examples) {
      const parsed = parseRequest(requestText(7, type, fill(known)));
      assert("request" in parsed, `${type}: ${JSON.stringify(parsed)}`);
      assertEquals([parsed.id, parsed.request.type], [7, type]);
    }
  }
});

Deno.test("every operation that a socket takes is there, and no other", () => {
  const taken = OPERATIONS.filter(({ only }) => only !== "http").map(({ type }) => type);
  assertEquals(operationRequests(api).map(({ type }) => type).toSorted(), taken.toSorted());
});

Deno.test("no example of an operation has a key that its input does not know, and all that it needs is in it", () => {
  const inputs = new Map(OPERATIONS.map(({ type, input }) => [type, input]));
  for (const { type, fill } of operationRequests(api)) {
    const parsed = inputs.get(type)?.safeParse(fill(KNOWN));
    const problems = parsed?.error?.issues.filter(({ code, message }) =>
      code === "unrecognized_keys" || /received undefined/.test(message)
    );
    assertEquals(problems ?? [], [], type);
  }
});

Deno.test("examples hold what the pane knows: its room, its person, the last message", () => {
  const find = (type: string) => operationRequests(api).find((example) => example.type === type)?.fill(KNOWN);
  assertEquals(find("edit"), { room: "놀이터", cursor: "cursor", text: "안녕하세요 👋" });
  assertEquals(find("react"), { room: "놀이터", cursor: "cursor", emoji: "👍" });
  assertEquals(find("last_seen"), { room: "놀이터", person: "g_me" });
  const [hello, join] = socketRequests(() => "key-1");
  assertEquals([hello?.fill(KNOWN), hello?.fill(NOTHING)], [{ token: "t" }, { name: "민지" }]);
  assertEquals([join?.fill(KNOWN), join?.fill(NOTHING)], [{ room: "놀이터", after: "head" }, { room: "놀이터" }]);
});

Deno.test("a request is one line with its id first, and the id can be counted on", () => {
  const text = requestText(1, "ping", {});
  assertEquals(text, '{"id": 1, "type": "ping"}');
  assertEquals(withId(text, 22), '{"id": 22, "type": "ping"}');
  assertEquals(withId('{\n "id":1, "a": {"id": 1}}', 2), '{\n "id":2, "a": {"id": 1}}');
  assertEquals(withId('[{"id":1}]', 2), '[{"id":1}]');
  assertEquals(JSON.parse(requestText(1, "send", { text: "{ a\n b }" })), { id: 1, type: "send", text: "{ a\n b }" });
});

Deno.test("what is malformed is: nothing that is to be refused could be taken", () => {
  for (const { name, text, data } of MALFORMED) {
    const sent = data?.() ?? text;
    if (typeof sent !== "string") continue;
    if (name === "badLarge") assert(new TextEncoder().encode(sent).length > 65_536);
    const parsed = parseRequest(sent);
    const isOther = "other" in parsed && !OPERATIONS.some(({ type }) => type === parsed.other.type);
    assert("error" in parsed || isOther, name);
  }
  assert(MALFORMED.some(({ data }) => data?.() instanceof ArrayBuffer));
});
