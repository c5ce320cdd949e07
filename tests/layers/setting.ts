import type { ChannelLayer } from "../../layers/layer.ts";

/** A layer with all that a test of the contract needs around it. */
export interface Setting extends AsyncDisposable {
  /** The layer. */
  readonly layer: ChannelLayer;
  /** Layers over the same logs, as different isolates have them; one where there is only one. */
  readonly peers: readonly ChannelLayer[];
  /** Moves every clock that was given to the layer. */
  advance(ms: number): Promise<void>;
  /** Closes everything and opens it again over the same database; absent where nothing lasts. */
  reopen?(): Promise<void>;
}

/** What the rules need to know of an implementation. */
export interface Traits {
  /** Opens one over a new, empty database. */
  open(): Promise<Setting>;
  /** Opens another one while the first is open. Default: `open`. */
  openAnother?(): Promise<Setting>;
  /** Whether the subscribers are in the isolate of the test, so that what is delivered can be the same object. */
  readonly isLocal: boolean;
  /** Rules that say something here; by the beginning of their names. Default: all. */
  readonly only?: RegExp;
  /** Whether one commit may hold several entries. */
  readonly groupsCommits: boolean;
}

/** One rule's test, on any implementation. */
export interface Rule {
  /** A sentence that begins with the rule's number. */
  readonly name: string;
  /** Where it says anything at all. Default: everywhere. */
  readonly where?: (traits: Traits) => boolean;
  readonly test: (setting: Setting, traits: Traits) => Promise<void>;
}

/** Pauses before each further try of a job, in every setting. */
export const BACKOFF_MS = [5, 10];

/** The layer number `i` of a setting, as if there were endlessly many. */
export function peer(setting: Setting, i: number): ChannelLayer {
  return setting.peers[i % setting.peers.length] ?? setting.layer;
}
