import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeAnyWord,
  completionKeymap,
  gotoLine,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
} from "../vendor/assistance.js";
import { EditorState, Prec, keymap } from "../vendor/editor.js";

/**
 * Completion, closing brackets, search: loaded with the first language, not to hold up the text.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("../vendor/editor.js").EditorView} EditorView
 */

/**
 * Without a type: a word that the language offers too, with one, is then offered once.
 * @type {import("../vendor/assistance.js").CompletionSource}
 */
async function wordsOfTheDocument(context) {
  const found = await completeAnyWord(context);
  return found && { ...found, options: found.options.map(({ label }) => ({ label })) };
}

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
  { key: "Ctrl-g", run: gotoLine, preventDefault: true },
  { key: "Ctrl-h", mac: "Cmd-Alt-f", run: openReplacePanel, preventDefault: true },
  ...closeBracketsKeymap,
  ...searchKeymap,
  ...completionKeymap,
];

/**
 * @param {boolean} unasked  whether completions come while one types
 * @returns {Extension}
 */
export function assistance(unasked) {
  return [
    closeBrackets(),
    autocompletion({ activateOnTyping: unasked }),
    EditorState.languageData.of(() => [{ autocomplete: wordsOfTheDocument }]),
    // At the bottom it would lie over the chat and the notices.
    search({ top: true }),
    highlightSelectionMatches({ minSelectionLength: 2 }),
    // A bracket that closes itself goes before what the plain keys do.
    Prec.high(keymap.of(ASSISTANCE_KEYS)),
  ];
}
