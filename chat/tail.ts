import type { Cursor } from "../layers/layer.ts";

/** Rows that a tail keeps at least, once it has had as many. One more than is counted: so the count is exact up to there. */
export const TAIL_ROWS = 1_001;

/** Rows after which it forgets the oldest: in steps, because each forgetting moves all the others. */
const MAX_ROWS = 1_280;

/** One thing that is counted. */
export interface Row {
  /** Its place. */
  readonly cursor: Cursor;
  /** When it was, in milliseconds since 1970. */
  readonly at: number;
  /** What it is of: a message's author, a mention's room. */
  readonly tag: string;
  /** Whether it is meant for everyone. */
  readonly isLoud: boolean;
}

/** No tag: a row that no longer counts. */
const GONE = 0;
const decoder = new TextDecoder();

/**
 * The newest rows of a log, to be counted: in columns, because an isolate keeps a thousand of them for each of many rooms. Some 40 bytes
 * a row; cursors are only compared, as strings of one width are.
 */
export class Tail {
  /** Every row from this cursor on is here; `""`: every row that there is. */
  from: Cursor | "" = "";
  #length = 0;
  #last: Cursor | "" = "";
  #width = 0;
  #cursors = new Uint8Array(0);
  #ats: Float64Array;
  #tags: Uint16Array;
  #louds: Uint8Array;
  #names: string[] = [""];
  #numbers = new Map<string, number>();

  /**
   * Makes an empty one.
   *
   * @param room Rows that it takes without being laid out anew. Default 0.
   */
  constructor(room = 0) {
    this.#ats = new Float64Array(room);
    this.#tags = new Uint16Array(room);
    this.#louds = new Uint8Array(room);
  }

  /** How many rows there are, those that no longer count included. */
  get length(): number {
    return this.#length;
  }

  /** The newest row's cursor; `""`: there is none. */
  get last(): Cursor | "" {
    return this.#last;
  }

  /** Adds the newest row. */
  append(row: Row): void {
    if (this.#length >= MAX_ROWS) this.#rebuild([], this.#length - TAIL_ROWS);
    if (this.#length === this.#ats.length || this.#names.length > 0xfff0) this.#rebuild([], 0);
    this.#put(row);
  }

  /** Adds rows that come before all others, oldest first; no more than fit. */
  prepend(rows: readonly Row[]): void {
    const room = MAX_ROWS - this.#length;
    this.#rebuild(room === 0 ? [] : rows.slice(-room), 0);
    if (rows.length > room) this.from = this.cursorAt(0);
  }

  /** A row no longer counts; nothing happens when it is not here. */
  remove(cursor: Cursor): boolean {
    return this.#change(cursor, (index) => this.#tags[index] = GONE);
  }

  /** Rows up to a cursor no longer count. */
  removeUpTo(cursor: Cursor): void {
    this.#tags.fill(GONE, 0, this.after(cursor));
  }

  /** Whether a row is meant for everyone; nothing happens when it is not here. */
  setLoud(cursor: Cursor, isLoud: boolean): boolean {
    return this.#change(cursor, (index) => this.#louds[index] = isLoud ? 1 : 0);
  }

  /** A row's cursor. */
  cursorAt(index: number): Cursor {
    return decoder.decode(this.#cursors.subarray(index * this.#width, (index + 1) * this.#width));
  }

  /** The index of the first row after a cursor. */
  after(cursor: Cursor): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(middle, cursor) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The index of the first row that is not older than a time, as the clocks of those who wrote it say. */
  since(at: number): number {
    const index = this.#ats.subarray(0, this.#length).findIndex((each) => each >= at);
    return index === -1 ? this.#length : index;
  }

  /** Counts rows from an index on that have another tag. */
  countOthers(index: number, tag: string, isLoud = false): number {
    const mine = this.#numbers.get(tag) ?? GONE;
    let count = 0;
    for (let each = index; each < this.#length; each++) {
      const other = this.#tags[each];
      if (other !== GONE && other !== mine && (!isLoud || this.#louds[each] === 1)) count++;
    }
    return count;
  }

  /** Counts rows from an index on, up to another, that have a tag. */
  countOf(index: number, tag: string, end = this.#length): number {
    const number = this.#numbers.get(tag);
    let count = 0;
    for (let each = index; number !== undefined && each < end; each++) if (this.#tags[each] === number) count++;
    return count;
  }

  #change(cursor: Cursor, change: (index: number) => void): boolean {
    const index = this.after(cursor) - 1;
    if (index < 0 || this.cursorAt(index) !== cursor) return false;
    change(index);
    return true;
  }

  #compare(index: number, cursor: Cursor): number {
    const start = index * this.#width;
    for (let each = 0; each < this.#width; each++) {
      const difference = (this.#cursors[start + each] ?? 0) - (cursor.charCodeAt(each) || 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** New columns: with rows before, without the first ones, and with room for more. */
  #rebuild(before: readonly Row[], drop: number): void {
    const rows = [...before];
    for (let index = drop; index < this.#length; index++) {
      const tag = this.#names[this.#tags[index] ?? GONE] ?? "";
      rows.push({ cursor: this.cursorAt(index), at: this.#ats[index] ?? 0, tag, isLoud: this.#louds[index] === 1 });
    }
    if (drop > 0) this.from = rows[0]?.cursor ?? this.from;
    const room = Math.min(MAX_ROWS, Math.max(8, 2 * rows.length));
    this.#width = rows[0]?.cursor.length ?? 0;
    this.#cursors = new Uint8Array(room * this.#width);
    this.#ats = new Float64Array(room);
    this.#tags = new Uint16Array(room);
    this.#louds = new Uint8Array(room);
    this.#names = [""];
    this.#numbers = new Map();
    this.#length = 0;
    for (const row of rows) this.#put(row);
  }

  #put({ cursor, at, tag, isLoud }: Row): void {
    if (this.#width === 0) {
      this.#width = cursor.length;
      this.#cursors = new Uint8Array(this.#ats.length * this.#width);
    }
    const index = this.#length++;
    // ASCII, as cursors are; a call of the runtime's encoder costs ten times as much as so few characters.
    for (let each = 0; each < this.#width; each++) this.#cursors[index * this.#width + each] = cursor.charCodeAt(each);
    this.#last = cursor;
    this.#ats[index] = at;
    this.#tags[index] = tag === "" ? GONE : this.#numberOf(tag);
    this.#louds[index] = isLoud ? 1 : 0;
  }

  #numberOf(tag: string): number {
    let number = this.#numbers.get(tag);
    if (number === undefined) {
      number = this.#names.push(tag) - 1;
      this.#numbers.set(tag, number);
    }
    return number;
  }
}
