import { PREFIX } from "./store.js";

/**
 * Whoever comes in finds the keyboard in the code, and after a reload the caret where it was.
 */
export class Arrival {
  #editor;
  #storage;
  #place;
  #arrived = false;

  /**
   * @param {import("./code_editor.js").CodeEditor} editor
   * @param {import("./store.js").Store} store
   * @param {{sessionId: string}} place
   */
  constructor(editor, store, place) {
    this.#editor = editor;
    this.#storage = store.tab;
    this.#place = place;
    window.addEventListener("pagehide", () => this.#keepCaret());
  }

  /** This page has joined, and shows the text. Only the first time is an arrival. */
  joined() {
    if (this.#arrived) return;
    this.#arrived = true;
    // Meanwhile the keyboard may have been put elsewhere.
    if (document.activeElement === document.body) this.#editor.enter();
    const kept = Number(this.#storage.getItem(this.#key));
    if (kept > 0) this.#editor.putCaret(kept);
  }

  #keepCaret() {
    if (this.#arrived) this.#storage.setItem(this.#key, String(this.#editor.selection.head));
  }

  get #key() {
    return `${PREFIX}caret:${this.#place.sessionId}`;
  }
}
