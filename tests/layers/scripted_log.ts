import type { Cursor } from "../../layers/cursor.ts";
import { entryCursor } from "../../layers/cursor.ts";
import type { Entry, Page } from "../../layers/layer.ts";
import { cutPage } from "../../layers/page.ts";

/** A group's log, all of it, beside the fanout that is tested. */
export class ScriptedLog {
  readonly epoch = "epoch0";
  /** In order, the transient ones too. */
  readonly entries: Entry[] = [];
  #commits = 0;

  /** One commit's entries: texts, each transient where it begins with `~`. */
  commit(...texts: string[]): Entry[] {
    const stamp = (++this.#commits).toString(16).padStart(20, "0");
    const added = texts.map((text, index) => ({
      cursor: entryCursor(this.epoch, stamp, index),
      json: JSON.stringify({ type: "message", text }),
      transient: text.startsWith("~"),
    }));
    this.entries.push(...added);
    return added;
  }

  /** What a reader of the log finds: nothing that is transient. */
  page(after: Cursor, upTo: Cursor, limit = 500): Page {
    const found = this.entries.filter(({ cursor, transient }) => !transient && cursor > after && cursor <= upTo);
    return cutPage(found, { limit, head: after });
  }

  /** Where it ends. */
  get head(): Cursor {
    return this.entries.at(-1)?.cursor ?? entryCursor(this.epoch, "0".repeat(20), 0);
  }
}
