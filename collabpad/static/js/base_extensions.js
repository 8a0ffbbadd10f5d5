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
  // As in VS Code, instead of Ctrl-Alt and a sign.
  { key: "Mod-k Mod-0", run: foldAll, preventDefault: true },
  { key: "Mod-k Mod-j", run: unfoldAll, preventDefault: true },
  { key: "Mod-k Mod-f", run: indentSelection, preventDefault: true },
  indentWithTab,
];

/** @returns {Extension} the editor's features that do not depend on the session */
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
      // Browsers focus it anyway, but accessibility checkers expect the attribute.
      tabindex: "0",
    }),
    keymap.of(BASE_KEYS),
  ];
}
