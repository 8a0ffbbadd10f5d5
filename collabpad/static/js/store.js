/**
 * What the browser remembers. If storage is denied or full, the page just forgets at the next load.
 * identity.js stores here who this page is.
 */

export const PREFIX = "collabpad:";
const VISITED_LENGTH = 12;

/**
 * @typedef {{id: string, title: string, at: number, view: boolean}} Visit  `at` in ms since 1970
 * @typedef {Pick<Storage, "getItem" | "removeItem"> & {setItem: (key: string, value: string) =>
 *   boolean | void}} KeyValue  `setItem` returns false if only this page remembers the value
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
    // If the browser's settings deny storage, `window.localStorage` itself throws.
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
        // Storage that cannot be reached cannot be read later, either.
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
    /** Shared by all tabs, and kept when they close. */
    this.lasting = lasting;
    /** For this tab only; a duplicated tab gets a copy. */
    this.tab = tab;
  }

  get name() {
    return this.lasting.getItem(`${PREFIX}name`) ?? "";
  }

  set name(name) {
    this.lasting.setItem(`${PREFIX}name`, name);
  }

  /** @returns {unknown} as stored; null if it never was */
  get preferences() {
    return this.#parsed("preferences");
  }

  set preferences(choices) {
    this.lasting.setItem(`${PREFIX}preferences`, JSON.stringify(choices));
  }

  /** first_paint.js reads it before any module runs. */
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
   * @returns {boolean} whether other pages will find it
   */
  keepHostKey(sessionId, key) {
    const at = `${PREFIX}host:${sessionId}`;
    if (key !== null) return this.lasting.setItem(at, key) !== false;
    this.lasting.removeItem(at);
    return true;
  }

  /** @returns {Visit[]} latest first */
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
   * @returns {unknown} null if nothing readable is stored
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
