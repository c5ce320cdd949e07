/**
 * Who is here: the client, and the name and the token that all tabs of a browser share. No DOM.
 * @module
 */

import { connect } from "../client.js";

/** @import { Client } from "../client.js" */
/** @import { User } from "../client/events.js" */
/** @import { BrowserStorage } from "../ui/storage.js" */

/** @typedef {ReturnType<typeof createSession>} Session */
/** Why one is at the door again. @typedef {"signedOut" | "signedOutElsewhere" | "erased"} SignedOut */

/** What belongs to a browser, whoever uses it. */
const KEPT = ["language", "theme", "enter"];

/**
 * Opens it; nobody has come in yet.
 * @param {object} parts
 * @param {BrowserStorage} parts.storage what all tabs share
 * @param {(client: Client) => void} parts.onStart somebody comes in: what it tells is to be listened to with `while`
 * @param {(user: User) => void} parts.onMe who they are, or are called now
 * @param {() => void} parts.onLetGo the client is about to go, and with it the room that is open
 * @param {(note: SignedOut, former: string) => void} parts.onSignedOut `former`: how they were called
 * @param {typeof connect} [parts.open] default: a connection to `/ws`
 */
export function createSession({ storage, onStart, onMe, onLetGo, onSignedOut, open = connect }) {
  /** @type {Client | undefined} */
  let client;
  let name = storage.get("name") ?? "";
  /** @type {User} */
  let me = { id: "", name };

  /** @param {User} user */
  function setMe(user) {
    me = user;
    name = user.name;
    storage.set("name", name);
    onMe(user);
  }

  function start() {
    const token = storage.get("token");
    // Beside a token the name would rename somebody whom another device has renamed since.
    const mine = open("/ws", token === undefined ? { name } : { token });
    client = mine;
    mine.on("hello", ({ user, token }) => {
      storage.set("token", token);
      setMe(user);
    });
    mine.on("person", (event) => {
      if (event.type === "renamed") setMe(event.user);
    });
    onStart(mine);
  }

  function letGo() {
    // What is left to be told is told while there is somebody to tell it.
    if (client !== undefined) onLetGo();
    const former = client;
    // Before it closes: what it says of its end is not news any more.
    client = undefined;
    former?.close();
  }

  /** @param {SignedOut} note */
  function signedOut(note) {
    const former = name;
    letGo();
    me = { id: "", name: "" };
    name = "";
    onSignedOut(note, former);
    // What waits to be sent is theirs when they come back, unless it was they who ended it, perhaps because others use this browser.
    const isOver = note !== "signedOutElsewhere";
    storage.clear((key) => KEPT.includes(key) || (!isOver && key.startsWith("unsent.")));
  }

  /**
   * Whoever the token says, called so.
   * @param {string} token
   * @param {string} newName
   */
  function become(token, newName) {
    if (token === client?.token) return;
    letGo();
    storage.set("token", token);
    storage.set("name", newName);
    name = newName;
    start();
  }

  return {
    /** @returns {Client | undefined} none before the door */
    get client() {
      return client;
    },
    /** Id and name are empty until the server has told them. @returns {User} */
    get me() {
      return me;
    },
    /** Empty: nobody has told it yet. @returns {string} */
    get name() {
      return name;
    },

    /** Comes in as who was here before. */
    start,
    become,
    signedOut,

    /**
     * Comes in by the door.
     * @param {string} newName
     */
    enter(newName) {
      const isRenamed = newName !== name;
      name = newName;
      storage.set("name", name);
      if (client === undefined) start();
      else if (isRenamed || client.state.status === "closed") client.rename(name);
    },

    /**
     * @param {string} next as the same person; it was checked
     * @returns {Promise<void>} Rejects with the protocol's error
     */
    async rename(next) {
      await client?.ask("rename", { name: next });
      setMe({ ...me, name: next });
    },

    /** Another tab has kept a token or taken it away. The last word is what the storage holds. */
    follow() {
      const token = storage.get("token");
      if (token !== undefined) become(token, storage.get("name") ?? name);
      else if (client !== undefined) signedOut("signedOutElsewhere");
    },
  };
}
