/** Between two reports, so that they inform and do not chatter. */
export const EVERY_MS = 20_000;
/** Nobody wants to hear of others' edits in the middle of their own. */
export const QUIET_MS = 5000;
/** A caret arrives a little later than what was typed at it. */
const SETTLE_MS = 500;

/**
 * Where others edit, in words, for who does not see it: rarely, never while one types oneself,
 * and not twice the same.
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
   * @param {(index: number) => string} describe  who edits there; "" when that is not known
   */
  constructor(say, describe) {
    this.#say = say;
    this.#describe = describe;
  }

  /** This person typed. */
  typed() {
    this.#typedAt = Date.now();
  }

  /** @param {number} index  where in the text somebody else typed */
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
 * @returns {number} where its first change is
 */
export function firstChange(delta) {
  return delta[0]?.retain ?? 0;
}
