import { ChangeSet, Text, Y } from "../vendor/editor.js";
import { diffLines } from "./line_diff.js";
import { smallestChange, wellFormed } from "./text_change.js";

/**
 * Undo of your own edits that survives a new document. When the page has to start over from the
 * server's text, earlier steps become changes of the new text. They are below the new steps in the
 * stack, and others' edits move them along.
 *
 * @typedef {{from: number, to: number, insert: string}} Change
 * @typedef {import("../vendor/editor.js").Y.UndoManager["undoStack"][number]} Step
 * @typedef {Step["insertions"]} Ids
 * @typedef {{clock: number, len: number}} Range
 * @typedef {{step: Step | null, changes: ChangeSet}} Inverse  `step` is null if inherited
 */

export class DurableUndoManager extends Y.UndoManager {
  #text;
  /** @type {ChangeSet[]} the last is undone first; each builds on those after it */
  #inherited = [];
  /** @type {ChangeSet} changes to the text since then */
  #since;
  #applying = false;

  /**
   * @param {Y.Text} text
   * @param {Y.UndoManager | null} before  of the document that this one replaces
   */
  constructor(text, before = null) {
    super(text);
    this.#text = text;
    this.#since = ChangeSet.empty(text.length);
    if (before) this.#inherit(before);
    if (this.#inherited.length > 0) this.#follow();
  }

  /** @override */
  undo() {
    return super.undo() ?? this.#undoInherited();
  }

  /** @override */
  canUndo() {
    return super.canUndo() || this.#inherited.length > 0;
  }

  #follow() {
    this.#text.observe((event) => {
      if (this.#applying) return;
      this.#since = this.#since.compose(changesOf(event, this.#since.newLength));
    });
  }

  /** Works like undoing a step of this document, so that it can be redone. */
  #undoInherited() {
    for (let changes = this.#inherited.pop(); changes; changes = this.#inherited.pop()) {
      const now = changes.map(this.#since, true);
      this.#since = this.#since.map(changes);
      if (now.empty) continue;
      this.#applying = true;
      this.undoing = true;
      try {
        this.doc.transact(() => apply(now, this.#text), this);
      } finally {
        this.undoing = false;
        this.#applying = false;
      }
      return this.redoStack.at(-1) ?? null;
    }
    return null;
  }

  /** @param {Y.UndoManager} before */
  #inherit(before) {
    const text = /** @type {Y.Text} */ (before.scope[0]);
    const inverses = inversesOf(before, text);
    if (before instanceof DurableUndoManager) inverses.push(...before.#inheritedAfter(inverses));
    if (inverses.length === 0) return;
    let old = Text.of(text.toString().split("\n"));
    let now = Text.of(this.#text.toString().split("\n"));
    let way = wayTo(old, now);
    const isKnown = knowerOf(this.doc);
    for (const { step, changes } of inverses) {
      old = changes.apply(old);
      if (step !== null && !isKnown(step)) {
        // The server never had it, so its text has nothing to undo.
        way = wayTo(old, now);
        continue;
      }
      const mapped = changes.map(way, true);
      this.#inherited.unshift(mapped);
      way = way.map(changes);
      now = mapped.apply(now);
    }
  }

  /**
   * @param {Inverse[]} inverses  of the steps since then
   * @returns {Inverse[]} what is undone after those
   */
  #inheritedAfter(inverses) {
    let since = inverses.reduce((sum, { changes }) => sum.compose(changes), this.#since);
    return [...this.#inherited].reverse().map((changes) => {
      const mapped = changes.map(since, true);
      since = since.map(changes);
      return { step: null, changes: mapped };
    });
  }
}

/**
 * @param {Y.UndoManager} before
 * @param {Y.Text} original
 * @returns {Inverse[]} what repeated undos would do; nothing is changed
 */
function inversesOf(before, original) {
  const doc = new Y.Doc({ gc: false });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(before.doc));
  const text = doc.getText(Y.findRootTypeKey(original));
  const trial = new Y.UndoManager(text);
  trial.undoStack = [...before.undoStack];
  let length = text.length;
  let done = ChangeSet.empty(length);
  text.observe((event) => {
    done = changesOf(event, length);
    length = text.length;
  });
  /** @type {Inverse[]} */
  const inverses = [];
  for (let step = trial.undo(); step; step = trial.undo()) {
    if (!done.empty) inverses.push({ step, changes: done });
    done = ChangeSet.empty(length);
  }
  doc.destroy();
  return inverses;
}

/**
 * @param {Y.YTextEvent} event
 * @param {number} length  of the text before the event
 */
function changesOf({ delta }, length) {
  /** @type {Change[]} */
  const changes = [];
  let at = 0;
  for (const { insert, delete: removed, retain } of delta) {
    if (typeof insert === "string") changes.push({ from: at, to: at, insert });
    else if (removed) changes.push({ from: at, to: at + removed, insert: "" });
    at += (retain ?? 0) + (removed ?? 0);
  }
  return ChangeSet.of(changes, length);
}

/**
 * @param {ChangeSet} changes
 * @param {Y.Text} text
 */
function apply(changes, text) {
  let moved = 0;
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    const insert = wellFormed(inserted.toString());
    if (to > from) text.delete(from + moved, to - from);
    if (insert) text.insert(from + moved, insert);
    moved += insert.length - (to - from);
  });
}

/**
 * Line by line, so that unchanged text between two differences keeps its position.
 * @param {Text} before
 * @param {Text} after
 * @returns {ChangeSet}
 */
function wayTo(before, after) {
  const [from, to] = [before.toString(), after.toString()];
  /** @type {Change[]} */
  const changes = [];
  let at = 0;
  let [removed, added] = ["", ""];
  const close = () => {
    const change = smallestChange(removed, added);
    changes.push(within(from, { ...change, from: at + change.from, to: at + change.to }));
    at += removed.length;
    [removed, added] = ["", ""];
  };
  for (const { kind, text } of diffLines(from, to)) {
    if (kind === "removed") removed += `${text}\n`;
    else if (kind === "added") added += `${text}\n`;
    else {
      if (removed || added) close();
      at += text.length + 1;
    }
  }
  if (removed || added) close();
  return ChangeSet.of(changes, from.length);
}

/**
 * @param {string} text
 * @param {Change} change  as if the last line had a line break, too
 * @returns {Change}
 */
function within(text, { from, to, insert }) {
  if (to <= text.length) return { from, to, insert };
  const whole = `${text}\n`.slice(from - 1, from) + insert;
  return { from: from - 1, to: to - 1, insert: whole.slice(0, -1) };
}

/**
 * @param {Y.Doc} doc
 * @returns {(step: Step) => boolean} whether this document has everything that the step did
 */
function knowerOf(doc) {
  const deleted = Y.createDeleteSetFromStructStore(doc.store).clients;
  const came = (/** @type {number} */ client, /** @type {Range} */ { clock, len }) =>
    clock + len <= Y.getState(doc.store, client);
  const went = (/** @type {number} */ client, /** @type {Range} */ { clock, len }) =>
    deleted.get(client)?.some((run) => run.clock <= clock && clock + len <= run.clock + run.len) ??
    false;
  return ({ insertions, deletions }) => all(insertions, came) && all(deletions, went);
}

/**
 * @param {Ids} ids
 * @param {(client: number, range: Range) => boolean} holds
 */
function all({ clients }, holds) {
  return [...clients].every(([client, ranges]) => ranges.every((range) => holds(client, range)));
}
