import { epochOf, originCursor } from "../layers/cursor.ts";
import type { ChannelLayer, Cursor } from "../layers/layer.ts";

/**
 * Where what is kept of a group's log begins: whoever reads after it reads all.
 *
 * @throws {LayerUnavailable} The backend cannot be reached.
 */
export async function beginningOf(layer: ChannelLayer, group: string): Promise<Cursor> {
  const newest = await layer.read(group, { limit: 1 });
  if (newest.entries.length === 0) return newest.head;
  // Nothing is before the origin; an empty page's head is where the log begins.
  const { head } = await layer.read(group, { before: originCursor(epochOf(newest.head)), limit: 1 });
  return head;
}
