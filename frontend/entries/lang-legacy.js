// Modes of CodeMirror 5, each to be wrapped by `StreamLanguage.define` of `editor.js`.

export { lua } from "@codemirror/legacy-modes/mode/lua";
export { perl } from "@codemirror/legacy-modes/mode/perl";
export { ruby } from "@codemirror/legacy-modes/mode/ruby";
export { shell } from "@codemirror/legacy-modes/mode/shell";
export { yaml } from "@codemirror/legacy-modes/mode/yaml";
