import {
  EditorState,
  EditorView,
  bracketMatching,
  crosshairCursor,
  defaultKeymap,
  drawSelection,
  dropCursor,
  foldAll,
  foldGutter,
  foldKeymap,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  indentOnInput,
  indentSelection,
  indentWithTab,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
  unfoldAll,
} from "../vendor/editor.js";
import { typesText } from "./keys.js";
import { strings } from "./strings.js";

/** @typedef {import("../vendor/editor.js").Extension} Extension */

/** @param {import("../vendor/editor.js").KeyBinding} binding */
function leavesText({ key, mac }) {
  const onMac = mac ?? key;
  return !(key && typesText(key, false)) && !(onMac && typesText(onMac, true));
}

export const BASE_KEYS = [
  ...[...defaultKeymap, ...foldKeymap].filter(leavesText),
  // As VS Code has them, in the place of Ctrl-Alt with a sign.
  { key: "Mod-k Mod-0", run: foldAll, preventDefault: true },
  { key: "Mod-k Mod-j", run: unfoldAll, preventDefault: true },
  { key: "Mod-k Mod-f", run: indentSelection, preventDefault: true },
  indentWithTab,
];

/** @returns {Extension} what makes writing code pleasant and needs no knowledge of the session */
export function baseExtensions() {
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
    keymap.of(BASE_KEYS),
  ];
}
