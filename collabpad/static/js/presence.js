import { PRESENCE_INTERVAL_MS } from "./protocol.js";

/**
 * Tells the others where this person's caret is: at most once an interval, the last place always.
 */
export class PresenceSender {
  #send;
  #look;
  #told = "";
  #due = false;
  /** Until the caret was placed once it stands at the start and means nothing. */
  #placed = false;
  #joined = false;

  /**
   * @param {(cursor: import("./protocol.js").Cursor | null) => void} send
   * @param {() => import("./protocol.js").Cursor} look  where the caret is now
   */
  constructor(send, look) {
    this.#send = send;
    this.#look = look;
  }

  /** The keyboard came to the code; the caret stays where it is when it goes to the chat. */
  place() {
    this.#placed = true;
  }

  /** @param {boolean} joined */
  set joined(joined) {
    this.#joined = joined;
    this.#told = "";
    if (joined) this.moved();
  }

  moved() {
    if (this.#due || !this.#joined) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      this.#tell();
    }, PRESENCE_INTERVAL_MS);
  }

  #tell() {
    const cursor = this.#placed ? this.#look() : null;
    const telling = JSON.stringify(cursor);
    if (!this.#joined || telling === this.#told) return;
    this.#told = telling;
    this.#send(cursor);
  }
}
