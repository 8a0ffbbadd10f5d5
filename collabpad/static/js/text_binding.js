import { Compartment, EditorState, EditorView, Transaction, Y, yCollab } from "../vendor/editor.js";
import { Emitter } from "./emitter.js";
import { smallestChange, wellFormed } from "./text_change.js";
import { touchesPairs, splitsPairs, keepPairsWhole } from "./surrogate_pairs.js";

/** @typedef {import("../vendor/editor.js").ViewUpdate} ViewUpdate */

/** Edits that are undone alone, however soon after others they come. */
const STEPS = ["input.paste", "input.drop", "input.replace", "delete.cut"];

/** @param {Transaction} transaction */
function isStepOfItsOwn(transaction) {
  return transaction.docChanged && STEPS.some((step) => transaction.isUserEvent(step));
}

/**
 * Keeps what an editor shows and a Y.Text the same, and one's own edits undoable.
 *
 * @extends {Emitter<{pairs: void}>} `pairs`: characters outside the basic plane were edited, here or
 *   by somebody else
 */
export class TextBinding extends Emitter {
  #sync = new Compartment();
  /** @type {Y.Text | null} */
  #text = null;
  /** @type {Y.UndoManager | null} */
  #undo = null;
  /** @type {typeof import("./durable_undo.js").DurableUndoManager | null} not needed before something is undoable */
  #DurableUndoManager = null;
  /** Somebody's edit cut a character: Yjs and the view may have made different things of it. */
  #doubtful = false;

  /** @returns {import("../vendor/editor.js").Extension} */
  get extension() {
    return [
      keepPairsWhole(),
      EditorState.transactionExtender.of((transaction) => {
        if (isStepOfItsOwn(transaction)) this.#undo?.stopCapturing();
        return null;
      }),
      EditorView.updateListener.of((update) => this.#updated(update)),
      this.#sync.of([]),
    ];
  }

  /** What takes one's own steps over to another text is loaded after the first one is shown. */
  async load() {
    this.#DurableUndoManager ??= (await import("./durable_undo.js")).DurableUndoManager;
  }

  /**
   * Shows another text; the caret stays where it can, and one's own edits can be undone still.
   * @param {EditorView} view
   * @param {Y.Text} text
   */
  bind(view, text) {
    const content = text.toString().replace(/\r\n?/g, "\n");
    const shown = view.state.doc.toString();
    const undoManager = this.#undoOf(text);
    this.#text = text;
    this.#undo = undoManager;
    // Without the old binding first, showing the new text would be an edit of the old one.
    view.dispatch({ effects: this.#sync.reconfigure([]) });
    view.dispatch({
      changes: content === shown ? [] : smallestChange(shown, content),
      annotations: Transaction.addToHistory.of(false),
    });
    view.dispatch({ effects: this.#sync.reconfigure(yCollab(text, null, { undoManager })) });
  }

  /**
   * Binds again if text and view differ: in length, as a `\r` counts in one of them only, or, looked
   * at closely, in any character.
   * @param {EditorView} view
   * @param {boolean} [closely]
   */
  checkAgreement(view, closely = this.#doubtful) {
    if (!this.#text) return;
    this.#doubtful = false;
    const { doc } = view.state;
    const differ =
      this.#text.length !== doc.length ||
      (closely && wellFormed(this.#text.toString()) !== doc.toString());
    if (differ) this.bind(view, this.#text);
  }

  /** @param {Y.Text} text */
  #undoOf(text) {
    if (this.#undo && text === this.#text) return this.#undo;
    return this.#DurableUndoManager
      ? new this.#DurableUndoManager(text, this.#undo)
      : new Y.UndoManager(text);
  }

  /** @param {ViewUpdate} update */
  #updated({ startState, changes, transactions, docChanged }) {
    if (!docChanged) return;
    if (transactions.some(isStepOfItsOwn)) this.#undo?.stopCapturing();
    this.#doubtful ||= transactions.some(splitsPairs);
    if (touchesPairs(startState.doc, changes)) this.emit("pairs", undefined);
  }
}
