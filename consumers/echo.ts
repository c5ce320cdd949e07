import { z } from "zod";
import { Consumer } from "./consumer.ts";

const frame = z.strictObject({ message: z.string() });

/** Greets, then says back what it hears: `ChatConsumer` of the seed `000…`. */
export class EchoConsumer extends Consumer<z.infer<typeof frame>> {
  /** Checks frames. */
  override readonly frame = frame;

  /** Accepts and greets. */
  override async connect(): Promise<void> {
    await this.accept();
    this.send({ message: "WebSocket 연결 성공" });
  }

  /** Answers with the same. */
  override receive({ message }: z.infer<typeof frame>): void {
    this.send({ message });
  }
}
