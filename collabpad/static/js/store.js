/**
 * What the browser remembers. Every access survives storage that is denied or full: then the page
 * forgets at the next load, and nothing else happens.
 *
 * Names and host keys outlive the tab; the resume token does not, so that two tabs are two people.
 */

const PREFIX = "collabpad:";
const VISITED_LENGTH = 12;

/**
 * @typedef {{id: string, title: string, at: number, view: boolean}} Visit  `at` in ms since 1970
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} KeyValue
 */

/** @returns {KeyValue} */
function memory() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/**
 * @param {() => KeyValue} open
 * @returns {KeyValue}
 */
export function surviving(open) {
  const fallback = memory();
  /** @type {KeyValue} */
  let storage = fallback;
  try {
    storage = open();
  } catch {
    // Denied by the browser's settings: `window.localStorage` itself throws.
  }
  return {
    getItem(key) {
      try {
        return storage.getItem(key) ?? fallback.getItem(key);
      } catch {
        return fallback.getItem(key);
      }
    },
    setItem(key, value) {
      try {
        storage.setItem(key, value);
      } catch {
        fallback.setItem(key, value);
      }
    },
    removeItem(key) {
      fallback.removeItem(key);
      try {
        storage.removeItem(key);
      } catch {
        // What cannot be reached cannot be read later either.
      }
    },
  };
}

export class Store {
  #lasting;
  #tab;

  /**
   * @param {KeyValue} [lasting]
   * @param {KeyValue} [tab]
   */
  constructor(
    lasting = surviving(() => window.localStorage),
    tab = surviving(() => window.sessionStorage),
  ) {
    this.#lasting = lasting;
    this.#tab = tab;
  }

  get name() {
    return this.#lasting.getItem(`${PREFIX}name`) ?? "";
  }

  set name(name) {
    this.#lasting.setItem(`${PREFIX}name`, name);
  }

  /** @returns {unknown} as it was kept; null if it never was */
  get preferences() {
    return this.#parsed("preferences");
  }

  set preferences(choices) {
    this.#lasting.setItem(`${PREFIX}preferences`, JSON.stringify(choices));
  }

  /** As first_paint.js reads it, before any module runs. */
  get theme() {
    return this.#lasting.getItem(`${PREFIX}theme`) ?? "";
  }

  set theme(theme) {
    this.#lasting.setItem(`${PREFIX}theme`, theme);
  }

  /** @returns {unknown} as first_paint.js reads it; layout.js knows its shape */
  get layout() {
    return this.#parsed("layout");
  }

  set layout(layout) {
    this.#lasting.setItem(`${PREFIX}layout`, JSON.stringify(layout));
  }

  /** @param {string} sessionId */
  resume(sessionId) {
    return this.#tab.getItem(`${PREFIX}resume:${sessionId}`);
  }

  /**
   * @param {string} sessionId
   * @param {string | null} token  null forgets it
   */
  keepResume(sessionId, token) {
    keep(this.#tab, `${PREFIX}resume:${sessionId}`, token);
  }

  /** @param {string} sessionId */
  hostKey(sessionId) {
    return this.#lasting.getItem(`${PREFIX}host:${sessionId}`);
  }

  /**
   * @param {string} sessionId
   * @param {string | null} key  null forgets it
   */
  keepHostKey(sessionId, key) {
    keep(this.#lasting, `${PREFIX}host:${sessionId}`, key);
  }

  /**
   * Whether this tab had the host's seat when it last heard of it.
   * @param {string} sessionId
   */
  hosting(sessionId) {
    return this.#tab.getItem(`${PREFIX}hosting:${sessionId}`) !== null;
  }

  /**
   * @param {string} sessionId
   * @param {boolean} hosting
   */
  keepHosting(sessionId, hosting) {
    keep(this.#tab, `${PREFIX}hosting:${sessionId}`, hosting ? "1" : null);
  }

  /**
   * The links have changed: what was kept under the old ID belongs to the new one.
   * @param {string} from
   * @param {string} to
   */
  moveSession(from, to) {
    this.keepResume(to, this.resume(from));
    this.keepHostKey(to, this.hostKey(from));
    this.keepHosting(to, this.hosting(from));
    this.keepResume(from, null);
    this.keepHostKey(from, null);
    this.keepHosting(from, false);
    this.forgetVisit(from);
  }

  /** @returns {Visit[]} the latest first */
  visits() {
    const found = this.#parsed("visits");
    return Array.isArray(found) ? found.filter(isVisit) : [];
  }

  /** @param {Visit} visit */
  rememberVisit(visit) {
    const others = this.visits().filter((other) => other.id !== visit.id);
    this.#saveVisits([visit, ...others].slice(0, VISITED_LENGTH));
  }

  /** @param {string} sessionId */
  forgetVisit(sessionId) {
    this.#saveVisits(this.visits().filter((visit) => visit.id !== sessionId));
  }

  /**
   * @param {string} name
   * @returns {unknown} null where nothing is kept that can be read
   */
  #parsed(name) {
    try {
      return JSON.parse(this.#lasting.getItem(PREFIX + name) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {Visit[]} visits */
  #saveVisits(visits) {
    this.#lasting.setItem(`${PREFIX}visits`, JSON.stringify(visits));
  }
}

/**
 * @param {KeyValue} storage
 * @param {string} key
 * @param {string | null} value
 */
function keep(storage, key, value) {
  if (value === null) storage.removeItem(key);
  else storage.setItem(key, value);
}

/**
 * @param {unknown} value
 * @returns {value is Visit}
 */
function isVisit(value) {
  const visit = /** @type {Partial<Visit> | null} */ (value);
  return (
    typeof visit?.id === "string" && typeof visit.title === "string" && typeof visit.at === "number"
  );
}
