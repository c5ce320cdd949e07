/**
 * What is no request, to see what the server answers to it [C3] [C4] [V2] [V3] [V5].
 * @module
 */

/** @import { Data } from "./faulty_wire.js" */
/** @import { Word } from "./words.js" */

/**
 * `text`: what can be edited. `data`: what is sent in its place, where that is too long to be edited, or no text.
 * @typedef {{name: Word, about: Word, rules: string, text: string, data?: () => Data}} Malformed
 */

/** Bytes of the largest frame [C3]. */
const MAX_FRAME_BYTES = 65_536;

/** All of it, from what breaks least to what closes at once. @type {readonly Malformed[]} */
export const MALFORMED = [
  { name: "badJson", about: "aboutBadJson", rules: "C4, V3", text: '{"id":1,"type":' },
  { name: "badArray", about: "aboutBadArray", rules: "C4, V3", text: '[{"id":1,"type":"ping"}]' },
  { name: "badNoId", about: "aboutBadNoId", rules: "V1, V3", text: '{"type":"ping"}' },
  { name: "badKey", about: "aboutBadKey", rules: "V2", text: '{"id":1,"type":"ping","extra":true}' },
  { name: "badType", about: "aboutBadType", rules: "V2", text: '{"id":1,"type":"no_such_thing"}' },
  {
    name: "badLarge",
    about: "aboutBadLarge",
    rules: "C3",
    text: '{"id":1,"type":"ping","pad":"xxxxxxxxxxxxxxxx…"}',
    data: () => `{"id":1,"type":"ping","pad":"${"x".repeat(MAX_FRAME_BYTES)}"}`,
  },
  {
    name: "badBinary",
    about: "aboutBadBinary",
    rules: "C3",
    text: "00 01 02 03",
    data: () => new Uint8Array([0, 1, 2, 3]).buffer,
  },
];
