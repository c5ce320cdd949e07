import type { ChannelLayer, Document } from "../layers/layer.ts";
import { documentKey } from "./keys.ts";

/** Documents of one list. */
const PAGE = 1_000;
/**
 * Pages that are read at most. A person comes into 1,000 rooms and opens 1,000 direct ones, and 200 more that others opened may be listed, so
 * three are enough; those of them that one answered come on top, and are one's own doing.
 */
const MAX_PAGES = 5;

/**
 * The rooms that somebody has in their list, as `membership` documents, by name: all of them.
 *
 * @param person Their id.
 * @throws {LayerUnavailable}
 */
export async function listMembershipDocuments(layer: ChannelLayer, person: string): Promise<Document[]> {
  const prefix = documentKey("membership", person);
  const all: Document[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const after = all.at(-1)?.key[2];
    const found = await layer.list({ prefix, limit: PAGE, ...(after !== undefined && { after }) });
    all.push(...found);
    if (found.length < PAGE) break;
  }
  return all;
}
