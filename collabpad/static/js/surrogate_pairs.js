import { EditorSelection, EditorState, ySyncAnnotation } from "../vendor/editor.js";
import { splitsPair, isHighSurrogate, isLowSurrogate, wellFormed } from "./text_change.js";

/**
 * A character outside the basic plane is a surrogate pair: two units of a JavaScript string. Input
 * methods that change 😀 to 😃, and Vim's X, replace only one of them. The shared document must never
 * see that, because the server counts characters. This extension widens each of your changes to
 * whole characters first.
 *
 * @typedef {import("../vendor/editor.js").Text} Text
 * @typedef {import("../vendor/editor.js").Transaction} Transaction
 * @typedef {import("../vendor/editor.js").ChangeSet} ChangeSet
 * @typedef {{from: number, to: number, insert: string}} Change
 *
 * @typedef {object} Edit  one range of a proposed change
 * @property {number} from  in the new text
 * @property {number} to
 * @property {string} before  half a pair left before it
 * @property {string} inserted
 * @property {string} after  half a pair left after it
 * @property {boolean} joins  whether the two halves form a whole character
 * @property {boolean} removes
 */

/** Half a pair, or the replacement of one. */
const HALF = /[\ud800-\udfff\ufffd]/;

/**
 * @param {Text} doc
 * @param {number} at
 */
function isWithin(doc, at) {
  return at > 0 && at < doc.length && splitsPair(doc.sliceString(at - 1, at + 1), 1);
}

/**
 * @param {Text} doc
 * @param {number} from
 * @param {number} to
 * @returns {string} with whole characters at both ends
 */
export function wholeSlice(doc, from, to) {
  return doc.sliceString(from - Number(isWithin(doc, from)), to + Number(isWithin(doc, to)));
}

/**
 * @param {Transaction} transaction
 * @returns {Edit[]} edits that would leave half a character
 */
function cuttingEdits({ startState: { doc }, changes }) {
  /** @type {Edit[]} */
  const edits = [];
  changes.iterChanges((fromA, toA, from, to, text) => {
    const before = isWithin(doc, fromA) ? doc.sliceString(fromA - 1, fromA) : "";
    const after = isWithin(doc, toA) ? doc.sliceString(toA, toA + 1) : "";
    const inserted = text.toString();
    if (before + after === "" && wellFormed(inserted) === inserted) return;
    // One of two characters was removed, and the rest of both is the other one.
    const joins =
      doc.sliceString(toA - 1, toA) === before || doc.sliceString(fromA, fromA + 1) === after;
    edits.push({ from, to, before, inserted, after, joins, removes: fromA < toA });
  });
  return edits;
}

/**
 * @param {Edit} edit
 * @returns {{before: string, after: string}} what to keep of the halves around it
 */
function halvesKept({ before, inserted, after, joins, removes }) {
  if (inserted === "") return joins ? { before, after } : { before: "", after: "" };
  const whole = isLowSurrogate(inserted, 0) || isHighSurrogate(inserted, inserted.length - 1);
  // Inserted between the halves: the character moves before it.
  if (!removes && !whole) return { before: before + after, after: "" };
  return {
    before: isLowSurrogate(inserted, 0) ? before : "",
    after: isHighSurrogate(inserted, inserted.length - 1) ? after : "",
  };
}

/**
 * @param {Edit} edit
 * @returns {Change[]} to the proposed text: inserts or removes the halves around it
 */
function mend(edit) {
  const { from, to, before, inserted, after } = edit;
  const kept = halvesKept(edit);
  const whole = wellFormed(kept.before + inserted + kept.after);
  /** @type {Change[]} */
  const changes = [];
  if (before) changes.push({ from: from - 1, to: from, insert: kept.before });
  for (let at = 0; at < inserted.length; at += 1) {
    const is = whole[kept.before.length + at];
    if (is !== inserted[at]) changes.push({ from: from + at, to: from + at + 1, insert: is });
  }
  if (after) changes.push({ from: to, to: to + 1, insert: kept.after });
  return changes;
}

const wholeChanges = EditorState.transactionFilter.of((transaction) => {
  // Others' changes are in the document already, and the view must match it.
  if (!transaction.docChanged || transaction.annotation(ySyncAnnotation)) return transaction;
  const edits = cuttingEdits(transaction);
  if (edits.length === 0) return transaction;
  return [transaction, { changes: edits.flatMap(mend), sequential: true }];
});

const wholeSelections = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.selection) return transaction;
  const { newDoc: doc, newSelection, startState, changes } = transaction;
  const inside = (/** @type {number} */ at) => isWithin(doc, at);
  if (!newSelection.ranges.some(({ from, to }) => inside(from) || inside(to))) return transaction;
  const was = changes.mapPos(startState.selection.main.head);
  const ranges = newSelection.ranges.map((range) => {
    if (range.empty) {
      const forward = range.head > was;
      return inside(range.head) ? EditorSelection.cursor(range.head + (forward ? 1 : -1)) : range;
    }
    const from = range.from - Number(inside(range.from));
    const to = range.to + Number(inside(range.to));
    return range.anchor <= range.head
      ? EditorSelection.range(from, to)
      : EditorSelection.range(to, from);
  });
  const selection = EditorSelection.create(ranges, newSelection.mainIndex);
  return [transaction, { selection, sequential: true }];
});

/**
 * Filters run from last to first: selections come after changes.
 * @returns {import("../vendor/editor.js").Extension}
 */
export function keepPairsWhole() {
  return [wholeSelections, wholeChanges];
}

/** @param {Transaction} transaction @returns {boolean} whether it leaves half a character somewhere */
export function splitsPairs(transaction) {
  return transaction.docChanged && cuttingEdits(transaction).length > 0;
}

/**
 * @param {Text} doc  before the changes
 * @param {ChangeSet} changes
 * @returns {boolean} whether surrogate pairs were added or removed
 */
export function touchesPairs(doc, changes) {
  let found = false;
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    found ||= HALF.test(inserted.toString()) || HALF.test(doc.sliceString(from, to));
  });
  return found;
}
