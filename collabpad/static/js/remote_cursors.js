import {
  Decoration,
  EditorView,
  StateEffect,
  StateField,
  WidgetType,
  Y,
} from "../vendor/editor.js";
import { colorClass } from "./colors.js";
import { Emitter } from "./emitter.js";
import { MAX_CARETS } from "./protocol.js";

/**
 * Other people's carets and selections. Positions come from `presence`; names and colours only from
 * the roster, so that no page can claim another's.
 *
 * @typedef {object} Caret
 * @property {string} id  participant
 * @property {string} name
 * @property {string} color  class
 * @property {number} anchor
 * @property {number} head
 * @property {number} moved  counts moves: the name shows after each, then fades
 * @property {boolean} main  only this one of a multiple selection shows the name
 */

/** @type {import("../vendor/editor.js").StateEffectType<Caret[]>} */
const showCarets = StateEffect.define();

class CaretWidget extends WidgetType {
  /** @param {Caret} caret */
  constructor(caret) {
    super();
    this.caret = caret;
  }

  /**
   * @override
   * @param {CaretWidget} other
   */
  eq(other) {
    const { name, color, moved, main } = this.caret;
    const { caret } = other;
    return (
      caret.name === name && caret.color === color && caret.moved === moved && caret.main === main
    );
  }

  /** @override */
  toDOM() {
    const caret = document.createElement("span");
    caret.className = `remote-caret ${this.caret.color}`;
    caret.setAttribute("aria-hidden", "true");
    // Shown by the style sheet: as text it would be part of the code when selected or read aloud.
    if (this.caret.main) caret.dataset.name = this.caret.name;
    return caret;
  }

  /** @override */
  ignoreEvent() {
    return true;
  }
}

/**
 * @param {readonly Caret[]} carets
 * @param {boolean} empty  whether the text is empty: the placeholder comes after carets
 * @returns {import("../vendor/editor.js").DecorationSet}
 */
function decorate(carets, empty) {
  const ranges = carets.flatMap((caret) => {
    const from = Math.min(caret.anchor, caret.head);
    const to = Math.max(caret.anchor, caret.head);
    const mark = Decoration.mark({ class: `remote-selection ${caret.color}` });
    const widget = Decoration.widget({ widget: new CaretWidget(caret), side: empty ? -1 : 10 });
    const selection = from < to ? [mark.range(from, to)] : [];
    return [...selection, widget.range(caret.head)];
  });
  return Decoration.set(ranges, true);
}

/** @type {import("../vendor/editor.js").StateField<readonly Caret[]>} */
export const remoteCarets = StateField.define({
  create: () => /** @type {readonly Caret[]} */ ([]),
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) {
      const { changes } = transaction;
      next = next.map((caret) => ({
        ...caret,
        anchor: changes.mapPos(caret.anchor),
        head: changes.mapPos(caret.head),
      }));
    }
    for (const effect of transaction.effects) if (effect.is(showCarets)) next = effect.value;
    return next;
  },
  provide: (field) =>
    EditorView.decorations.compute([field, "doc"], (state) =>
      decorate(state.field(field), state.doc.length === 0),
    ),
});

/**
 * Turns presence into carets in a view. Positions in text that has not arrived yet wait for it.
 *
 * @extends {Emitter<{moved: void}>}
 */
export class RemoteCursors extends Emitter {
  #view;
  #text;
  /** @type {Map<string, {id: string, cursor: import("./protocol.js").Cursor, moved: number}>} */
  #cursors = new Map();
  #moves = 0;
  /** Whether new text can move a caret without a presence event. */
  #moving = false;
  #person;

  /**
   * @param {EditorView} view  with `remoteCarets` among its extensions
   * @param {() => Y.Text} text
   * @param {(id: string) => import("./protocol.js").ParticipantView | undefined} person
   */
  constructor(view, text, person) {
    super();
    this.#view = view;
    this.#text = text;
    this.#person = person;
  }

  /**
   * @param {string} id
   * @param {import("./protocol.js").Cursor | null} cursor  null when they leave
   * @param {number} [tab]  that person's tab; each has a caret
   */
  move(id, cursor, tab = 0) {
    const key = `${id} ${tab}`;
    this.#moves += 1;
    if (cursor === null) this.#cursors.delete(key);
    else this.#cursors.set(key, { id, cursor, moved: this.#moves });
    this.redraw();
  }

  clear() {
    this.#cursors.clear();
    this.redraw();
  }

  /** Text has arrived: draws carets that waited for it, and moves those at the end. */
  retry() {
    if (this.#moving) this.redraw();
  }

  /** Draws all carets again, after names or the text changed in a way they cannot follow. */
  redraw() {
    this.#moving = false;
    const drawn = [...this.#cursors.values()].flatMap(({ id, cursor, moved }) => {
      const person = this.#person(id);
      if (!person?.online) return [];
      const look = { id, name: person.name, color: colorClass(person.color), moved };
      return [cursor, ...(cursor.others ?? [])].flatMap((range) => {
        const place = this.#place(range);
        return place ? [{ ...look, ...place, main: range === cursor }] : [];
      });
    });
    this.#view.dispatch({ effects: showCarets.of(drawn) });
    this.emit("moved", undefined);
  }

  /**
   * @param {string} id
   * @returns {number | null} where that person's caret is, or the last one moved of several; null
   *   if it is not in the code
   */
  placeOf(id) {
    const theirs = this.#view.state.field(remoteCarets).filter((caret) => caret.id === id);
    return theirs.sort((a, b) => b.moved - a.moved)[0]?.head ?? null;
  }

  /**
   * @param {import("./protocol.js").TextRange} range
   * @returns {{anchor: number, head: number} | null} null if its text has not arrived
   */
  #place(range) {
    const anchor = this.#position(range.anchor);
    const head = this.#position(range.head);
    const unknown = anchor === null || head === null;
    if (unknown || isAtEnd(range.anchor) || isAtEnd(range.head)) this.#moving = true;
    return unknown ? null : { anchor, head };
  }

  /**
   * @param {unknown} relative
   * @returns {number | null}
   */
  #position(relative) {
    return indexOf(this.#text(), relative, this.#view.state.doc.length);
  }
}

/**
 * @param {Y.Text} text
 * @param {unknown} relative  as on the wire
 * @param {number} length  of the shown text
 * @returns {number | null} null if its text has not arrived
 */
export function indexOf({ doc }, relative, length) {
  if (!doc) return null;
  try {
    const position = Y.createRelativePositionFromJSON(relative);
    const absolute = Y.createAbsolutePositionFromRelativePosition(position, doc);
    return absolute === null ? null : Math.min(absolute.index, length);
  } catch {
    // The server checks the shape, but an item unknown to this page can still throw.
    return null;
  }
}

/**
 * At the end of the text a relative position names no item and does not change as the text grows.
 *
 * @param {unknown} relative
 */
function isAtEnd(relative) {
  return !(/** @type {{item?: unknown}} */ (relative).item);
}

/**
 * @param {Y.Text} text
 * @param {{anchor: number, head: number}} range
 * @returns {import("./protocol.js").TextRange} as on the wire
 */
export function rangeOf(text, range) {
  const at = (/** @type {number} */ index) =>
    Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index));
  return { anchor: at(range.anchor), head: at(range.head) };
}

/**
 * @param {Y.Text} text
 * @param {import("../vendor/editor.js").EditorSelection} selection
 * @returns {import("./protocol.js").Cursor} as it goes over the wire
 */
export function cursorOf(text, { main, ranges }) {
  const others = ranges.filter((range) => range !== main).slice(0, MAX_CARETS);
  const cursor = rangeOf(text, main);
  if (others.length === 0) return cursor;
  return { ...cursor, others: others.map((range) => rangeOf(text, range)) };
}
