/**
 * A small world in which every operation can be done: an operator, three guests, a room with a message.
 *
 * @module
 */

import type { ServiceOptions } from "../testing/stage.ts";
import { type Answer, Harness, openHarness, type Person } from "./harness.ts";

/** The operator's key. */
export const ADMIN = "operator-key-of-the-tests-0123456789";

/** What every application of these tests is. */
export const OPTIONS: ServiceOptions = { apiKey: ADMIN, allowPrivateWebhooks: true };

/** See the module. */
export class World implements AsyncDisposable {
  readonly harness: Harness;
  readonly owner: Person;
  readonly member: Person;
  readonly stranger: Person;
  /** A public room of the owner's, with the member in it. */
  readonly room = "lobby";
  /** The cursor of what the member has said there. */
  readonly message: string;
  /** A key that nobody has used. */
  readonly key: string = crypto.randomUUID();

  constructor(harness: Harness, people: readonly [Person, Person, Person], message: string) {
    this.harness = harness;
    [this.owner, this.member, this.stranger] = people;
    this.message = message;
  }

  /** Asks over HTTP what must be answered; returns the answer. */
  readonly http = (who: Person | string | undefined, type: string, input: object = {}): Promise<Answer["ok"]> => {
    return this.harness.ok("http", typeof who === "object" ? who.token : who, type, input);
  };

  /** A private room of the owner's. */
  readonly privateRoom = async (): Promise<string> => {
    return (await this.http(this.owner, "create_room", { kind: "private" })).room.name;
  };

  /** Closes everything; faults that were reported fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.harness[Symbol.asyncDispose]();
  }
}

/** Makes one. */
export async function openWorld(options: ServiceOptions = OPTIONS): Promise<World> {
  const harness = await openHarness({ ...OPTIONS, ...options });
  const [owner, member, stranger] = [
    await harness.person("olivia"),
    await harness.person("minji"),
    await harness.person("soren"),
  ];
  await harness.ok("http", owner.token, "create_room", { kind: "public", name: "lobby", title: "Lobby" });
  await harness.ok("http", member.token, "become_member", { room: "lobby" });
  const { cursor } = await harness.ok("http", member.token, "send", { room: "lobby", key: "first", text: "hello" });
  return new World(harness, [owner, member, stranger], cursor);
}
