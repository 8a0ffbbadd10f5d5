import { selectSelectionMatches } from "../vendor/assistance.js";
import {
  EditorView,
  keymap,
  lineComment,
  lineUncomment,
  selectLine,
  selectParentSyntax,
  toggleBlockComment,
} from "../vendor/editor.js";

/** VS Code's keys where they differ from CodeMirror's. */
export const VSCODE_KEYS = [
  { key: "Mod-l", run: selectLine, preventDefault: true },
  { key: "Shift-Alt-a", mac: "Ctrl-Shift-a", run: toggleBlockComment, preventDefault: true },
  { key: "Shift-Alt-ArrowRight", mac: "Ctrl-Shift-Cmd-ArrowRight", run: selectParentSyntax },
  { key: "Mod-F2", run: selectSelectionMatches, preventDefault: true },
  { key: "Mod-k Mod-c", run: lineComment, preventDefault: true },
  { key: "Mod-k Mod-u", run: lineUncomment, preventDefault: true },
];

/** @returns {import("../vendor/editor.js").Extension} */
export function vscodeKeys() {
  return [keymap.of(VSCODE_KEYS), EditorView.editorAttributes.of({ "data-keys": "vscode" })];
}
