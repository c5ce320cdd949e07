import { assertEquals } from "@std/assert";
import { Abuse } from "../../consumers/abuse.ts";
import { ChatError, type ErrorCode, ERRORS } from "../../protocol/errors.ts";

const error = (code: ErrorCode) => new ChatError(code, "");

Deno.test("[C4] the third bad frame is enough, however long ago the others were", () => {
  const abuse = new Abuse();
  assertEquals(abuse.count(error("bad_request"), 0), undefined);
  assertEquals(abuse.count(error("bad_request"), 1e9), undefined);
  assertEquals(abuse.count(error("bad_request"), 2e9)?.code, 1008);
});

Deno.test("[V14] 100 refusals for speed are enough; a pause of more than 10 s forgives them", () => {
  const abuse = new Abuse();
  for (let n = 1; n < 100; n++) assertEquals(abuse.count(error("rate_limited"), n), undefined);
  // A pause of exactly ten seconds is none.
  assertEquals(abuse.count(error("rate_limited"), 10_099)?.code, 1008);

  const patient = new Abuse();
  for (let n = 1; n < 100; n++) assertEquals(patient.count(error("rate_limited"), n), undefined);
  for (let n = 0; n < 99; n++) assertEquals(patient.count(error("rate_limited"), 10_100 + n), undefined);
  assertEquals(patient.count(error("rate_limited"), 10_200)?.code, 1008);
});

Deno.test("[V14] who is refused slowly but without a pause is closed at the hundredth", () => {
  const abuse = new Abuse();
  for (let n = 1; n < 100; n++) assertEquals(abuse.count(error("rate_limited"), n * 9_999), undefined);
  assertEquals(abuse.count(error("rate_limited"), 100 * 9_999)?.code, 1008);
});

Deno.test("bad frames and refusals for speed are counted apart, and no other error counts", () => {
  const abuse = new Abuse();
  for (const code of Object.keys(ERRORS) as ErrorCode[]) { // These are its keys.
    if (code === "bad_request" || code === "rate_limited") continue;
    for (let n = 0; n < 200; n++) assertEquals(abuse.count(error(code), n), undefined, code);
  }
  for (let n = 0; n < 99; n++) abuse.count(error("rate_limited"), n);
  for (let n = 0; n < 2; n++) assertEquals(abuse.count(error("bad_request"), n), undefined);
});
