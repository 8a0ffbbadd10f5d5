import { ySyncAnnotation } from "../vendor/editor.js";
import { CodeMirror } from "../vendor/vim.js";

/**
 * Makes Vim mode work with remote edits: `.`, counts and macros repeat only your own typing, and a
 * visual selection stays on the selected text.
 *
 * By itself Vim takes every change for yours, and stores its selection by line and column.
 *
 * @typedef {import("../vendor/vim.js").CodeMirror} Editor
 * @typedef {Parameters<Editor["onChange"]>[0]} Update
 * @typedef {{line: number, ch: number}} Position
 */

/** @param {Update} update */
function isOthers({ transactions }) {
  return transactions.length > 0 && transactions.every((each) => each.annotation(ySyncAnnotation));
}

/**
 * @param {Update} update
 * @param {Position} position  before it
 * @returns {Position} after it
 */
function mapped({ startState, state, changes }, { line, ch }) {
  const before = startState.doc.line(Math.min(line + 1, startState.doc.lines));
  const place = changes.mapPos(Math.min(before.from + ch, before.to), 1);
  const after = state.doc.lineAt(place);
  // A column far beyond the end means the end.
  const column = ch > before.length ? ch : place - after.from;
  return new CodeMirror.Pos(after.number - 1, column);
}

const { onChange } = CodeMirror.prototype;

/**
 * @this {Editor}
 * @param {Update} update
 */
CodeMirror.prototype.onChange = function (update) {
  if (!isOthers(update)) {
    onChange.call(this, update);
    return;
  }
  for (const mark of Object.values(this.marks)) mark.update(update.changes);
  if (this.virtualSelection) {
    const { ranges } = this.virtualSelection;
    this.virtualSelection.ranges = ranges.map((range) => range.map(update.changes));
  }
  const { sel } = this.state.vim ?? {};
  if (sel) {
    sel.anchor = mapped(update, sel.anchor);
    sel.head = mapped(update, sel.head);
  }
};
