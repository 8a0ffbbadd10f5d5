import { EditorView } from "../vendor/editor.js";
import { PREFIX } from "./store.js";

/**
 * Keeps a visible caret visible when a notice or the on-screen keyboard takes room from the code.
 * @param {EditorView} view
 */
export function keepCaretVisible(view) {
  const { scrollDOM } = view;
  let height = scrollDOM.clientHeight;
  new ResizeObserver(() => {
    const before = height;
    height = scrollDOM.clientHeight;
    if (height >= before) return;
    const { head } = view.state.selection.main;
    const caret = view.coordsAtPos(head);
    if (!caret) return;
    const bottom = caret.bottom - scrollDOM.getBoundingClientRect().top;
    if (bottom <= before && bottom > height) {
      view.dispatch({ effects: EditorView.scrollIntoView(head, { y: "nearest" }) });
    }
  }).observe(scrollDOM);
}

/** Focuses the code after the first join and, after a reload, puts the caret back. */
export class CaretRestorer {
  #editor;
  #storage;
  #place;
  #done = false;

  /**
   * @param {import("./code_editor.js").CodeEditor} editor
   * @param {import("./store.js").Store} store
   * @param {{sessionId: string}} place
   */
  constructor(editor, store, place) {
    this.#editor = editor;
    this.#storage = store.tab;
    this.#place = place;
    window.addEventListener("pagehide", () => this.#save());
  }

  /** The page has joined and shows the text. Only the first call does anything. */
  restore() {
    if (this.#done) return;
    this.#done = true;
    // You may have focused something else in the meantime.
    if (document.activeElement === document.body) this.#editor.focusOnJoin();
    const saved = Number(this.#storage.getItem(this.#key));
    if (saved > 0) this.#editor.putCaret(saved);
  }

  #save() {
    if (this.#done) this.#storage.setItem(this.#key, String(this.#editor.selection.head));
  }

  get #key() {
    return `${PREFIX}caret:${this.#place.sessionId}`;
  }
}
