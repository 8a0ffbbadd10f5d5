import { ClosingEdits } from "./closing_edits.js";

/**
 * Stores unacknowledged edits in the browser, so that they survive a reload, a crash or a closed
 * tab. Each page stores its own, and takes over those of pages that are gone. Taking over too much
 * does no harm: a document ignores what it already has. Without storage (denied, full, private)
 * edits live as long as their page.
 *
 * @typedef {{session: string, owner: string, at: number, updates: Uint8Array[]}} Row
 */

const DATABASE = "collabpad";
const ROWS = "unsent";
const CHANNEL = "collabpad:unsent";
/** Most updates are acknowledged sooner and never have to be written. */
const WRITE_AFTER_MS = 100;
/** Pages answer within milliseconds, unless they sleep. */
const ANSWER_MS = 200;
/** How long people may wait for the database to open. */
const OPEN_MS = 2000;
/** Sessions are deleted after as long. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

export class UnsentEdits {
  #session;
  #owner = crypto.getRandomValues(new Uint32Array(4)).join("-");
  /** @type {Promise<IDBDatabase | null>} */
  #database;
  /** @type {IDBDatabase | null} once open: a closing page cannot wait for it */
  #open = null;
  #pages;
  #closing;
  /** @type {Set<Uint8Array[]>} may not be in the database yet */
  #underway = new Set();
  /** @type {Uint8Array[]} not written yet */
  #fresh = [];
  #written = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {string} session  its ID */
  constructor(session) {
    this.#session = session;
    this.#database = openDatabase();
    void this.#database.then((database) => (this.#open = database));
    this.#pages = new OpenPages(this.#owner);
    this.#closing = new ClosingEdits(session, this.#owner, KEPT_MS);
  }

  /** @returns {Promise<Uint8Array[]>} edits of pages that are gone; they belong to this page now */
  async claim() {
    const database = await this.#database;
    const stored = database ? await this.#owners(database).catch(() => []) : [];
    const owners = new Set([...stored, ...this.#closing.owners()]);
    if (owners.size === 0) return [];
    const open = await this.#pages.openOf(owners);
    const gone = new Set([...owners].filter((each) => !open.has(each)));
    const found = database ? await this.#takeOver(database, gone).catch(() => []) : [];
    const closed = this.#closing.of(gone);
    this.#underway.add(closed);
    this.#saveUnderway();
    this.#closing.forget(gone);
    this.#written ||= found.length + closed.length > 0;
    return [...found, ...closed];
  }

  /** @param {Uint8Array} update  made on this page, not acknowledged yet */
  keep(update) {
    this.#fresh.push(update);
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS);
  }

  /**
   * Writes pending edits at once.
   * @param {boolean} [closing]  whether the page may close now
   */
  flush(closing = false) {
    this.#stopTimer();
    const updates = this.#fresh.splice(0);
    if (updates.length > 0) this.#write(updates);
    if (closing) this.#saveUnderway();
  }

  /** @param {Uint8Array[]} updates */
  #write(updates) {
    this.#written = true;
    this.#underway.add(updates);
    const row = { session: this.#session, owner: this.#owner, at: Date.now(), updates };
    void this.#change((rows) => {
      rows.add(row);
      rows.transaction.oncomplete = () => this.#underway.delete(updates);
      // Otherwise it would commit only after an answer that a closing page never gets.
      rows.transaction.commit();
    });
  }

  #saveUnderway() {
    this.#closing.save([...this.#underway].flat());
  }

  /** Everything is acknowledged or was given back to you. */
  clear() {
    this.#stopTimer();
    this.#fresh = [];
    this.#underway.clear();
    if (!this.#written) return;
    this.#written = false;
    this.#closing.clear();
    const mine = IDBKeyRange.only(this.#owner);
    void this.#change((rows) => eachRow(rows.index("owner"), mine, (cursor) => cursor.delete()));
  }

  /** @param {string} session  its new ID */
  moveTo(session) {
    const before = IDBKeyRange.only(this.#session);
    this.#session = session;
    this.#closing.moveTo(session);
    void this.#change((rows) =>
      eachRow(rows.index("session"), before, (cursor) =>
        cursor.update({ .../** @type {Row} */ (cursor.value), session }),
      ),
    );
  }

  #stopTimer() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** @param {IDBDatabase} database */
  async #owners(database) {
    const index = database.transaction(ROWS).objectStore(ROWS).index("session");
    /** @type {Row[]} */
    const rows = await answered(index.getAll(IDBKeyRange.only(this.#session)));
    return new Set(rows.map(({ owner }) => owner));
  }

  /**
   * @param {IDBDatabase} database
   * @param {Set<string>} gone  owners; rows that another page just took over have a new one
   */
  async #takeOver(database, gone) {
    /** @type {Uint8Array[]} */
    const found = [];
    const transaction = database.transaction(ROWS, "readwrite");
    const ours = IDBKeyRange.only(this.#session);
    eachRow(transaction.objectStore(ROWS).index("session"), ours, (cursor) => {
      const row = /** @type {Row} */ (cursor.value);
      if (!gone.has(row.owner)) return;
      found.push(...row.updates);
      cursor.update({ ...row, owner: this.#owner });
    });
    await completed(transaction);
    return found;
  }

  /** @param {(rows: IDBObjectStore) => void} change */
  async #change(change) {
    const database = this.#open ?? (await this.#database);
    try {
      if (database) change(database.transaction(ROWS, "readwrite").objectStore(ROWS));
    } catch {
      // The browser closed the database. The page still sends its edits.
    }
  }
}

/** Finds out which other pages of this browser are open. */
class OpenPages {
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {Set<string>} */
  #heard = new Set();
  /** Checks whether all have answered. */
  #answered = () => {};

  /** @param {string} me */
  constructor(me) {
    try {
      this.#channel = new BroadcastChannel(CHANNEL);
    } catch {
      return;
    }
    this.#channel.onmessage = ({ data }) => {
      if (data?.here) this.#hear(data.here);
      else this.#channel?.postMessage({ here: me });
    };
  }

  /** @param {string} page */
  #hear(page) {
    this.#heard.add(page);
    this.#answered();
  }

  /**
   * @param {Set<string>} pages
   * @returns {Promise<Set<string>>} those of them that are open
   */
  async openOf(pages) {
    this.#heard.clear();
    const open = () => new Set([...pages].filter((page) => this.#heard.has(page)));
    await new Promise((resolve) => {
      this.#answered = () => void (open().size === pages.size && resolve(undefined));
      this.#channel?.postMessage({ who: true });
      setTimeout(resolve, ANSWER_MS);
    });
    return open();
  }
}

/** @returns {Promise<IDBDatabase | null>} null if the browser has none */
async function openDatabase() {
  /** @type {Promise<null>} */
  const tooLate = new Promise((resolve) => setTimeout(() => resolve(null), OPEN_MS));
  try {
    const request = window.indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      const rows = request.result.createObjectStore(ROWS, { autoIncrement: true });
      for (const name of ["session", "owner", "at"]) rows.createIndex(name, name);
    };
    const database = await Promise.race([answered(request), tooLate]);
    if (database) forgetOld(database);
    return database;
  } catch {
    return null;
  }
}

/** @param {IDBDatabase} database */
function forgetOld(database) {
  const index = database.transaction(ROWS, "readwrite").objectStore(ROWS).index("at");
  const old = IDBKeyRange.upperBound(Date.now() - KEPT_MS);
  eachRow(index, old, (cursor) => cursor.delete());
}

/**
 * @param {IDBIndex} index
 * @param {IDBKeyRange} range
 * @param {(cursor: IDBCursorWithValue) => void} visit
 */
function eachRow(index, range, visit) {
  const request = index.openCursor(range);
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    visit(cursor);
    cursor.continue();
  };
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
