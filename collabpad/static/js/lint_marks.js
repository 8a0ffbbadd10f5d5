import { EditorView, ensureSyntaxTree, keymap } from "../vendor/editor.js";
import {
  forEachDiagnostic,
  linter,
  nextDiagnostic,
  openLintPanel,
  previousDiagnostic,
} from "../vendor/lint.js";
import { strings } from "./strings.js";
import { jsonFaults, pythonFaults } from "./syntax_errors.js";

/**
 * Marks syntax errors; loaded for languages that have a check.
 *
 * @typedef {import("../vendor/editor.js").EditorCommand} EditorCommand
 * @typedef {import("../vendor/editor.js").EditorState} EditorState
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("./syntax_errors.js").SyntaxFault} SyntaxFault
 * @typedef {import("../vendor/lint.js").Diagnostic} Diagnostic
 */

/** How long after the last edit the marks are set. */
const DELAY_MS = 700;
/** How long parsing may take; larger documents get no marks. */
const PARSING_MS = 100;

/** How far a word is searched for: the time grows with the square. */
const LONGEST_WORD = 200;

const FAULTS = Object.freeze({ python: pythonFaults, json: jsonFaults });

/**
 * @param {keyof typeof FAULTS} language
 * @returns {Extension}
 */
export function lintMarks(language) {
  return [
    linter((view) => marks(view, FAULTS[language]), {
      delay: DELAY_MS,
      needsRefresh: ({ focusChanged, selectionSet, startState, state }) =>
        focusChanged || (selectionSet && caretLine(startState) !== caretLine(state)),
    }),
    keymap.of([
      { key: "F8", run: nextProblem, shift: previousProblem, preventDefault: true },
      { key: "Mod-Shift-m", run: openLintPanel, preventDefault: true },
    ]),
  ];
}

export { openLintPanel as listProblems };

/** @type {EditorCommand} */
export const nextProblem = (view) => goTo(nextDiagnostic, view);

/** @type {EditorCommand} */
const previousProblem = (view) => goTo(previousDiagnostic, view);

/**
 * Goes there and announces it: screen readers do not read the tooltip.
 * @param {EditorCommand} move
 * @param {EditorView} view
 */
function goTo(move, view) {
  move(view);
  const { from, to } = view.state.selection.main;
  let message = strings.lint.none;
  forEachDiagnostic(view.state, (found, start, end) => {
    if (start === from && end === to) message = found.message;
  });
  view.dispatch({ effects: EditorView.announce.of(message) });
  return true;
}

/**
 * @param {EditorView} view
 * @param {typeof pythonFaults} faults
 * @returns {Diagnostic[]}
 */
function marks(view, faults) {
  const { doc } = view.state;
  const tree = ensureSyntaxTree(view.state, doc.length, PARSING_MS);
  if (!tree) return [];
  return faults(tree, (from, to) => doc.sliceString(from, to))
    .filter((fault) => !isBeingTyped(view, fault))
    .map((fault) => ({
      ...seen(view.state, fault),
      severity: "error",
      message: message(view.state, fault),
    }));
}

/**
 * A word that you are still typing is not an error yet.
 * @param {Pick<EditorView, "state" | "hasFocus">} view
 * @param {{from: number}} fault
 */
export function isBeingTyped({ state, hasFocus }, { from }) {
  const { head, empty } = state.selection.main;
  if (!hasFocus || state.readOnly || !empty) return false;
  const line = state.doc.lineAt(head);
  return from >= line.from && from <= line.to && /\w$/.test(line.text.slice(0, head - line.from));
}

/**
 * A visible range. If something is missing, it is the word next to that position.
 * @param {EditorState} state
 * @param {{from: number, to: number}} fault
 * @returns {{from: number, to: number}}
 */
export function seen(state, { from, to }) {
  if (to > from) return { from, to };
  for (let at = from; at >= 0; at = state.doc.lineAt(at).from - 1) {
    const line = state.doc.lineAt(at);
    const after = /^\s*(\w+|\S)/.exec(line.text.slice(at - line.from));
    if (after) return { from: at + after[0].length - after[1].length, to: at + after[0].length };
    const start = Math.max(line.from, at - LONGEST_WORD);
    const before = /(\w+|\S)\s*$/.exec(state.doc.sliceString(start, at));
    if (before) return { from: start + before.index, to: at };
  }
  return { from, to };
}

/**
 * @param {EditorState} state
 * @param {SyntaxFault} fault
 */
function message(state, { from, to, unclosed }) {
  const text = state.doc.sliceString(from, to).trim().split("\n", 1)[0];
  const { number } = state.doc.lineAt(from);
  if (unclosed) return strings.lint.unclosed(text, number);
  return text ? strings.lint.unexpected(text.slice(0, 40), number) : strings.lint.broken(number);
}

/** @param {EditorState} state */
function caretLine({ doc, selection }) {
  return doc.lineAt(selection.main.head).number;
}
