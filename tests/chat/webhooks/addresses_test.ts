import { assertEquals } from "@std/assert";
import { isPublicAddress } from "../../../chat/webhooks/addresses.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "168.63.129.15",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2001:4860:4860::8888",
  "2001:200::1",
  "2400:cb00::",
];

const NOT_PUBLIC = [
  // Unspecified, this network, loopback.
  "0.0.0.0",
  "0.1.2.3",
  "127.0.0.1",
  "127.255.255.255",
  "::",
  "::1",
  // Private, CGNAT, link-local.
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.0",
  "172.31.255.255",
  "192.168.0.1",
  "100.64.0.0",
  "100.127.255.255",
  "169.254.0.1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  // Metadata services: AWS, Google, Azure, Alibaba, Oracle; Azure's wire server.
  "169.254.169.254",
  "169.254.170.2",
  "fd00:ec2::254",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  // Special, benchmark, documentation, multicast, reserved, broadcast.
  "192.0.0.8",
  "192.0.2.1",
  "192.88.99.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "2001:db8::1",
  "3fff::1",
  "ff02::1",
  "100::1",
  // IPv4 in IPv6: mapped, translated, compatible, NAT64 (also a local prefix), 6to4, Teredo.
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::FFFF:8.8.8.8",
  "::ffff:0:8.8.8.8",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::8.8.8.8",
  "64:ff9b:1::a00:1",
  "2002:7f00:1::",
  "2002:a9fe:a9fe::1",
  "2001:0:7f00:1::1",
  "2001::1",
  // What is no address in one plain spelling.
  "",
  "localhost",
  "1.1.1",
  "1.1.1.1.",
  "01.1.1.1",
  "0x8.8.8.8",
  "134744072",
  "1.1.1.256",
  " 8.8.8.8",
  "2606:4700::1111::1",
  "2606:4700:4700::1111]@[::1",
  "[2606:4700:4700::1111]",
  "gggg::1",
];

Deno.test("what anybody may reach is public", () => {
  for (const address of PUBLIC) assertEquals(isPublicAddress(address), true, address);
});

Deno.test("what is ours, our network's, our provider's, reserved, or hides an IPv4 address is not public", () => {
  for (const address of NOT_PUBLIC) assertEquals(isPublicAddress(address), false, address);
});
