import {
  closeBracketsKeymap,
  gotoLine,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
} from "../vendor/assistance.js";
import { Prec, keymap } from "../vendor/editor.js";
import { closingBrackets } from "./closing_brackets.js";
import { LIST_KEYS, suggestions } from "./suggestions.js";

/**
 * Completion, closing brackets and search. Loaded with the first language, so that the text shows
 * sooner.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("../vendor/editor.js").EditorView} EditorView
 */

/**
 * Opens the search panel at the Replace field, which readers do not have.
 * @param {EditorView} view
 */
export function openReplacePanel(view) {
  openSearchPanel(view);
  const field = view.dom.querySelector(".cm-search [name=replace]");
  if (field instanceof HTMLInputElement) field.select();
  return true;
}

/** These come before CodeMirror's own, where Ctrl-G finds the next match, as F3 does. */
export const ASSISTANCE_KEYS = [
  ...LIST_KEYS,
  { key: "Ctrl-g", run: gotoLine, preventDefault: true },
  { key: "Ctrl-h", mac: "Cmd-Alt-f", run: openReplacePanel, preventDefault: true },
  ...closeBracketsKeymap,
  ...searchKeymap,
];

/**
 * @param {boolean} unasked  whether completions show while you type
 * @returns {Extension}
 */
export function assistance(unasked) {
  return [
    closingBrackets(),
    suggestions(unasked),
    // At the bottom it would cover the chat and the notices.
    search({ top: true }),
    highlightSelectionMatches({ minSelectionLength: 2 }),
    // Completion and closing brackets take these keys first.
    Prec.high(keymap.of(ASSISTANCE_KEYS)),
  ];
}
