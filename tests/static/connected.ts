import { createConnection, type State } from "../../static/client/connection.js";
import { createIdentity, type IdentityParts } from "../../static/client/identity.js";
import { FakeClock } from "./fake_clock.ts";
import { FakeNetwork } from "./fake_network.ts";

/** What a test of a connection has. */
export type Setting = ReturnType<typeof connected>;

/** What is to be connected. */
export interface Options {
  readonly identity?: IdentityParts;
  readonly random?: () => number;
  readonly hasNetwork?: () => boolean;
  /** Whether the first hello is answered already. */
  readonly welcome?: boolean;
}

/** A connection that has said hello, unless told otherwise, to a network of fakes. */
export function connected(
  { identity: given = { name: "민지" }, random = () => 0.5, hasNetwork = () => true, welcome = true }: Options = {},
) {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const seen: State[] = [];
  const events: unknown[] = [];
  const raw: string[] = [];
  const identity = createIdentity(given);
  const connection = createConnection({
    url: "ws://maru.example/ws",
    identity,
    WebSocket: network.WebSocket,
    clock,
    random,
    hasNetwork,
    onState: (state) => seen.push(state),
    onHello() {},
    onFrame: (frame) => events.push(frame),
    onRaw: ({ direction, text }) => raw.push(`${direction} ${text}`),
  });
  connection.start();
  if (welcome) network.socket.welcome();
  return { clock, network, connection, identity, events, raw, states: () => seen.map(({ status }) => status) };
}
