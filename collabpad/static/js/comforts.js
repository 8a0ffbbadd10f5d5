import {
  EditorState,
  EditorView,
  bracketMatching,
  crosshairCursor,
  defaultKeymap,
  drawSelection,
  dropCursor,
  foldGutter,
  foldKeymap,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  indentOnInput,
  indentWithTab,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
} from "../vendor/editor.js";
import { strings } from "./strings.js";

/** @typedef {import("../vendor/editor.js").Extension} Extension */

export const COMFORT_KEYS = [...defaultKeymap, ...foldKeymap, indentWithTab];

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
    EditorState.phrases.of(strings.phrases),
    indentOnInput(),
    bracketMatching(),
    rectangularSelection(),
    crosshairCursor(),
    highlightActiveLine(),
    placeholder(strings.editor.empty),
    EditorView.contentAttributes.of({
      "aria-label": strings.editor.label,
      spellcheck: "false",
      // Browsers focus it anyway; checkers of accessibility ask for it by its attribute.
      tabindex: "0",
    }),
    keymap.of(COMFORT_KEYS),
  ];
}
