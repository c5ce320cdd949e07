import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../protocol/errors.ts";
import { readBody, readJsonObject } from "../../routes/body.ts";
import { onService } from "../testing/stage.ts";

const post = (body: BodyInit, type?: string) =>
  new Request("http://chat.test/", {
    method: "POST",
    body,
    ...(type !== undefined && { headers: { "content-type": type } }),
  });

const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/merge-patch+json",
  "application/x-www-form-urlencoded",
  "text/plain;charset=UTF-8",
  "multipart/form-data; boundary=x",
  "garbage",
  "",
  undefined,
];

Deno.test("a body is JSON, whatever its Content-Type says: curl -d says that it is a form", async () => {
  for (const type of TYPES) {
    assertEquals(await readJsonObject(post('{"a":[1]}', type)), { a: [1] }, type);
    const { code } = await assertRejects(() => readJsonObject(post("a=1&b=2", type)), ChatError);
    assertEquals(code, "bad_request", type);
  }
});

Deno.test("a body of no bytes is an object without anything; what is JSON and no object is refused", async () => {
  assertEquals(await readJsonObject(new Request("http://chat.test/")), {});
  assertEquals(await readJsonObject(post("")), {});
  for (const body of [" ", "null", "[]", "1", '"a"', "{", '{"a":1}x']) {
    const { code } = await assertRejects(() => readJsonObject(post(body)), ChatError, undefined, body);
    assertEquals(code, "bad_request", body);
  }
});

Deno.test("a body is as long as it may be, in bytes, and not a byte longer", async () => {
  assertEquals(await readBody(post("가나"), 6), "가나");
  const { code } = await assertRejects(() => readBody(post("가나 "), 6), ChatError);
  assertEquals(code, "too_long");
});

Deno.test(
  "a request as curl -d sends it is taken, with a token",
  onService(async (service) => {
    const response = await service.app.request("/v1/sessions", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: '{"name":"민지"}',
    });
    assertEquals([response.status, (await response.json()).user.name], [201, "민지"]);
  }),
);

Deno.test(
  "[B18] what another site's page may send without asking is 403 with the cookie, and changes nothing",
  onService(async (service) => {
    const minji = await service.signIn("민지");
    const rename = (headers: Record<string, string>) =>
      service.app.request("http://chat.test/v1/rooms/lobby/members/me", {
        method: "PUT",
        headers: { host: "chat.test", cookie: `maru_session=${minji.token}`, ...headers },
        body: "{}",
      });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      for (
        const from of [
          { origin: "https://evil.test" },
          { origin: "null" },
          { "sec-fetch-site": "cross-site" },
          { "sec-fetch-site": "same-site" },
          {},
        ]
      ) {
        const response = await rename({ "content-type": type, ...from });
        assertEquals([response.status, (await response.json()).code], [403, "forbidden"], JSON.stringify(from));
      }
    }
    const members = async () => (await minji.ok("GET", "/v1/rooms/lobby/members")).items.length;
    assertEquals(await members(), 0);
    for (
      const from of [{ origin: "http://chat.test" }, { origin: "https://friend.test" }, {
        "sec-fetch-site": "same-origin",
      }]
    ) {
      const response = await rename({ "content-type": "text/plain", ...from });
      assertEquals(response.ok, true, JSON.stringify(from));
      await response.body?.cancel();
    }
    assertEquals(await members(), 1);
  }, { origins: ["https://friend.test"] }),
);
