/**
 * The words around the documentation; what operations say of themselves stays English.
 * @module
 */

import { createPageWords } from "../ui/page_words.js";

const en = {
  skip: "Skip to the operations",
  token: "Bearer token",
  tokenHint: "Kept in this page only, until it is closed. Without one, the session’s cookie is used.",
  language: "Language",
  operations: "Operations",
  search: "Search ( / )",
  found: "{count} of {all} operations",
  failed: "The description could not be loaded.",
  parameters: "Parameters",
  body: "JSON body",
  responses: "Answers",
  nothing: "Takes nothing.",
  required: "required",
  open: "Anybody may ask.",
  curl: "With curl",
  copy: "Copy",
  copied: "Copied",
  tryIt: "Try it",
  send: "Send",
  stop: "Stop",
  sending: "Sending…",
  unreachable: "No answer: the server cannot be reached.",
  stopped: "Stopped.",
  badJson: "The body is not JSON.",
  missing: "{name} is missing.",
  took: "{status} in {ms} ms",
  headers: "Headers",
  default: "default",
};

/** @typedef {keyof typeof en} Word */

/** @type {Record<Word, string>} */
const ko = {
  skip: "본문으로 건너뛰기",
  token: "Bearer 토큰",
  tokenHint: "이 화면을 닫을 때까지만 기억해요. 비워 두면 세션 쿠키를 써요.",
  language: "언어",
  operations: "요청 목록",
  search: "찾기 ( / )",
  found: "요청 {all}개 중 {count}개",
  failed: "설명을 불러오지 못했어요.",
  parameters: "매개변수",
  body: "JSON 본문",
  responses: "응답",
  nothing: "받는 값이 없어요.",
  required: "필수",
  open: "누구나 요청할 수 있어요.",
  curl: "curl 예시",
  copy: "복사",
  copied: "복사했어요",
  tryIt: "직접 해 보기",
  send: "보내기",
  stop: "멈추기",
  sending: "보내는 중…",
  unreachable: "응답이 없어요. 서버에 연결할 수 없어요.",
  stopped: "멈췄어요.",
  badJson: "본문이 JSON이 아니에요.",
  missing: "{name} 값이 없어요.",
  took: "{status}, {ms} ms",
  headers: "헤더",
  default: "기본값",
};

const words = createPageWords({ en, ko });

/** A word in the language of now, with its gaps filled. */
export const t = words.t;
/** The language that is spoken now. */
export const currentLanguage = words.currentLanguage;
/** Speaks another language. */
export const chooseLanguage = words.chooseLanguage;
/** Puts the words where the HTML asks for them. */
export const translate = words.translate;
/** Makes an element whose text follows the language. */
export const makeWord = words.makeWord;
