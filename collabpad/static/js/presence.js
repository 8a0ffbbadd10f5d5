import { PRESENCE_INTERVAL_MS } from "./protocol.js";

/**
 * Sends your caret's position to the others: at most once per interval, and always the last one.
 */
export class PresenceSender {
  #send;
  #readCursor;
  #told = "";
  #due = false;
  /** Until you place the caret it is at the start and means nothing. */
  #placed = false;
  #joined = false;

  /**
   * @param {(cursor: import("./protocol.js").Cursor | null) => void} send
   * @param {() => import("./protocol.js").Cursor} readCursor  reads the caret's position
   */
  constructor(send, readCursor) {
    this.#send = send;
    this.#readCursor = readCursor;
  }

  /** You focused the code. The caret stays there when you focus the chat. */
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
    const cursor = this.#placed ? this.#readCursor() : null;
    const telling = JSON.stringify(cursor);
    if (!this.#joined || telling === this.#told) return;
    this.#told = telling;
    this.#send(cursor);
  }
}
