import { EditorView, yUndoManagerKeymap } from "../vendor/editor.js";
import { CodeMirror, vim } from "../vendor/vim.js";

/**
 * Vim's keys, by choice. Its `u` and Ctrl-R take back one's own edits alone, as Ctrl-Z does: they
 * go to the document's undo manager, there being no other history.
 *
 * @typedef {import("../vendor/vim.js").CodeMirror} Vim
 */

const [undo, redo] = yUndoManagerKeymap;

/** @param {import("../vendor/editor.js").KeyBinding} binding */
function byDocument(binding) {
  return (/** @type {Vim} */ { cm6 }) => {
    if (!cm6.state.readOnly) binding.run?.(cm6);
  };
}

CodeMirror.commands.undo = byDocument(undo);
CodeMirror.commands.redo = byDocument(redo);

/** With these one sets out to write. */
const WRITING = /^[aAcCdDiIoOpPrRsSxX]$/;

/**
 * Vim keeps such keys to itself where nothing may be written; then it must be said who can, as it
 * is where somebody types without Vim.
 */
const tellReaders = EditorView.domEventHandlers({
  keydown(event, view) {
    if (!view.state.readOnly || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (WRITING.test(event.key)) {
      const options = { inputType: "insertText", bubbles: true, cancelable: true };
      view.contentDOM.dispatchEvent(new InputEvent("beforeinput", options));
    }
    return false;
  },
});

/** @returns {import("../vendor/editor.js").Extension} */
export function vimKeys() {
  return [tellReaders, vim({ status: true })];
}
