/**
 * What the browser remembers. Every access survives storage that is denied or full: then the page
 * forgets at the next load, and nothing else happens. Who this page is, identity.js keeps in it.
 */

export const PREFIX = "collabpad:";
const VISITED_LENGTH = 12;

/**
 * @typedef {{id: string, title: string, at: number, view: boolean}} Visit  `at` in ms since 1970
 * @typedef {Pick<Storage, "getItem" | "removeItem"> & {setItem: (key: string, value: string) =>
 *   boolean | void}} KeyValue  `setItem` returns false for what this page alone remembers
 */

/** @returns {KeyValue} */
function memory() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value);
      return false;
    },
    removeItem: (key) => void values.delete(key),
  };
}

/**
 * @param {() => KeyValue} open
 * @returns {KeyValue}
 */
export function resilient(open) {
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
        return storage.setItem(key, value) !== false;
      } catch {
        return fallback.setItem(key, value);
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
  /**
   * @param {KeyValue} [lasting]
   * @param {KeyValue} [tab]
   */
  constructor(
    lasting = resilient(() => window.localStorage),
    tab = resilient(() => window.sessionStorage),
  ) {
    /** What all tabs share, and what outlives them. */
    this.lasting = lasting;
    /** What is this tab's alone; one that is duplicated takes a copy along. */
    this.tab = tab;
  }

  get name() {
    return this.lasting.getItem(`${PREFIX}name`) ?? "";
  }

  set name(name) {
    this.lasting.setItem(`${PREFIX}name`, name);
  }

  /** @returns {unknown} as it was kept; null if it never was */
  get preferences() {
    return this.#parsed("preferences");
  }

  set preferences(choices) {
    this.lasting.setItem(`${PREFIX}preferences`, JSON.stringify(choices));
  }

  /** As first_paint.js reads it, before any module runs. */
  get theme() {
    return this.lasting.getItem(`${PREFIX}theme`) ?? "";
  }

  set theme(theme) {
    this.lasting.setItem(`${PREFIX}theme`, theme);
  }

  /** @returns {unknown} as first_paint.js reads it; layout.js knows its shape */
  get layout() {
    return this.#parsed("layout");
  }

  set layout(layout) {
    this.lasting.setItem(`${PREFIX}layout`, JSON.stringify(layout));
  }

  /** @param {string} sessionId */
  hostKey(sessionId) {
    return this.lasting.getItem(`${PREFIX}host:${sessionId}`);
  }

  /**
   * @param {string} sessionId
   * @param {string | null} key  null forgets it
   * @returns {boolean} whether another page will know it
   */
  keepHostKey(sessionId, key) {
    const at = `${PREFIX}host:${sessionId}`;
    if (key !== null) return this.lasting.setItem(at, key) !== false;
    this.lasting.removeItem(at);
    return true;
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
      return JSON.parse(this.lasting.getItem(PREFIX + name) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {Visit[]} visits */
  #saveVisits(visits) {
    this.lasting.setItem(`${PREFIX}visits`, JSON.stringify(visits));
  }
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
