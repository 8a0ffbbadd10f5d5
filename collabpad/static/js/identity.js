import { PREFIX } from "./store.js";

/**
 * @typedef {import("./store.js").KeyValue} KeyValue
 */

/** Links hardly change more often while a tab sleeps. */
const MOST_MOVES = 50;

/**
 * Who this page is in its session. A browser is one participant: the token that proves it is in the
 * storage that all tabs share. A tab that joined as somebody else has a token of its own.
 */
export class Identity {
  /** The ID of this page. It is not stored: a duplicated tab gets another one. */
  tab = crypto.getRandomValues(new Uint32Array(4)).join("-");
  /** @type {string | null} the host key that this page has replaced */
  #keyBefore = null;
  #store;
  #place;

  /**
   * @param {import("./store.js").Store} store
   * @param {{sessionId: string}} place
   */
  constructor(store, place) {
    this.#store = store;
    this.#place = place;
  }

  /** Whether this tab is another participant than the browser's other tabs. */
  get separate() {
    return this.#store.tab.getItem(this.#key("apart")) !== null;
  }

  /** Makes this tab another participant. */
  becomeSeparate() {
    this.#store.tab.setItem(this.#key("apart"), "1");
  }

  get name() {
    if (!this.separate) return this.#store.name;
    return this.#store.tab.getItem(this.#key("name")) ?? "";
  }

  set name(name) {
    if (this.separate) this.#store.tab.setItem(this.#key("name"), name);
    else this.#store.name = name;
  }

  get resume() {
    return this.#own.getItem(this.#key("resume"));
  }

  /** @param {string} token */
  saveToken(token) {
    this.#own.setItem(this.#key("resume"), token);
  }

  /**
   * A token is invalid. A new one that another tab has got in the meantime stays.
   * @param {string | null} token
   */
  forgetToken(token) {
    if (this.resume === token) this.#own.removeItem(this.#key("resume"));
  }

  /** You left for good. Whoever joins from this tab next is the browser's participant again. */
  leave() {
    this.#own.removeItem(this.#key("resume"));
    this.#own.removeItem(this.#key("hosting"));
    for (const each of ["apart", "name"]) this.#store.tab.removeItem(this.#key(each));
  }

  sessionEnded() {
    this.#store.forgetVisit(this.#place.sessionId);
  }

  get hostKey() {
    return this.#store.hostKey(this.#current());
  }

  /**
   * @param {string} key
   * @returns {boolean} whether other pages will find it
   */
  keepHostKey(key) {
    if (key !== this.hostKey) this.#keyBefore = this.hostKey;
    return this.#store.keepHostKey(this.#current(), key);
  }

  /** The server refused the key. The one before it may be right. */
  dropHostKey() {
    this.#store.keepHostKey(this.#current(), this.#keyBefore);
    this.#keyBefore = null;
  }

  /** Whether you were the host when one of your tabs last heard of it. */
  get hosting() {
    return this.#own.getItem(this.#key("hosting")) !== null;
  }

  set hosting(hosting) {
    if (hosting) this.#own.setItem(this.#key("hosting"), "1");
    else this.#own.removeItem(this.#key("hosting"));
  }

  /**
   * The links have changed. The first tab that hears of it moves the shared data; a tab that sleeps
   * finds it later.
   * @param {string} to
   */
  moved(to) {
    const from = this.#place.sessionId;
    for (const storage of [this.#store.lasting, this.#store.tab]) {
      for (const each of ["resume", "hosting", "host", "apart", "name"]) {
        const value = storage.getItem(`${PREFIX}${each}:${from}`);
        if (value === null) continue;
        storage.setItem(`${PREFIX}${each}:${to}`, value);
        storage.removeItem(`${PREFIX}${each}:${from}`);
      }
    }
    this.#store.lasting.setItem(`${PREFIX}moved:${from}`, to);
    this.#store.forgetVisit(from);
    this.#place.sessionId = to;
  }

  /** @param {() => void} come  called when another of your tabs has joined */
  onOtherTabJoined(come) {
    window.addEventListener("storage", ({ key, newValue }) => {
      if (!this.separate && newValue !== null && key === this.#key("resume")) come();
    });
  }

  /** @returns {KeyValue} */
  get #own() {
    return this.separate ? this.#store.tab : this.#store.lasting;
  }

  /** @param {string} what */
  #key(what) {
    return `${PREFIX}${what}:${this.#current()}`;
  }

  /** The session's current ID, as far as this browser knows. */
  #current() {
    let id = this.#place.sessionId;
    for (let moves = 0; moves < MOST_MOVES; moves += 1) {
      const next = this.#store.lasting.getItem(`${PREFIX}moved:${id}`);
      if (next === null) break;
      id = next;
    }
    return id;
  }
}
