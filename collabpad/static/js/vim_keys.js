import { EditorView, ViewPlugin, yUndoManagerKeymap } from "../vendor/editor.js";
import { CodeMirror, Vim, getCM, vim } from "../vendor/vim.js";
import { splitsPair, isLowSurrogate } from "./text_change.js";
import "./vim_remote_edits.js";
import { wholeSlice } from "./surrogate_pairs.js";

/**
 * Optional Vim keys. `u` and Ctrl-R undo and redo only your own edits, like Ctrl-Z: they use the
 * document's undo manager, as there is no other history.
 *
 * @typedef {import("../vendor/vim.js").CodeMirror} Editor
 */

const [undo, redo] = yUndoManagerKeymap;

/** @param {import("../vendor/editor.js").KeyBinding} binding */
function byDocument(binding) {
  return (/** @type {Editor} */ { cm6 }) => {
    if (!cm6.state.readOnly) binding.run?.(cm6);
  };
}

CodeMirror.commands.undo = byDocument(undo);
CodeMirror.commands.redo = byDocument(redo);

/** h, l and commands based on them, such as X, move by whole characters. */
Vim.defineMotion("moveByCharacters", (editor, head, { forward, repeat = 1 }) => {
  const line = editor.getLine(head.line);
  let { ch } = head;
  for (let count = 0; count < repeat && ch >= 0 && ch <= line.length; count += 1) {
    if (forward) ch += splitsPair(line, ch + 1) ? 2 : 1;
    else ch -= splitsPair(line, ch - 1) ? 2 : 1;
  }
  return new CodeMirror.Pos(head.line, ch);
});

/**
 * What X, dh and the like yank: whole characters.
 * @this {Editor}
 * @param {{line: number, ch: number}} start
 * @param {{line: number, ch: number}} end
 */
CodeMirror.prototype.getRange = function (start, end) {
  const [from, to] = [this.indexFromPos(start), this.indexFromPos(end)];
  return wholeSlice(this.cm6.state.doc, from, to);
};

/** Keys that begin to edit. */
const WRITING = /^[aAcCdDiIoOpPrRsSxX]$/;

/**
 * Vim swallows these keys in read-only text. The page still has to say who can write, as it does
 * without Vim.
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

/**
 * On a surrogate pair Vim's visual mode starts at the second unit and selects one character too
 * many. This moves the start to the first unit.
 * @param {Editor} editor
 */
function beginAtWholeCharacter(editor) {
  const { visualMode, sel } = editor.state.vim ?? {};
  if (visualMode && sel && isLowSurrogate(editor.getLine(sel.head.line), sel.head.ch))
    sel.head.ch -= 1;
}

const keepPairsWhole = ViewPlugin.define((view) => {
  const editor = getCM(view);
  editor?.on("vim-mode-change", () => beginAtWholeCharacter(editor));
  return {};
});

/** @returns {import("../vendor/editor.js").Extension} */
export function vimKeys() {
  return [tellReaders, vim({ status: true }), keepPairsWhole];
}
