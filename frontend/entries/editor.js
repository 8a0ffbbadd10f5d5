// Everything the page needs before a language is chosen: the editor, the shared document, the wire.
// Named one by one, so that the bundle holds nothing else.

/**
 * @typedef {import("@codemirror/autocomplete").CompletionSource} CompletionSource
 * @typedef {import("@codemirror/state").Extension} Extension
 * @typedef {import("@codemirror/view").DecorationSet} DecorationSet
 */

/**
 * @template Value
 * @typedef {import("@codemirror/state").StateEffectType<Value>} StateEffectType
 */

export {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeAnyWord,
  completionKeymap,
} from "@codemirror/autocomplete";
export { defaultKeymap, indentWithTab, toggleTabFocusMode } from "@codemirror/commands";
export {
  HighlightStyle,
  StreamLanguage,
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
export { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
export {
  Compartment,
  EditorSelection,
  EditorState,
  Prec,
  StateEffect,
  StateField,
  Transaction,
} from "@codemirror/state";
export {
  Decoration,
  EditorView,
  WidgetType,
  crosshairCursor,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
} from "@codemirror/view";
export { tags } from "@lezer/highlight";

export * as Y from "yjs";
export { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
export { fromBase64, toBase64 } from "lib0/buffer";

export { io } from "socket.io-client";
