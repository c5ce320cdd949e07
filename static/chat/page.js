/**
 * What panes and dialogs know of the page. Types only.
 * @module
 */

/** @import { Client } from "../client.js" */
/** @import { Emitter } from "../client/emitter.js" */
/** @import { User } from "../client/events.js" */
/** @import { Announcer } from "../ui/announcer.js" */
/** @import { I18n } from "../ui/i18n.js" */
/** @import { Storage } from "../ui/storage.js" */
/** @import { Theme } from "../ui/theme.js" */
/** @import { Drafts } from "./composer/drafts.js" */
/** @import { Removals } from "./conversation/removals.js" */
/** @import { Presence } from "./presence.js" */
/** @import { MyRooms } from "./rooms/my_rooms.js" */
/** @import { Route } from "./route.js" */
/** @import { Session } from "./session.js" */
/** @import { Standing } from "./standing.js" */
/** @import { Toasts } from "./toasts.js" */
/** @import { Sending } from "./sending.js" */

/**
 * What the page's parts have in common; panes and dialogs take it whole.
 * @typedef {object} Page
 * @property {I18n} i18n
 * @property {Storage} storage what stays over a reload, the same in all tabs
 * @property {Drafts} drafts what was begun in each room and thread
 * @property {Announcer} announcer says something to screen readers
 * @property {Toasts} toasts short notes that everybody sees
 * @property {(again: () => void) => void} tellMissing what was asked for could not be loaded, and is tried again when they say so
 * @property {MyRooms} rooms my rooms and what waits in them
 * @property {Presence} presence who is in the open room
 * @property {Standing} standing how the open room is, and what I am in it
 * @property {Client} client there is one from the door on; before that, to ask for it is a TypeError
 * @property {User} me id and name are empty until the server has told them
 * @property {string} room the one that is open; empty: none
 * @property {() => boolean} isFollowed whether somebody looks at the end of the open room: what comes is seen as it comes
 * @property {(route: Route) => void} go
 * @property {(panel: string, of?: string) => void} openSide a pane beside the room, instead of the one that is there
 * @property {() => void} closeSide
 * @property {(dialog: string, of?: string) => Promise<void>} openDialog
 * @property {() => void} closeDialog
 * @property {() => void} focusComposer
 * @property {Removals} removals messages that are about to be deleted
 * @property {Sending} sending
 * @property {Session["rename"]} rename
 * @property {Session["signedOut"]} signedOut nobody is signed in here any more: back to the door
 * @property {Theme} theme
 * @property {(language: string) => Promise<void>} speak another language, from now on
 * @property {Emitter<{language: undefined}>["on"]} on `language`: the page speaks another one
 */

export {};
