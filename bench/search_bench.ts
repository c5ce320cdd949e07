/**
 * Search in a room of 100,000 messages, on a file: what building the index costs, how large it is, and how long a page takes.
 *
 *     deno task bench:search [messages]
 *
 * The words are made up, drawn as those of a language are (Zipf): 20,000 Korean words of 1 to 4 syllables with particles, and 8,000 of letters.
 *
 * @module
 */

import { openKvLayer } from "../layers/kv.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { roomGroup } from "../chat/keys.ts";
import { indexRoom } from "../chat/search/index_room.ts";
import { Search } from "../chat/search/search.ts";
import type { Wanted } from "../chat/search/query.ts";

/** Searches of each kind that are timed. */
const RUNS = 60;

const ROOM = "bench";
const SYLLABLES = [
  ..."가나다라마바사아자차하고노도로모보소오조구누두루무부수우주기니디리미비시이지개내대래매배새애재간난단란만반산안잔" +
    "강낭당랑망방상앙장경명병성영정건선연전관완원환결별설열절국극급남담람암음임점합협입십업력역직적석특현권환획확율률급량행형향학확통총청측처초추출축태토투트파판편평포표품필하한해허호화회후",
];
const LETTERS = [..."etaoinshrdlucmfwypvbgk"];
const PARTICLES = ["", "", "", "은", "는", "이", "가", "을", "를", "에", "에서", "으로", "도", "까지", "한테"];

let seed = 42;
/** The same messages each time: xorshift32. */
function random(): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) / 2 ** 32;
}

/** An index below `count`, the first ones most often. */
function zipf(count: number): number {
  return Math.min(count - 1, Math.floor(Math.exp(random() * Math.log(count + 1))) - 1);
}

function word(alphabet: readonly string[], length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}

const korean = Array.from(
  { length: 20_000 },
  (_, rank) => word(SYLLABLES, rank < 60 ? 1 : 2 + Math.floor(random() * 2.4)),
);
const english = Array.from(
  { length: 8_000 },
  (_, rank) => word(LETTERS, 2 + Math.floor(random() * (rank < 200 ? 4 : 9))),
);

function sentence(): string {
  const isKorean = random() < 0.7;
  const words = Array.from({ length: 2 + Math.floor(random() * random() * 24) }, () => {
    if (isKorean !== random() < 0.1) return korean[zipf(korean.length)] + (PARTICLES[Math.floor(random() * 15)] ?? "");
    return english[zipf(english.length)];
  });
  return words.join(" ");
}

async function fill(layer: ChannelLayer, messages: number): Promise<void> {
  const people = Array.from(
    { length: 200 },
    (_, id) => ({ id: `g_${String(id).padStart(16, "0")}`, name: `사람${id}` }),
  );
  for (let made = 0; made < messages;) {
    // Some come alone, some together, as when a room is busy.
    const together = Math.min(messages - made, 1 + Math.floor(random() * 40));
    await Promise.all(Array.from({ length: together }, (_, i) => {
      let text = sentence();
      // Once in the whole room each, and one that comes every 2,000 messages.
      if (made + i === Math.floor(messages / 3)) text += " xylophone";
      if (made + i === Math.floor(messages / 5)) text += " 마이크로서비스를";
      if ((made + i) % 2_000 === 0) text += " quarterly";
      return layer.publish(roomGroup(ROOM), { type: "message", at: made + i, user: people[zipf(200)], text }, {
        key: `${made + i}`,
      });
    }));
    made += together;
  }
}

/** Times pages of 50; prints milliseconds. */
async function time(search: Search, name: string, wanted: Wanted): Promise<void> {
  const times: number[] = [];
  let page = await search.messages([ROOM], wanted, { limit: 50 });
  let short = 0;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    page = await search.messages([ROOM], wanted, { limit: 50 });
    times.push(performance.now() - start);
    if (page.next !== undefined && page.items.length < 50) short++;
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => (times[Math.floor(share * (RUNS - 1))] ?? NaN).toFixed(1).padStart(6);
  console.log(
    `${name.padEnd(44)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  found ${page.items.length}${
      short > 0 ? `, cut short ${short} times` : ""
    }`,
  );
}

async function main(messages: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "maru_search_bench_" });
  const [kv, reads] = [await Deno.openKv(`${folder}/bench.sqlite`), await Deno.openKv(`${folder}/bench.sqlite`)];
  const layer = await openKvLayer(kv, { reads });
  const search = new Search(layer);
  try {
    await fill(layer, messages);
    const start = performance.now();
    const segments = await indexRoom(layer, ROOM);
    const builtMs = performance.now() - start;
    let bytes = 0;
    for await (const { value } of kv.list<{ blocks: { filter: Uint8Array }[] }>({ prefix: ["doc", "segment", ROOM] })) {
      for (const { filter } of value.blocks ?? []) bytes += filter.length;
    }
    console.log(
      `${messages} messages, ${segments} segments: ${(builtMs * 1000 / messages).toFixed(1)} µs a message to build, ` +
        `${(bytes / messages).toFixed(1)} bytes a message of filters, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    );
    await time(search, "a word that is said once", { text: "xylophone" });
    await time(search, "a Korean word, by a part in its middle", { text: "로서비" });
    await time(search, "a word that comes every 2,000 messages", { text: "quarterly" });
    await time(search, "a common Korean word", { text: korean[80] ?? "" });
    await time(search, "a common word of letters", { text: english[10] ?? "" });
    await time(search, "a middling Korean word", { text: korean[3_000] ?? "" });
    await time(search, "a middling word of letters", { text: english[2_000] ?? "" });
    await time(search, "two syllables that nobody said", { text: "뷁쀍" });
    await time(search, "two common syllables, never side by side", { text: "획애" });
    await time(search, "a word that nobody said", { text: "zeitgeist" });
    await time(search, "two words", { text: `${korean[80]} ${english[2_000]}` });
    await time(search, "a rare author's", { from: `g_${"199".padStart(16, "0")}` });
  } finally {
    await search.close();
    await layer.close();
    kv.close();
    reads.close();
    await Deno.remove(folder, { recursive: true });
  }
}

// Not when `deno bench` collects this folder: there is nothing to repeat here.
if (import.meta.main) await main(Number(Deno.args[0] ?? 100_000));
