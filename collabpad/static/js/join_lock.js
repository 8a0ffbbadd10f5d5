import { PREFIX } from "./store.js";

/** Longer than a join takes. After that a page that is gone no longer blocks the others. */
const HELD_MS = 5000;
/** By then each tab sees what another wrote at the same time. */
const SETTLED_MS = 100;
const LOOK_MS = 250;

/**
 * Tabs that open at once without a token would become several participants. One of them joins, and
 * the others use its token. Web Locks do not exist over plain HTTP.
 */
export class JoinLock {
  #identity;
  #storage;
  #key;

  /**
   * @param {import("./identity.js").Identity} identity
   * @param {import("./store.js").Store} store
   * @param {string} sessionId
   */
  constructor(identity, store, sessionId) {
    this.#identity = identity;
    this.#storage = store.lasting;
    this.#key = `${PREFIX}joining:${sessionId}`;
  }

  /** Waits until this page may join. */
  async acquire() {
    const { tab, separate } = this.#identity;
    while (!separate && this.#identity.resume === null) {
      const [holder, at] = this.#claim();
      if (holder === tab || Math.abs(Date.now() - at) > HELD_MS) {
        this.#storage.setItem(this.#key, JSON.stringify([tab, Date.now()]));
        if (holder === tab) return;
        await pause(SETTLED_MS);
      } else await pause(LOOK_MS);
    }
  }

  /** The server answered this page's join. */
  release() {
    if (this.#claim()[0] === this.#identity.tab) this.#storage.removeItem(this.#key);
  }

  /** @returns {[tab: string, at: number]} */
  #claim() {
    try {
      const [tab, at] = JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
      return [String(tab ?? ""), Number(at) || 0];
    } catch {
      return ["", 0];
    }
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
