// Modes of CodeMirror 5, each to be wrapped by `StreamLanguage.define` of `editor.js`.

export { csharp, dart, kotlin, scala } from "@codemirror/legacy-modes/mode/clike";
export { diff } from "@codemirror/legacy-modes/mode/diff";
export { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
export { haskell } from "@codemirror/legacy-modes/mode/haskell";
export { lua } from "@codemirror/legacy-modes/mode/lua";
export { perl } from "@codemirror/legacy-modes/mode/perl";
export { powerShell } from "@codemirror/legacy-modes/mode/powershell";
export { r } from "@codemirror/legacy-modes/mode/r";
export { ruby } from "@codemirror/legacy-modes/mode/ruby";
export { shell } from "@codemirror/legacy-modes/mode/shell";
export { swift } from "@codemirror/legacy-modes/mode/swift";
export { toml } from "@codemirror/legacy-modes/mode/toml";
export { yaml } from "@codemirror/legacy-modes/mode/yaml";
