/**
 * The main states of the chat page, one after the other, with something in each of them: for tests of what has to hold in all.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { Person, Scene, VisitOptions } from "./chat.ts";
import { openMenu } from "./messages.ts";
import { API_KEY, idOf } from "./operator.ts";

/** Whose name and message run from right to left. */
const HEBREW = { name: "נועה", text: "שלום לכולם" };

const LONG = "w".repeat(120);

/** A room that was lived in, as its owner sees it. */
export interface Furnished {
  readonly person: Person;
  readonly room: string;
  /** Of the message that a thread began with. */
  readonly root: string;
  /** The id of somebody else in the room. */
  readonly other: string;
}

/** One state of the page. */
export interface State {
  readonly name: string;
  /** Leads there from the open room; resolves when it is all there. */
  readonly open: (furnished: Furnished) => Promise<unknown>;
}

/**
 * Fills a room with everything that a message can be and have, and enters it as its owner. Its server needs the operator's key.
 *
 * @param room Its name; nobody has used it.
 * @param options How the owner comes.
 */
export async function furnish({ enter, origin }: Scene, room: string, options: VisitOptions): Promise<Furnished> {
  const [guest, noa] = [await enter("지훈", room), await enter(HEBREW.name, room)];
  const person = await enter("민지", room, options);
  const [id, other] = [await idOf(person), await idOf(guest)];
  await fetchAs(API_KEY, origin, "PUT", `${room}/members/${id}/role`, { role: "owner" });
  const [mine, theirs, hers] = await Promise.all([person, guest, noa].map(({ page }) => tokenOf(page)));
  const send = async (token = "", text: string, of: object = {}) => {
    const path = `${room}/messages/${crypto.randomUUID()}`;
    // Safe: docs/protocol.md [H2].
    return (await fetchAs(token, origin, "PUT", path, { text, ...of }) as { cursor: string }).cursor;
  };
  const root = await send(theirs, "**굵게** `코드` https://example.com/ @민지");
  await send(theirs, `\`\`\`ts\nconst a = "${LONG}";\n\`\`\`\n> 인용\n\n- 하나\n- 둘`);
  const hebrew = await send(hers, HEBREW.text);
  await send(mine, "답이에요", { reply: hebrew });
  await send(theirs, "스레드의 답글", { thread: root });
  const edited = await send(mine, LONG);
  const deleted = await send(mine, "지울 말");
  await fetchAs(mine, origin, "PATCH", `${room}/messages/${edited}`, { text: `고친 말 ${LONG}` });
  await fetchAs(mine, origin, "DELETE", `${room}/messages/${deleted}`);
  await fetchAs(mine, origin, "PUT", `${room}/messages/${hebrew}/reactions/👍`, {});
  await fetchAs(theirs, origin, "PUT", `${room}/messages/${hebrew}/reactions/🎉`, {});
  await fetchAs(mine, origin, "PUT", `${room}/pins/${hebrew}`, {});
  await send(theirs, "마지막 말");
  await person.page.locator("li.message").nth(7).waitFor();
  await person.page.locator("#message-list .pinned").waitFor();
  return { person, room, root, other };
}

/** All of them; each begins in the conversation, and {@linkcode backToRoom} leads there. */
export const STATES: readonly State[] = [
  { name: "conversation", open: ({ person: { page } }) => page.locator("li.message").first().waitFor() },
  { name: "rooms", open: (furnished) => go(furnished.person.page, "#/", "#room-list a") },
  { name: "menu of a message", open: ({ person }) => openMenu(person, "마지막 말") },
  { name: "emoji picker", open: openPicker },
  { name: "names offered", open: offerNames },
  { name: "people", open: (of) => go(of.person.page, `#${of.room}?people`, "#side a.row >> nth=2") },
  {
    name: "a person",
    open: (of) => go(of.person.page, `#${of.room}?people=${of.other}`, "#side .person-actions select"),
  },
  { name: "thread", open: (of) => go(of.person.page, `#${of.room}?thread=${of.root}`, ".thread li.message >> nth=1") },
  { name: "search", open: search },
  { name: "settings", open: (of) => click(of.person.page, "#open-settings", "[data-name=settings] select") },
  { name: "switcher", open: (of) => click(of.person.page, "#open-switcher", "[data-name=switcher] [role=option]") },
  { name: "browse", open: (of) => click(of.person.page, "#browse", "[data-name=browse] .browse a") },
  { name: "new room", open: (of) => click(of.person.page, "#new-room", "[data-name=new_room] form") },
  { name: "shortcuts", open: openShortcuts },
  { name: "invitation", open: (of) => go(of.person.page, "#invite=nothing", "[data-name=invite]") },
  { name: "report", open: openReport },
];

/** Closes whatever is open. */
export async function backToRoom({ person: { page }, room }: Furnished): Promise<void> {
  while (await page.locator("dialog[open], :popover-open").count() > 0) await page.keyboard.press("Escape");
  await page.locator("#composer").evaluate((box) => {
    if (!(box instanceof HTMLTextAreaElement)) return;
    box.value = "";
    box.dispatchEvent(new Event("input"));
  });
  await go(page, `#${room}`, "#message-list li.message >> nth=7");
  await page.locator("#side").waitFor({ state: "hidden" });
}

async function go(page: Page, hash: string, awaited: string): Promise<void> {
  await page.evaluate((hash) => location.hash = hash, hash);
  await page.locator(awaited).first().waitFor();
}

/** Presses a button that may be in another pane of a phone. */
async function click(page: Page, button: string, awaited: string): Promise<void> {
  await page.locator(button).evaluate((element) => element instanceof HTMLElement && element.click());
  await page.locator(awaited).first().waitFor();
}

async function openPicker({ person }: Furnished): Promise<void> {
  await openMenu(person, "마지막 말");
  await person.page.locator(".action-menu [data-action=react]").click();
  await person.page.locator(".emoji-picker [role=gridcell], .emoji-picker button").nth(30).waitFor();
}

async function offerNames({ person: { page, box } }: Furnished): Promise<void> {
  await box.focus();
  await box.pressSequentially("@");
  await page.locator("[role=listbox] [role=option]").first().waitFor();
}

async function search({ person: { page }, room }: Furnished): Promise<void> {
  await go(page, `#${room}?search`, "#side input[type=search]");
  await page.locator("#side input[type=search]").fill("말");
  await page.locator("#side a.message-link").first().waitFor();
}

async function openShortcuts({ person: { page } }: Furnished): Promise<void> {
  await page.locator("#messages").focus();
  await page.keyboard.press("?");
  await page.locator("[data-name=shortcuts] kbd").first().waitFor();
}

async function openReport({ person }: Furnished): Promise<void> {
  await openMenu(person, "마지막 말");
  await person.page.locator(".action-menu [data-action=report]").click();
  await person.page.locator("[data-name=report] textarea, [data-name=report] input").first().waitFor();
}

function tokenOf(page: Page): Promise<string> {
  return page.evaluate(() => localStorage.getItem("maru.token") ?? "");
}

async function fetchAs(token = "", origin: string, method: string, path: string, input?: object): Promise<unknown> {
  const response = await fetch(`${origin}/v1/rooms/${path}`, {
    method,
    headers: { "authorization": `Bearer ${token}`, "content-type": "application/json" },
    ...(input !== undefined && { body: JSON.stringify(input) }),
  });
  const text = await response.text();
  assertEquals(response.ok, true, `${method} ${path}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
