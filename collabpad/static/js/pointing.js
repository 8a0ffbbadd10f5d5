import {
  Decoration,
  EditorView,
  StateEffect,
  StateField,
  WidgetType,
  keymap,
} from "../vendor/editor.js";
import { colorClass } from "./colors.js";
import { byId } from "./dom.js";
import { goToIndex, unfold } from "./following.js";
import { keyHere, keyText } from "./keys.js";
import { indexOf, rangeOf } from "./remote_cursors.js";
import { strings } from "./strings.js";

/**
 * Points the others to a place in the code for a moment.
 *
 * @typedef {object} Pointed
 * @property {string} id  participant
 * @property {string} name
 * @property {string} color  class
 * @property {number} from
 * @property {number} to
 * @property {number} count  differs each time, even at the same place
 *
 * @typedef {import("./protocol.js").TextRange} Range
 * @typedef {import("./protocol.js").ParticipantView} Participant
 *
 * @typedef {object} PointingParts
 * @property {EditorView} view
 * @property {() => import("../vendor/editor.js").Y.Text} text
 * @property {import("./session_state.js").SessionState} state
 * @property {import("./actions.js").Actions} actions
 * @property {import("./notices.js").Notices} notices
 */

/** The same as the fading in awareness.css. */
const SHOWN_MS = 6000;
const NOTICE_MS = 20_000;
export const POINT = Object.freeze({ key: "Alt-p", mac: "Ctrl-Shift-l" });

/** @type {import("../vendor/editor.js").StateEffectType<Pointed[]>} */
const showPointed = StateEffect.define();

class NameFlag extends WidgetType {
  /** @param {Pointed} pointed */
  constructor({ name, color, count }) {
    super();
    this.name = name;
    this.color = color;
    this.count = count;
  }

  /**
   * @override
   * @param {NameFlag} other
   */
  eq(other) {
    return other.name === this.name && other.color === this.color && other.count === this.count;
  }

  /** @override */
  toDOM() {
    const flag = document.createElement("span");
    flag.className = `pointed-name ${this.color}`;
    flag.setAttribute("aria-hidden", "true");
    // Shown by the style sheet: as text it would be part of the code when selected or read aloud.
    flag.dataset.name = this.name;
    return flag;
  }

  /** @override */
  ignoreEvent() {
    return true;
  }
}

/** @param {readonly Pointed[]} all */
function decorate(all) {
  const ranges = all.flatMap((pointed) => {
    const { color, from, to, count } = pointed;
    // A changed attribute makes a new element, which restarts the fading.
    const look = { class: `pointed ${color}`, attributes: { "data-count": String(count) } };
    const mark = from < to ? [Decoration.mark(look).range(from, to)] : [];
    return [Decoration.widget({ widget: new NameFlag(pointed), side: -1 }).range(from), ...mark];
  });
  return Decoration.set(ranges, true);
}

/** @type {import("../vendor/editor.js").StateField<readonly Pointed[]>} */
const pointedRanges = StateField.define({
  create: () => /** @type {readonly Pointed[]} */ ([]),
  update(value, { changes, docChanged, effects }) {
    let next = value;
    if (docChanged) {
      next = next.map((pointed) => ({
        ...pointed,
        from: changes.mapPos(pointed.from, 1),
        to: Math.max(changes.mapPos(pointed.from, 1), changes.mapPos(pointed.to, -1)),
      }));
    }
    for (const effect of effects) if (effect.is(showPointed)) next = effect.value;
    return next;
  },
  provide: (field) =>
    EditorView.decorations.compute([field], (state) => decorate(state.field(field))),
});

/** Points at code, and shows what others point at. */
export class Pointing {
  #parts;
  #button = byId("point", HTMLButtonElement);
  #count = 0;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} removes a participant's mark */
  #ends = new Map();
  /** @type {Map<string, import("./notices.js").Notice>} by participant */
  #notes = new Map();
  /** @type {Map<string, Range>} ranges in text that has not arrived yet */
  #waiting = new Map();

  /** @param {PointingParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const keys = keymap.of([{ ...POINT, preventDefault: true, run: () => this.point() }]);
    parts.view.dispatch({ effects: StateEffect.appendConfig.of([pointedRanges, keys]) });
    // You point at the selection, and losing the focus would hide it.
    this.#button.addEventListener("mousedown", (event) => event.preventDefault());
    this.#button.addEventListener("click", () => this.point());
    this.#button.title = strings.pointing.hint(keyText(keyHere(POINT)));
    parts.state.on("change", () => this.#draw());
    this.#draw();
  }

  #draw() {
    const { state } = this.#parts;
    this.#button.hidden = !state.may("point") || state.others.length === 0;
  }

  /** Points at the selection, or else at the caret's line. */
  point() {
    void this.#point();
    return true;
  }

  async #point() {
    const { view, text, state, actions, notices } = this.#parts;
    const { main } = view.state.selection;
    const line = view.state.doc.lineAt(main.head);
    const range = main.empty ? { anchor: line.from, head: line.to } : main;
    const places = rangeOf(text(), range);
    if (!(await actions.request("point", { range: places })) || !state.me) return;
    this.#light(state.me, places);
    notices.announce(strings.pointing.saidSelf(view.state.doc.lineAt(range.anchor).number));
  }

  /** @param {{participant_id: string, range: Range}} news */
  pointed({ participant_id: id, range }) {
    const { state, view, notices } = this.#parts;
    const person = state.person(id);
    if (!person) return;
    this.#notes.get(id)?.dismiss();
    this.#waiting.delete(id);
    const lit = this.#light(person, range);
    if (!lit) {
      this.#waiting.set(id, range);
      return;
    }
    const words = strings.pointing.at(person.name, view.state.doc.lineAt(lit.from).number);
    if (isInSight(view, lit.from)) notices.announce(words);
    else this.#notes.set(id, this.#offer(person, range, words));
  }

  /** Text has arrived: shows ranges that waited for it. */
  retry() {
    for (const [participant_id, range] of [...this.#waiting]) {
      this.pointed({ participant_id, range });
    }
  }

  /**
   * @param {Participant} person
   * @param {Range} range
   * @param {string} words
   */
  #offer(person, range, words) {
    const show = () => {
      const lit = this.#light(person, range);
      if (lit) goToIndex(this.#parts.view, lit.from);
    };
    return this.#parts.notices.prompt(
      words,
      [{ label: strings.pointing.show, run: show }, { label: strings.pointing.dismiss }],
      { shownMs: NOTICE_MS },
    );
  }

  /**
   * @param {Participant} person
   * @param {Range} range
   * @returns {Pointed | null} null if its text has not arrived
   */
  #light({ id, name, color }, range) {
    const { view, text } = this.#parts;
    const { length } = view.state.doc;
    const anchor = indexOf(text(), range.anchor, length);
    const head = indexOf(text(), range.head, length);
    if (anchor === null || head === null) return null;
    this.#count += 1;
    const lit = {
      id,
      name,
      color: colorClass(color),
      from: Math.min(anchor, head),
      to: Math.max(anchor, head),
      count: this.#count,
    };
    unfold(view, lit.from, lit.to);
    this.#show([...this.#without(id), lit]);
    clearTimeout(this.#ends.get(id));
    this.#ends.set(
      id,
      setTimeout(() => this.#show(this.#without(id)), SHOWN_MS),
    );
    return lit;
  }

  /** @param {string} id */
  #without(id) {
    return this.#parts.view.state.field(pointedRanges).filter((pointed) => pointed.id !== id);
  }

  /** @param {Pointed[]} all */
  #show(all) {
    this.#parts.view.dispatch({ effects: showPointed.of(all) });
  }
}

/**
 * @param {EditorView} view
 * @param {number} index
 * @returns {boolean} whether that place is visible
 */
function isInSight(view, index) {
  const place = view.coordsAtPos(index);
  const { top, bottom } = view.scrollDOM.getBoundingClientRect();
  return place !== null && place.top >= top && place.bottom <= bottom;
}
