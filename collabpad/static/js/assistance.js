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
 * Completion, closing brackets, search: loaded with the first language, not to hold up the text.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("../vendor/editor.js").EditorView} EditorView
 */

/**
 * The panel of search, at the field for what comes in the place of what is found; who only reads
 * has none.
 * @param {EditorView} view
 */
export function openReplacePanel(view) {
  openSearchPanel(view);
  const field = view.dom.querySelector(".cm-search [name=replace]");
  if (field instanceof HTMLInputElement) field.select();
  return true;
}

/** Before CodeMirror's own, where Ctrl-G is the next find; F3 is that too. */
export const ASSISTANCE_KEYS = [
  ...LIST_KEYS,
  { key: "Ctrl-g", run: gotoLine, preventDefault: true },
  { key: "Ctrl-h", mac: "Cmd-Alt-f", run: openReplacePanel, preventDefault: true },
  ...closeBracketsKeymap,
  ...searchKeymap,
];

/**
 * @param {boolean} unasked  whether completions come while one types
 * @returns {Extension}
 */
export function assistance(unasked) {
  return [
    closingBrackets(),
    suggestions(unasked),
    // At the bottom it would lie over the chat and the notices.
    search({ top: true }),
    highlightSelectionMatches({ minSelectionLength: 2 }),
    // The list and brackets that close themselves go before what the plain keys do.
    Prec.high(keymap.of(ASSISTANCE_KEYS)),
  ];
}
