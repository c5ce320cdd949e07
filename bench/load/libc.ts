/**
 * The dozen calls of Linux's C library that the generator lives on. `Deno.connect` costs a promise and a trip through
 * the event loop a read, about 5 µs: more than the servers spend on a delivery. A generator as heavy as that also
 * flatters them, because a receiver that never sleeps needs no waking, and waking is most of what a send on the loopback
 * costs. Through FFI a `recv` takes well under 1 µs, and the receiver sleeps between messages as real ones do.
 *
 * @module
 */

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // Lengths are size_t and results ssize_t: 32 bits of them are enough here, and need no BigInt.
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
} as const;

/** The calls, as their manual pages describe them; -1 is a failure. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Flags of `recv` and `send`. */
export const MSG = { none: 0, dontWait: 0x40, noSignal: 0x4000 } as const;

/** Opens the library; needs `--allow-ffi`. */
export function openLibc(): Libc {
  return Deno.dlopen("libc.so.6", SYMBOLS).symbols;
}

/**
 * A TCP connection to a port of 127.0.0.1: without Nagle's delay, and with reads that give up after `timeoutMs`.
 *
 * @returns The file descriptor.
 */
export function connectLoopback(libc: Libc, port: number, timeoutMs: number): number {
  const fd = libc.socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) throw new Error("Cannot make a socket: are there file descriptors left (ulimit -n)?");
  const timeout = new BigInt64Array([BigInt(Math.floor(timeoutMs / 1000)), BigInt(timeoutMs % 1000) * 1000n]);
  libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, new Int32Array([1]), 4);
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.byteLength);
  const address = new Uint8Array(SOCKADDR_IN_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  view.setUint32(4, LOOPBACK);
  if (libc.connect(fd, address, address.length) === 0) return fd;
  libc.close(fd);
  throw new Error(`Cannot connect to port ${port}`);
}

// From the headers of Linux; the same on x86-64 and ARM64.
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCKADDR_IN_BYTES = 16;
const LOOPBACK = 0x7f000001;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
