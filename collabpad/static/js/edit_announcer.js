/** Time between announcements, so that they do not become chatter. */
export const EVERY_MS = 20_000;
/** How long you must not have typed: nobody wants announcements while typing. */
export const QUIET_MS = 5000;
/** Carets arrive a little later than edits. */
const SETTLE_MS = 500;

/**
 * Announces to screen readers where others edit: rarely, never while you type, and never the same
 * twice.
 */
export class EditAnnouncer {
  #say;
  #describe;
  #at = 0;
  #saidAt = -Infinity;
  #said = "";
  #typedAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #due;

  /**
   * @param {(text: string) => void} say
   * @param {(index: number) => string} describe  who edits there; "" if unknown
   */
  constructor(say, describe) {
    this.#say = say;
    this.#describe = describe;
  }

  /** You typed. */
  typed() {
    this.#typedAt = Date.now();
  }

  /** @param {number} index  where somebody else typed */
  edited(index) {
    this.#at = index;
    if (this.#due !== undefined) return;
    const wait = Math.max(SETTLE_MS, this.#saidAt + EVERY_MS - Date.now());
    this.#due = setTimeout(() => {
      this.#due = undefined;
      this.#report();
    }, wait);
  }

  #report() {
    const now = Date.now();
    if (now - this.#typedAt < QUIET_MS) return;
    const text = this.#describe(this.#at);
    if (text === "" || text === this.#said) return;
    this.#said = text;
    this.#saidAt = now;
    this.#say(text);
  }
}

/**
 * @param {{retain?: number}[]} delta  of a Y.Text
 * @returns {number} index of its first change
 */
export function firstChange(delta) {
  return delta[0]?.retain ?? 0;
}
