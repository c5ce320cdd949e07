import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { newSigningSecret, signedHeaders, verifyRequest } from "../../../chat/webhooks/signature.ts";
import { ChatError } from "../../../protocol/errors.ts";

const NOW = 1_614_265_330_000;

Deno.test("a signature is the one that the Standard Webhooks libraries' own tests expect", async () => {
  const headers = await signedHeaders("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}', {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    at: NOW,
  });
  assertEquals(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

Deno.test("a secret is whsec_ and 32 bytes, another each time", () => {
  const [one, other] = [newSigningSecret(), newSigningSecret()];
  assertMatch(one, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assertEquals(one === other, false);
});

const secret = newSigningSecret();
const body = '{"text":"안녕"}';
const standard = await signedHeaders(secret, body, { id: "msg_1", at: NOW });
const { "webhook-signature": signature } = standard;
const { "webhook-signature": others } = await signedHeaders(newSigningSecret(), body, { id: "msg_1", at: NOW });

/** As GitHub makes it: the secret's characters are the key. */
async function hub(key: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const hmac = await crypto.subtle.importKey("raw", encoder.encode(key), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return `sha256=${new Uint8Array(await crypto.subtle.sign("HMAC", hmac, encoder.encode(text))).toHex()}`;
}

const GOOD: Record<string, HeadersInit> = {
  "the secret as a Bearer": { authorization: `Bearer ${secret}` },
  "a signature": standard,
  "a signature among others": { ...standard, "webhook-signature": `v1a,AAAA ${others} ${signature}` },
  "GitHub's": { "x-hub-signature-256": await hub(secret, body) },
};

for (const [name, headers] of Object.entries(GOOD)) {
  Deno.test(`${name} is let in`, () => verifyRequest(secret, new Headers(headers), body, NOW + 299_000));
}

const BAD: Record<string, HeadersInit> = {
  nothing: {},
  "another secret as a Bearer": { authorization: `Bearer ${newSigningSecret()}` },
  "an empty Bearer": { authorization: "Bearer " },
  "the secret as Basic": { authorization: `Basic ${secret}` },
  "a wrong Bearer beside a good signature": { ...standard, authorization: "Bearer x" },
  "another's signature": { ...standard, "webhook-signature": others },
  "a signature of another id": { ...standard, "webhook-id": "msg_2" },
  "a signature of another time": { ...standard, "webhook-timestamp": "1614265331" },
  "a time that is none": { ...standard, "webhook-timestamp": "now" },
  "no time": { "webhook-id": "msg_1", "webhook-signature": signature },
  "a signature of another kind": { ...standard, "webhook-signature": signature.replace("v1,", "v2,") },
  "a signature that is no Base64": { ...standard, "webhook-signature": "v1,%%%" },
  "GitHub's of another body": { "x-hub-signature-256": await hub(secret, `${body} `) },
  "GitHub's of another secret": { "x-hub-signature-256": await hub("x", body) },
  "GitHub's that is no hex": { "x-hub-signature-256": "sha256=zz" },
  "GitHub's old SHA-1": { "x-hub-signature": "sha1=00" },
};

for (const [name, headers] of Object.entries(BAD)) {
  Deno.test(`${name} is kept out`, async () => {
    const error = await assertRejects(() => verifyRequest(secret, new Headers(headers), body, NOW), ChatError);
    assertEquals(error.code, "unauthorized");
  });
}

Deno.test("a signature that is older than five minutes, or from the future, is kept out", async () => {
  for (const now of [NOW + 301_000, NOW - 301_000]) {
    await assertRejects(() => verifyRequest(secret, new Headers(standard), body, now), ChatError);
  }
});
