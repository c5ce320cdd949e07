/**
 * Keeps the books of a run: every message of every client is counted, once, twice or not at all, in its order and with
 * its time.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";

/** The books. Messages are numbered from 0 in the order of their schedule. */
export class Tally {
  /** Deliveries while the window is open. */
  deliveriesInWindow = 0;
  /** All deliveries. */
  deliveries = 0;
  /** Deliveries that a client had got before. */
  doubled = 0;
  /** Messages that nobody sent. */
  foreign = 0;
  /** Messages acknowledged. */
  acked = 0;
  /** Time of the latest delivery, in milliseconds of `performance.now()`. */
  lastDeliveryAtMs = 0;
  /** Set while the measured window is open. */
  windowOpen = false;
  /** Latencies of the messages from `firstMeasured` on. */
  readonly latency = new Histogram();

  readonly #clients: number;
  /** Messages that will be sent. */
  readonly messages: number;

  readonly #firstMeasured: number;
  readonly #scheduledAtMs: Float64Array;
  readonly #acked: Uint8Array;
  /** Clients that have got the message, by message. */
  readonly #reached: Uint32Array;
  /** 1 where client × messages + message has arrived. */
  readonly #seen: Uint8Array;
  /** A rolling hash over the numbers that a client got: equal hashes, equal orders. */
  readonly #order: Int32Array;

  /**
   * @param clients Sockets that receive.
   * @param messages Messages that will be sent.
   * @param firstMeasured Number of the first message whose latency counts.
   */
  constructor(clients: number, messages: number, firstMeasured: number) {
    this.#clients = clients;
    this.messages = messages;
    this.#firstMeasured = firstMeasured;
    this.#scheduledAtMs = new Float64Array(messages);
    this.#acked = new Uint8Array(messages);
    this.#reached = new Uint32Array(messages);
    this.#seen = new Uint8Array(clients * messages);
    this.#order = new Int32Array(clients);
  }

  /** Notes when a message was due; its latency counts from there, so that a late generator flatters nobody. */
  scheduled(message: number, atMs: number): void {
    this.#scheduledAtMs[message] = atMs;
  }

  /** Notes an acknowledgement; a second one for the same message changes nothing. */
  acknowledged(message: number): void {
    if (message < 0 || message >= this.messages || this.#acked[message] === 1) return;
    this.#acked[message] = 1;
    this.acked++;
  }

  /** Notes a frame's messages for one client. */
  delivered(client: number, numbers: Int32Array, atMs: number): void {
    const row = client * this.messages;
    let order = this.#order[client] ?? 0;
    let ours = numbers.length;
    for (let i = 0; i < numbers.length; i++) {
      const message = numbers[i] ?? -1;
      if (message < 0 || message >= this.messages) {
        this.foreign++;
        ours--;
        continue;
      }
      order = (Math.imul(order, 31) + message + 1) | 0;
      if (this.#seen[row + message] === 1) {
        this.doubled++;
        continue;
      }
      this.#seen[row + message] = 1;
      this.#reached[message] = (this.#reached[message] ?? 0) + 1;
      if (message >= this.#firstMeasured) this.latency.add(atMs - (this.#scheduledAtMs[message] ?? 0));
    }
    this.#order[client] = order;
    this.deliveries += ours;
    if (this.windowOpen) this.deliveriesInWindow += ours;
    this.lastDeliveryAtMs = atMs;
  }

  /** How many deliveries the acknowledged messages still lack. */
  missing(): number {
    let missing = 0;
    for (let message = 0; message < this.messages; message++) {
      if (this.#acked[message] === 1) missing += this.#clients - (this.#reached[message] ?? 0);
    }
    return missing;
  }

  /** How many different orders the clients saw. */
  orders(): number {
    return new Set(this.#order).size;
  }
}
