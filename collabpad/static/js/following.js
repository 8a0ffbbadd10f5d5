import { EditorSelection, EditorView, foldedRanges, unfoldEffect } from "../vendor/editor.js";
import { colorClass } from "./colors.js";
import { byId, setText } from "./dom.js";
import { strings } from "./strings.js";
import { focusCode } from "./virtual_keyboard.js";

/** @typedef {import("./protocol.js").ParticipantView} Participant */

/** How much code stays visible above and below the followed caret. */
const MARGIN_PX = 80;

/** Alone they do nothing, and they silence screen readers. */
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);

/** How people move the view themselves. */
const OWN_MOVES = ["pointerdown", "wheel", "touchmove"];

/**
 * Keeps somebody else's caret in view until you do something in the code. Your caret stays where it
 * is.
 */
export class Following {
  #view;
  #state;
  #carets;
  #notices;
  #changed;
  #code = byId("code", HTMLElement);
  #frame = byId("following", HTMLElement);
  /** @type {string | null} */
  #id = null;
  #arrived = false;

  /**
   * @param {EditorView} view
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./remote_cursors.js").RemoteCursors} carets
   * @param {import("./notices.js").Notices} notices
   * @param {(id: string | null) => void} changed  called with whom you follow now
   */
  constructor(view, state, carets, notices, changed) {
    this.#view = view;
    this.#state = state;
    this.#carets = carets;
    this.#notices = notices;
    this.#changed = changed;
    this.#listen();
    state.on("change", () => this.#check());
    carets.on("moved", () => this.#scrollToCaret());
  }

  get id() {
    return this.#id;
  }

  /** @param {string} id */
  follow(id) {
    const person = this.#state.person(id);
    if (!person?.online || this.#state.isMe(person)) return;
    this.#id = id;
    this.#arrived = false;
    this.#draw(person);
    this.#notices.announce(strings.following.saidBegun(person.name));
    if (this.#carets.placeOf(id) === null) this.#sayNowhere(person.name);
    this.#scrollToCaret();
    this.#changed(id);
  }

  stop() {
    if (this.#id === null) return;
    const name = this.#state.person(this.#id)?.name;
    this.#id = null;
    if (this.#frame.contains(document.activeElement)) focusCode(this.#view);
    this.#frame.hidden = true;
    if (name) this.#notices.announce(strings.following.saidEnded(name));
    this.#changed(null);
  }

  /** @param {string} id */
  toggle(id) {
    if (this.#id === id) this.stop();
    else this.follow(id);
  }

  /**
   * Moves your caret to somebody else's, once.
   * @param {string} id
   */
  goTo(id) {
    const place = this.#carets.placeOf(id);
    const person = this.#state.person(id);
    if (!person) return;
    if (place === null) return this.#sayNowhere(person.name);
    this.stop();
    goToIndex(this.#view, place);
  }

  /** @param {string} name */
  #sayNowhere(name) {
    this.#notices.show(strings.following.nowhere(name));
  }

  #scrollToCaret() {
    const place = this.#id === null ? null : this.#carets.placeOf(this.#id);
    if (place === null) return;
    const how = this.#arrived ? /** @type {const} */ ("nearest") : /** @type {const} */ ("center");
    this.#arrived = true;
    unfold(this.#view, place);
    this.#view.dispatch({
      effects: EditorView.scrollIntoView(place, { y: how, yMargin: MARGIN_PX }),
    });
  }

  #check() {
    if (this.#id === null) return;
    const person = this.#state.person(this.#id);
    if (person?.online) return this.#draw(person);
    if (person) this.#notices.show(strings.following.lost(person.name));
    this.stop();
  }

  /** @param {Participant} person */
  #draw({ name, color }) {
    this.#frame.className = `following ${colorClass(color)}`;
    setText(byId("following-name", HTMLElement), strings.following.line(name));
    this.#frame.hidden = false;
  }

  #listen() {
    const stop = () => this.stop();
    for (const move of OWN_MOVES) {
      this.#code.addEventListener(move, stop, { capture: true, passive: true });
    }
    this.#code.addEventListener(
      "keydown",
      ({ key }) => {
        if (!MODIFIERS.has(key)) this.stop();
      },
      { capture: true },
    );
    document.addEventListener("keydown", ({ key, defaultPrevented }) => {
      // The first Escape is for an open dialog.
      if (key !== "Escape" || defaultPrevented || document.querySelector("dialog[open]")) return;
      this.stop();
    });
    byId("following-stop", HTMLElement).addEventListener("click", stop);
  }
}

/**
 * @param {EditorView} view
 * @param {number} index  where your caret goes
 */
export function goToIndex(view, index) {
  const at = Math.min(index, view.state.doc.length);
  view.dispatch({
    selection: EditorSelection.cursor(at),
    effects: EditorView.scrollIntoView(at, { y: "center" }),
  });
  view.focus();
}

/**
 * Unfolds the code around a place that is about to be shown. Your own caret unfolds code by itself;
 * scrolling and marking do not.
 *
 * @param {EditorView} view
 * @param {number} from
 * @param {number} [to]
 */
export function unfold(view, from, to = from) {
  /** @type {import("../vendor/editor.js").StateEffect<{from: number, to: number}>[]} */
  const effects = [];
  foldedRanges(view.state).between(from, to, (start, end) => {
    // A fold that only touches the place hides nothing of it.
    if (start < to || (from === to && start < from && end > from)) {
      effects.push(unfoldEffect.of({ from: start, to: end }));
    }
  });
  if (effects.length > 0) view.dispatch({ effects });
}
