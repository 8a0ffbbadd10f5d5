import { Compartment, EditorState, EditorView, Transaction, Y, yCollab } from "../vendor/editor.js";
import { Emitter } from "./emitter.js";
import { smallestChange, wellFormed } from "./text_change.js";
import { touchesPairs, splitsPairs, keepPairsWhole } from "./surrogate_pairs.js";

/** @typedef {import("../vendor/editor.js").ViewUpdate} ViewUpdate */

/** Edits that are undone separately, however soon they follow others. */
const STEPS = ["input.paste", "input.drop", "input.replace", "delete.cut"];

/** @param {Transaction} transaction */
function isStepOfItsOwn(transaction) {
  return transaction.docChanged && STEPS.some((step) => transaction.isUserEvent(step));
}

/**
 * Binds an editor to a Y.Text and keeps your edits undoable.
 *
 * @extends {Emitter<{pairs: void}>} `pairs`: surrogate pairs were edited, by you or by somebody
 *   else
 */
export class TextBinding extends Emitter {
  #sync = new Compartment();
  /** @type {Y.Text | null} */
  #text = null;
  /** @type {Y.UndoManager | null} */
  #undo = null;
  /**
   * @type {typeof import("./durable_undo.js").DurableUndoManager | null} needed only once there is
   *   something to undo
   */
  #DurableUndoManager = null;
  /** Somebody's edit split a pair: Yjs and the view may disagree about it. */
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

  /** Loads what carries undo steps over to another text, after the first text shows. */
  async load() {
    this.#DurableUndoManager ??= (await import("./durable_undo.js")).DurableUndoManager;
  }

  /**
   * Shows another text. The caret stays if it can, and your edits stay undoable.
   * @param {EditorView} view
   * @param {Y.Text} text
   */
  bind(view, text) {
    const content = text.toString().replace(/\r\n?/g, "\n");
    const shown = view.state.doc.toString();
    const undoManager = this.#undoOf(text);
    this.#text = text;
    this.#undo = undoManager;
    // Unbinds first: otherwise showing the new text would edit the old one.
    view.dispatch({ effects: this.#sync.reconfigure([]) });
    view.dispatch({
      changes: content === shown ? [] : smallestChange(shown, content),
      annotations: Transaction.addToHistory.of(false),
    });
    view.dispatch({ effects: this.#sync.reconfigure(yCollab(text, null, { undoManager })) });
  }

  /**
   * Binds again if text and view differ in length (only one of them counts a `\r`) or, if checked
   * closely, in any character.
   * @param {EditorView} view
   * @param {boolean} [thoroughly]
   */
  reconcile(view, thoroughly = this.#doubtful) {
    if (!this.#text) return;
    this.#doubtful = false;
    const { doc } = view.state;
    const differ =
      this.#text.length !== doc.length ||
      (thoroughly && wellFormed(this.#text.toString()) !== doc.toString());
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
