import { EditorSelection, EditorState, indentMore, indentUnit, keymap } from "../vendor/editor.js";

/** Indentation: as in the text so far, else by language or preference. */

/** That many lines are enough to tell. */
const MOST_LINES = 2000;
const STEPS = new Set([2, 3, 4, 8]);

/**
 * @param {Iterable<string>} lines
 * @returns {string | null} the most common step; null if no line is indented
 */
export function detectIndentation(lines) {
  let tabs = 0;
  let spaced = 0;
  let before = 0;
  let seen = 0;
  /** @type {Map<number, number>} how often a line is indented that much more than the one before */
  const steps = new Map();
  for (const line of lines) {
    seen += 1;
    if (seen > MOST_LINES) break;
    if (line.trim() === "") continue;
    const width = /^ */.exec(line)?.[0].length ?? 0;
    if (line.startsWith("\t")) tabs += 1;
    // Block comments are indented by one more space.
    else if (width > 1) spaced += 1;
    const step = width - before;
    if (STEPS.has(step)) steps.set(step, (steps.get(step) ?? 0) + 1);
    before = width;
  }
  if (tabs > spaced) return "\t";
  const [most] = [...steps].sort(([a, often], [b, other]) => other - often || a - b);
  return spaced > 0 && most ? " ".repeat(most[0]) : null;
}

/**
 * @param {EditorState} state
 * @returns {string | null}
 */
export function indentationOf({ doc }) {
  return detectIndentation(doc.iterLines());
}

/**
 * @param {{unit: string, columns: number, typed: boolean}} indentation  `typed`: Tab inserts at the
 *   caret, as in plain text, instead of moving the line
 * @returns {import("../vendor/editor.js").Extension}
 */
export function indentation({ unit, columns, typed }) {
  const settings = [indentUnit.of(unit), EditorState.tabSize.of(columns)];
  return typed ? [settings, keymap.of([{ key: "Tab", run: typeTab }])] : settings;
}

/** @param {import("../vendor/editor.js").EditorView} view */
function typeTab(view) {
  const {
    state,
    state: { selection },
  } = view;
  if (state.readOnly || selection.ranges.some((range) => !range.empty)) return indentMore(view);
  const unit = state.facet(indentUnit);
  const changes = state.changeByRange(({ from }) => {
    const column = from - state.doc.lineAt(from).from;
    const insert = unit === "\t" ? unit : " ".repeat(unit.length - (column % unit.length));
    return { changes: { from, insert }, range: EditorSelection.cursor(from + insert.length) };
  });
  view.dispatch(state.update(changes, { scrollIntoView: true, userEvent: "input" }));
  return true;
}
