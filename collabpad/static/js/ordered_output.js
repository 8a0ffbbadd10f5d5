/**
 * @typedef {import("./protocol.js").RunOutput} RunOutput
 * @typedef {import("./protocol.js").Stream} Stream
 */

/** Restores the order of output that the server combined into one event per stream. */
export class OrderedOutput {
  #write;
  /** @type {[Stream, number][]} the combined pieces in order */
  #pieces = [];
  /** @type {Map<Stream, string>} */
  #gathered = new Map();

  /** @param {(stream: Stream, data: string) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** @param {RunOutput} output */
  take({ stream, data, pieces }) {
    if (pieces) {
      this.flush();
      this.#pieces = pieces;
    }
    if (this.#pieces.length === 0) {
      this.#write(stream, data);
      return;
    }
    this.#gathered.set(stream, (this.#gathered.get(stream) ?? "") + data);
    if (this.#complete) this.flush();
  }

  /** Writes what has arrived, even if the rest never comes. */
  flush() {
    for (const [stream, length] of this.#pieces) {
      const text = this.#gathered.get(stream) ?? "";
      if (text) this.#write(stream, text.slice(0, length));
      this.#gathered.set(stream, text.slice(length));
    }
    for (const [stream, rest] of this.#gathered) if (rest) this.#write(stream, rest);
    this.drop();
  }

  drop() {
    this.#pieces = [];
    this.#gathered.clear();
  }

  get #complete() {
    /** @type {Map<Stream, number>} */
    const wanted = new Map();
    for (const [stream, length] of this.#pieces)
      wanted.set(stream, (wanted.get(stream) ?? 0) + length);
    return [...wanted].every(
      ([stream, length]) => (this.#gathered.get(stream) ?? "").length >= length,
    );
  }
}
