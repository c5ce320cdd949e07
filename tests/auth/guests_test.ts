import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { createGuests, loadSecret, newGuestId, newSecret } from "../../auth/guests.ts";
import { ChatError } from "../../protocol/errors.ts";

const minji = { id: "g_0123456789abcdef", name: "민지 ❤️ \"'.<b>" };
const secret = newSecret();

async function assertUnauthorized(verified: Promise<unknown>, what: string): Promise<void> {
  const error = await assertRejects(() => verified, ChatError, undefined, what);
  assertEquals(error.code, "unauthorized", what);
}

Deno.test("a token makes the guest that it was signed for, on every isolate that has the secret", async () => {
  const token = await (await createGuests(secret)).sign(minji);
  assertEquals(await (await createGuests(new Uint8Array(secret))).verify(token), minji);
  // It goes into a JSON frame, and `hello` takes 4,096 characters.
  assertMatch(token, /^[\w-]+\.[\w-]+$/);
  assert(token.length < 500);
});

Deno.test("what stands in a guest beside id and name is not signed, and the longest name fits", async () => {
  const guests = await createGuests(secret);
  const token = await guests.sign({ ...minji, admin: true } as typeof minji); // More than the type says.
  assertEquals(await guests.verify(token), minji);
  const longest = { id: newGuestId(), name: "😀".repeat(32) };
  assertEquals(await guests.verify(await guests.sign(longest)), longest);
});

Deno.test("a token that was changed anywhere, by one character, is unauthorized", async () => {
  const guests = await createGuests(secret);
  const token = await guests.sign(minji);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const [i, character] of [...token].entries()) {
    // The next one differs in its last bits alone, which are no bits of the bytes at the end of each half.
    const next = alphabet[(alphabet.indexOf(character) + 1) % alphabet.length] ?? "";
    for (const other of [next, character === "A" ? "B" : "A", "", ".", "=", "+", "é"]) {
      const changed = token.slice(0, i) + other + token.slice(i + 1);
      if (changed !== token) await assertUnauthorized(guests.verify(changed), `${i}: ${character} → ${other}`);
    }
  }
});

Deno.test("a token has one spelling: no padding, no white space, not the other alphabet, nothing after it", async () => {
  const guests = await createGuests(secret);
  const token = await guests.sign(minji);
  const [payload = "", signature = ""] = token.split(".");
  const spellings = [
    `${token}=`,
    `${token}==`,
    ` ${token}`,
    `${token}\n`,
    `${payload}= .${signature}`,
    `${payload} .${signature}`,
    `${token}.`,
    `.${token}`,
  ];
  for (
    const spelling of [...spellings, `${token}.${signature}`, token.replaceAll("-", "+").replaceAll("_", "/") + " "]
  ) {
    await assertUnauthorized(guests.verify(spelling), spelling);
  }
});

Deno.test("the token of another deployment is unauthorized", async () => {
  const token = await (await createGuests(newSecret())).sign(minji);
  const guests = await createGuests(secret);
  await assertUnauthorized(guests.verify(token), "foreign");
  const [payload = ""] = token.split(".");
  const [, signature = ""] = (await guests.sign({ ...minji, name: "x" })).split(".");
  await assertUnauthorized(guests.verify(`${payload}.${signature}`), "another guest's signature");
});

Deno.test("garbage is unauthorized, never another error", async () => {
  const guests = await createGuests(secret);
  const garbage = [
    "",
    ".",
    "..",
    "a",
    "a.b",
    "....",
    "null",
    "{}",
    "\0",
    "\ud800",
    "한글.방",
    "=.=",
    "AAAA.",
    ".AAAA",
    "x".repeat(4_096),
    `${"A".repeat(2_000)}.${"A".repeat(43)}`,
  ];
  const jwt = "eyJhbGciOiJub25lIn0.eyJpZCI6ImdfYWRtaW4ifQ.";
  for (const token of [...garbage, jwt, ".".repeat(4_096)]) {
    await assertUnauthorized(guests.verify(token), token.slice(0, 40));
  }
});

Deno.test("a new guest's id begins with g_, is random and fits where ids stand", () => {
  const ids = Array.from({ length: 1_000 }, newGuestId);
  for (const id of ids) assertMatch(id, /^g_[\w-]{16}$/);
  assertEquals(new Set(ids).size, 1_000);
});

Deno.test("a secret is 32 random bytes", () => {
  assertEquals(newSecret().length, 32);
  assertNotEquals(newSecret(), newSecret());
});

Deno.test("whoever opens the database first makes the secret, and everybody has that one", async () => {
  using kv = await Deno.openKv(":memory:");
  const secrets = await Promise.all(Array.from({ length: 10 }, () => loadSecret(kv)));
  for (const each of secrets) assertEquals(each, secrets[0]);
  assertEquals(secrets[0]?.length, 32);
  assertEquals(await loadSecret(kv), secrets[0]);
  using another = await Deno.openKv(":memory:");
  assertNotEquals(await loadSecret(another), secrets[0]);
});
