import { assertEquals, assertThrows } from "@std/assert";
import { addressName } from "../../chat/limits.ts";
import { createAddresses } from "../../routes/address.ts";

const via = (value?: string) => new Headers(value === undefined ? {} : { "x-forwarded-for": value });

Deno.test("without trusted proxies nobody is believed", () => {
  const addresses = createAddresses("");
  assertEquals(addresses.client("192.0.2.1", via("203.0.113.9")), "192.0.2.1");
  assertEquals(addresses.client(undefined, via("203.0.113.9")), "");
  assertEquals(addresses.trusts("127.0.0.1"), false);
});

Deno.test("behind a number of proxies the client is who the outermost of them saw", () => {
  const one = createAddresses("1");
  assertEquals(one.client("10.0.0.1", via("203.0.113.9")), "203.0.113.9");
  assertEquals(one.client("10.0.0.1", via("1.1.1.1, 203.0.113.9")), "203.0.113.9");
  assertEquals(one.client("192.0.2.1", via()), "192.0.2.1");
  const two = createAddresses("2");
  assertEquals(two.client("10.0.0.1", via("1.1.1.1, 203.0.113.9, 10.0.0.2")), "203.0.113.9");
  assertEquals(two.client("10.0.0.1", via("203.0.113.9")), "10.0.0.1");
});

Deno.test("among trusted addresses the client is the last that is none of them", () => {
  const addresses = createAddresses("10.0.0.0/8, ::1, fd00::/8");
  assertEquals(addresses.client("10.0.0.1", via("1.1.1.1, 203.0.113.9, 10.0.0.2")), "203.0.113.9");
  assertEquals(addresses.client("::ffff:10.0.0.1", via("203.0.113.9:4711")), "203.0.113.9");
  assertEquals(addresses.client("::1", via("[2001:db8::1]:443, fd00::7")), "2001:db8::1");
  assertEquals(addresses.client("192.0.2.1", via("203.0.113.9")), "192.0.2.1");
  for (const lie of ["unknown", "", ",,", "a.b.c.d", "x".repeat(100_000)]) {
    assertEquals(addresses.client("10.0.0.1", via(lie)), "10.0.0.1", lie.slice(0, 20));
  }
  assertEquals([addresses.trusts("10.9.9.9"), addresses.trusts("11.0.0.1"), addresses.trusts(undefined)], [
    true,
    false,
    false,
  ]);
});

Deno.test("a setting that is none is refused with the part that is wrong", () => {
  for (const setting of ["0", "10", "proxy", "10.0.0.0/33", "10.0.0.0/", "::1/129", "1.2.3", "1, 2", "10.0.0.0/8/8"]) {
    assertThrows(() => createAddresses(setting), RangeError, "is no proxy", setting);
  }
});

Deno.test("of IPv6 the first 64 bits are counted", () => {
  const names = {
    "": "",
    "192.0.2.1": "192.0.2.1",
    "2001:db8::1": "2001:db8:0:0::/64",
    "2001:0db8:0000:0000:aaaa::1": "2001:db8:0:0::/64",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "::1": "0:0:0:0::/64",
    "1::": "1:0:0:0::/64",
  };
  for (const [address, name] of Object.entries(names)) assertEquals(addressName(address), name);
});
