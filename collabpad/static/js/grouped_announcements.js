/**
 * @typedef {(name: string, others: number) => string} Sentence  about one person and how many
 *   others
 */

/** How long a sentence waits for more people. */
const PATIENCE_MS = 1000;

/** Announces what happens to several people at about the same time in one sentence. No DOM. */
export class GroupedAnnouncements {
  #say;
  #later;
  /** @type {Map<Sentence, Set<string>>} */
  #waiting = new Map();

  /**
   * @param {(text: string) => void} say
   * @param {(act: () => void, ms: number) => void} [later]
   */
  constructor(say, later = (act, ms) => void setTimeout(act, ms)) {
    this.#say = say;
    this.#later = later;
  }

  /**
   * @param {Sentence} sentence  the same function for the same event
   * @param {string} name
   */
  add(sentence, name) {
    const names = this.#waiting.get(sentence);
    if (names) {
      names.add(name);
      return;
    }
    const first = new Set([name]);
    this.#waiting.set(sentence, first);
    this.#later(() => {
      this.#waiting.delete(sentence);
      this.#say(sentence(name, first.size - 1));
    }, PATIENCE_MS);
  }
}
