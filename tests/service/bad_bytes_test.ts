import { assert, assertEquals } from "@std/assert";
import { checkTogether, Ledger } from "./ledger.ts";
import { everyone, Member } from "./member.ts";
import { handshake } from "./raw_socket.ts";
import { newFolder, pause, startServer } from "./server.ts";

/** How long each stays at the most. */
const MAX_STAY_MS = 2_000;

const HEAD = (port: number) => new TextEncoder().encode(handshake(new URL(`ws://127.0.0.1:${port}/ws`)));
const bytes = (...values: number[]) => new Uint8Array(values);
/** A head, a mask of nothing, and so many bytes of the same. */
const masked = (head: readonly number[], size: number, byte = 0x61) => {
  const frame = new Uint8Array(head.length + 4 + size).fill(byte);
  frame.set([...head, 0, 0, 0, 0]);
  return frame;
};
const text = (value: string) => new TextEncoder().encode(value);

/** What is sent after a proper handshake, again and again while `repeats` last; none of them is a frame that a client may send. */
const FRAMES: Readonly<
  Record<string, { first: Uint8Array<ArrayBuffer>; then?: Uint8Array<ArrayBuffer>; repeats?: number }>
> = {
  "an unmasked frame": { first: bytes(0x81, 0x02, 0x68, 0x69) },
  "reserved bits": { first: bytes(0xf1, 0x80, 0, 0, 0, 0) },
  "a reserved opcode": { first: bytes(0x83, 0x80, 0, 0, 0, 0) },
  "a frame of 2^63 bytes": { first: bytes(0x81, 0xff, 0x7f, ...Array(7).fill(0xff), 1, 2, 3, 4) },
  "a frame of 4 GiB that never comes": { first: bytes(0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4) },
  "a control frame of 200 bytes": { first: masked([0x89, 0xfe, 0, 200], 200) },
  "a fragmented ping": { first: bytes(0x09, 0x80, 0, 0, 0, 0) },
  "a continuation of nothing": { first: bytes(0x80, 0x81, 0, 0, 0, 0, 0x61) },
  "text that is not UTF-8": { first: bytes(0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28) },
  "a close with half a code": { first: bytes(0x88, 0x81, 0, 0, 0, 0, 0x03) },
  "a close with a code that is none": { first: bytes(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed) },
  "a binary frame": { first: bytes(0x82, 0x81, 0, 0, 0, 0, 0x61) },
  "a text of 1 MiB": {
    first: masked([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0], 1024 * 1024),
  },
  "fragments without an end": {
    first: bytes(0x01, 0x80, 0, 0, 0, 0),
    then: masked([0x00, 0xfe, 0x10, 0], 4096),
    repeats: 1_000,
  },
  "pings without an end": { first: bytes(0x89, 0x80, 0, 0, 0, 0), then: bytes(0x89, 0x80, 0, 0, 0, 0), repeats: 5_000 },
  "half a frame": { first: bytes(0x81, 0xfe, 0x10) },
};

/** What is sent instead of a handshake. */
const OPENINGS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "half a handshake": text("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: webso"),
  "no HTTP": bytes(...Array.from({ length: 512 }, (_, i) => i % 256)),
  "TLS": bytes(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, ...Array(64).fill(7)),
  "HTTP/2 without asking": text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  "headers without an end": text(
    "GET /ws HTTP/1.1\r\n" + "x-a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(2_000),
  ),
  "a body of two lengths": text(
    "PUT /v1/rooms/a/messages/b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
  ),
  "a body that ends early": text(
    'PUT /v1/rooms/a/messages/b HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n{"text":',
  ),
  "nothing": bytes(),
};

Deno.test("bad bytes on the socket end a connection at the most, and nobody else notices anything", async () => {
  await using folder = await newFolder();
  for (const jobs of ["1", "2"]) {
    await using server = await startServer({
      KV_URL: folder.database,
      SEND_RATE: "0",
      RATE_SCALE: "0",
      DENO_JOBS: jobs,
    });
    const ledger = new Ledger();
    const where = { http: server.http, url: server.url, room: `calm${jobs}` };
    const members = Array.from(
      { length: 6 },
      (_, i) => new Member({ name: `calm${i}`, room: where.room, ledger, url: () => server.url }),
    );
    try {
      await everyone(members, (member) => member.isIn, "has joined");
      for (const member of members) member.write();
      const head = HEAD(server.port);
      await Promise.all([
        ...Object.values(OPENINGS).map((opening) => sendAndStay(server.port, [opening])),
        ...Object.values(FRAMES).map(({ first, then, repeats = 0 }) =>
          sendAndStay(server.port, [head, first, ...Array<Uint8Array<ArrayBuffer>>(repeats).fill(then ?? first)])
        ),
        // And each of them once more, by somebody who goes at once.
        ...Object.values(FRAMES).map(({ first }) => sendAndStay(server.port, [head, first], 0)),
      ]);
      const { acknowledged } = await checkTogether(where, ledger, members);
      assertEquals(
        members.map(({ name, connections }) => `${name}: ${connections}`),
        members.map(({ name }) => `${name}: 1`),
      );
      assert(acknowledged > 100, `only ${acknowledged} messages meanwhile`);
      assertEquals(server.stderr, "");
      assert(server.isAlive);
    } finally {
      await Promise.all(members.map((member) => member.leave()));
    }
  }
});

/** Sends some bytes, reads what comes, and goes when the server has ended it, or after a time. */
async function sendAndStay(port: number, parts: readonly Uint8Array[], stayMs = MAX_STAY_MS): Promise<void> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    conn.close();
  };
  const reading = (async () => {
    const buffer = new Uint8Array(64 * 1024);
    while (await conn.read(buffer) !== null);
  })().catch(() => {});
  const writing = (async () => {
    for (const part of parts) for (let at = 0; at < part.length;) at += await conn.write(part.subarray(at));
  })().catch(() => {});
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (stayMs === 0) await Promise.race([writing, pause(MAX_STAY_MS)]).finally(end);
  else timer = setTimeout(end, stayMs);
  await Promise.all([reading.then(end), writing]);
  clearTimeout(timer);
}
