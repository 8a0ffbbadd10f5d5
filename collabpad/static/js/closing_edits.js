import { fromBase64, toBase64 } from "../vendor/editor.js";
import { PREFIX } from "./store.js";

/**
 * The last edits of pages that closed before the server acknowledged them. They go into
 * `localStorage`, which writes at once: if a page closes, the browser drops a database transaction
 * that it has not begun by then. If there is no room, the edits live as long as their page.
 */
export class ClosingEdits {
  #session;
  #owner;
  #keptMs;

  /**
   * @param {string} session  its ID
   * @param {string} owner  this page
   * @param {number} keptMs  for how long edits are kept
   */
  constructor(session, owner, keptMs) {
    this.#session = session;
    this.#owner = owner;
    this.#keptMs = keptMs;
  }

  /** @param {Uint8Array[]} updates  all that the server or the database may not have yet */
  save(updates) {
    if (updates.length === 0) return;
    const value = { at: Date.now(), updates: updates.map(toBase64) };
    try {
      localStorage.setItem(this.#key(this.#owner), JSON.stringify(value));
    } catch {
      // Denied or full: the database may still have them.
    }
  }

  clear() {
    remove(this.#key(this.#owner));
  }

  /** @returns {string[]} the pages that left edits in this session */
  owners() {
    const prefix = this.#key("");
    const found = keys().filter((key) => key.startsWith(prefix));
    const old = found.filter((key) => Math.abs(Date.now() - read(key).at) > this.#keptMs);
    old.forEach(remove);
    return found.filter((key) => !old.includes(key)).map((key) => key.slice(prefix.length));
  }

  /**
   * @param {Iterable<string>} owners
   * @returns {Uint8Array[]} their edits
   */
  of(owners) {
    return [...owners].flatMap((owner) => read(this.#key(owner)).updates.map(fromBase64));
  }

  /** @param {Iterable<string>} owners */
  forget(owners) {
    for (const owner of owners) remove(this.#key(owner));
  }

  /** @param {string} session  its new ID */
  moveTo(session) {
    const moved = this.owners().map((owner) => ({ owner, value: read(this.#key(owner)) }));
    for (const { owner } of moved) remove(this.#key(owner));
    this.#session = session;
    for (const { owner, value } of moved) {
      try {
        localStorage.setItem(this.#key(owner), JSON.stringify(value));
      } catch {
        // The page that made them may still be open and send them.
      }
    }
  }

  /** @param {string} owner */
  #key(owner) {
    return `${PREFIX}closing:${this.#session}:${owner}`;
  }
}

/** @returns {string[]} */
function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

/**
 * @param {string} key
 * @returns {{at: number, updates: string[]}}
 */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "") ?? { at: 0, updates: [] };
  } catch {
    return { at: 0, updates: [] };
  }
}

/** @param {string} key */
function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage that cannot be reached cannot be read later, either.
  }
}
