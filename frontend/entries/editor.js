// Everything the page needs before a language is chosen: the editor, the shared document, the wire.
// Named one by one, so that the bundle holds nothing else.

/**
 * @typedef {import("@codemirror/state").Extension} Extension
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 * @typedef {import("@lezer/common").Tree} Tree
 * @typedef {import("@codemirror/view").Command} EditorCommand
 * @typedef {import("@codemirror/view").DecorationSet} DecorationSet
 * @typedef {import("@codemirror/view").KeyBinding} KeyBinding
 * @typedef {import("@codemirror/view").ViewUpdate} ViewUpdate
 */

/**
 * @template Value
 * @typedef {import("@codemirror/state").StateEffectType<Value>} StateEffectType
 */

export {
  copyLineDown,
  copyLineUp,
  cursorMatchingBracket,
  defaultKeymap,
  deleteLine,
  indentLess,
  indentMore,
  indentSelection,
  indentWithTab,
  lineComment,
  lineUncomment,
  moveLineDown,
  moveLineUp,
  selectLine,
  selectParentSyntax,
  toggleBlockComment,
  toggleComment,
  toggleTabFocusMode,
} from "@codemirror/commands";
export {
  HighlightStyle,
  StreamLanguage,
  bracketMatching,
  ensureSyntaxTree,
  foldAll,
  foldCode,
  foldGutter,
  foldKeymap,
  foldedRanges,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
  unfoldAll,
  unfoldCode,
  unfoldEffect,
} from "@codemirror/language";
export {
  ChangeSet,
  Compartment,
  EditorSelection,
  EditorState,
  MapMode,
  Prec,
  StateEffect,
  StateField,
  Text,
  Transaction,
} from "@codemirror/state";
export {
  Decoration,
  EditorView,
  ViewPlugin,
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
export { ySyncAnnotation, yCollab, yUndoManagerKeymap } from "y-codemirror.next";
export { fromBase64, toBase64 } from "lib0/buffer";

export { io } from "socket.io-client";
