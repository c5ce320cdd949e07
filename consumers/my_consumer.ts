import { Consumer } from "./consumer.ts";

/** The skeleton of the seed `002…`: copy it to begin a consumer of your own. */
export class MyConsumer extends Consumer {
  /** What happens when a client connects. */
  override async connect(): Promise<void> {
    // What happens when a client connects; without `accept` it is denied.
    await this.accept();
  }

  /** What happens when the connection has ended. */
  override disconnect(_code: number): void {
    // What happens when the connection has ended.
  }

  /** What happens when a frame comes. */
  override receive(_frame: unknown): void {
    // What happens when a frame comes.
  }

  /** What happens when an event of type `send.message` comes, from a group or to `channelName`. */
  send_message(event: { message: string }): void {
    this.send({ message: event.message });
  }
}
