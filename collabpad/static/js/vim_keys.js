import { yUndoManagerKeymap } from "../vendor/editor.js";
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

/** @returns {import("../vendor/editor.js").Extension} */
export function vimKeys() {
  return vim({ status: true });
}
