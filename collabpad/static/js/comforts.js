import {
  EditorState,
  EditorView,
  autocompletion,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  completeAnyWord,
  completionKeymap,
  crosshairCursor,
  defaultKeymap,
  drawSelection,
  dropCursor,
  foldGutter,
  foldKeymap,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSelectionMatches,
  highlightSpecialChars,
  indentOnInput,
  indentWithTab,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
  searchKeymap,
} from "../vendor/editor.js";
import { strings } from "./strings.js";

/** @typedef {import("../vendor/editor.js").Extension} Extension */

/**
 * Without a type: a word that the language offers too, with one, is then offered once.
 * @type {import("../vendor/editor.js").CompletionSource}
 */
async function wordsOfTheDocument(context) {
  const found = await completeAnyWord(context);
  return found && { ...found, options: found.options.map(({ label }) => ({ label })) };
}

/** @returns {Extension} what makes writing code pleasant and needs no knowledge of the session */
export function comforts() {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    foldGutter(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    EditorState.languageData.of(() => [{ autocomplete: wordsOfTheDocument }]),
    rectangularSelection(),
    crosshairCursor(),
    highlightActiveLine(),
    highlightSelectionMatches({ minSelectionLength: 2 }),
    placeholder(strings.editor.empty),
    EditorView.contentAttributes.of({
      "aria-label": strings.editor.label,
      spellcheck: "false",
      // Browsers focus it anyway; checkers of accessibility ask for it by its attribute.
      tabindex: "0",
    }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...foldKeymap,
      ...completionKeymap,
      indentWithTab,
    ]),
  ];
}
