// Marks at errors: loaded with the languages that have them.

/** @typedef {import("@codemirror/lint").Diagnostic} Diagnostic */

export {
  forEachDiagnostic,
  linter,
  nextDiagnostic,
  openLintPanel,
  previousDiagnostic,
} from "@codemirror/lint";
