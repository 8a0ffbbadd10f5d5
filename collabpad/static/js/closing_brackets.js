import { closeBrackets } from "../vendor/assistance.js";
import { EditorView, MapMode, Prec, StateField, Transaction } from "../vendor/editor.js";
import { commentOrStringAt } from "./syntax_context.js";

/**
 * Closes brackets and quotes, and lets you type over the closing one. CodeMirror's own extension
 * does not do so after a line break, and takes three quotes for one.
 *
 * @typedef {import("../vendor/editor.js").EditorState} EditorState
 */

/** What is inserted when something closes itself; the caret is after the first character. */
const PAIR = /^(?:\(\)|\[\]|\{\}|(["'`])(?:\1|\1\1\1))$/;
const BRACKETS = ")]}";
const QUOTES = "\"'`";

/**
 * @param {Transaction} transaction
 * @returns {number[]} positions of closing characters that nobody typed
 */
function closedBy(transaction) {
  if (!transaction.isUserEvent("input.type")) return [];
  /** @type {number[]} */
  const places = [];
  const { ranges } = transaction.newSelection;
  transaction.changes.iterChanges((_fromA, _toA, fromB, toB, inserted) => {
    const between = ranges.some(({ empty, head }) => empty && head === fromB + 1);
    if (!between || inserted.length > 4 || !PAIR.test(inserted.toString())) return;
    for (let place = fromB + 1; place < toB; place += 1) places.push(place);
  });
  return places;
}

/** @type {import("../vendor/editor.js").StateField<readonly number[]>} */
const closings = StateField.define({
  create: () => /** @type {readonly number[]} */ ([]),
  update(places, transaction) {
    if (!transaction.docChanged) return places;
    const moved = places
      .map((place) => transaction.changes.mapPos(place, 1, MapMode.TrackAfter))
      .filter((place) => place !== null);
    return [...moved, ...closedBy(transaction)];
  },
});

/** @param {EditorState} state @returns {number} position of the next; Infinity if there is none */
function nextClosing(state) {
  const { head } = state.selection.main;
  return Math.min(...state.field(closings).filter((each) => each >= head));
}

/**
 * @param {EditorState} state
 * @param {string} typed
 * @returns {number | null} position of the same character if only white space is before it
 */
function placeAhead(state, typed) {
  const { head } = state.selection.main;
  const place = nextClosing(state);
  if (place === Infinity || state.sliceDoc(place, place + 1) !== typed) return null;
  if (BRACKETS.includes(typed)) return isBlank(state, head, place) ? place : null;
  return place === head ? place : null;
}

/**
 * @param {EditorState} state
 * @param {number} from
 * @param {number} to
 */
function isBlank(state, from, to) {
  return /^\s*$/.test(state.sliceDoc(from, to));
}

/**
 * @param {EditorState} state
 * @param {number} place
 * @returns {{from: number, to: number}} the white space to remove
 */
function spaceBefore(state, place) {
  const { head } = state.selection.main;
  const here = state.doc.lineAt(head);
  const there = state.doc.lineAt(place);
  // The closing character is already on a line of its own.
  const lines = here.number < there.number && isBlank(state, here.from, head);
  const whole = lines && isBlank(state, there.from, place);
  return whole ? { from: here.from, to: there.from } : { from: head, to: place };
}

/**
 * @param {EditorView} view
 * @param {string} typed
 */
function typeOver(view, typed) {
  const { state } = view;
  const place = placeAhead(state, typed);
  if (place === null) return false;
  const space = spaceBefore(state, place);
  view.dispatch({
    // Inserted again, so that it counts as typed.
    changes: [space, { from: place, to: place + 1, insert: typed }],
    selection: { anchor: place + 1 - (space.to - space.from) },
    scrollIntoView: true,
    userEvent: "input.type",
  });
  return true;
}

/** @param {EditorState} state @returns {boolean} whether a quote is plain text here */
function isQuoted(state) {
  const { head } = state.selection.main;
  const next = nextClosing(state);
  const opened =
    next <= state.doc.lineAt(head).to && QUOTES.includes(state.sliceDoc(next, next + 1));
  return opened || commentOrStringAt(state, head) !== null;
}

const closing = EditorView.inputHandler.of((view, from, to, text, insert) => {
  const { state } = view;
  const { main, ranges } = state.selection;
  if (text.length !== 1 || from !== to || state.readOnly || view.composing) return false;
  if (ranges.length > 1 || !main.empty || main.head !== from) return false;
  const quote = QUOTES.includes(text);
  if ((quote || BRACKETS.includes(text)) && typeOver(view, text)) return true;
  // You could not type over a tag that closed itself, so HTML stays as typed.
  const plain = quote ? isQuoted(state) : text === ">" || text === "/";
  if (plain) view.dispatch(insert());
  return plain;
});

/** @returns {import("../vendor/editor.js").Extension} */
export function closingBrackets() {
  return [Prec.high(closing), closings, closeBrackets()];
}
