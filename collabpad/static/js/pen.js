import { colorClass } from "./colors.js";
import { element, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./session_state.js").SessionState} SessionState
 * @typedef {import("./actions.js").Actions} Actions
 */

/**
 * The pen in the header: who may write, and the one thing that this person can do about it.
 */
export class Pen {
  #state;
  #actions;
  #parts;
  #showPeople;
  #shown = "";

  /**
   * @param {SessionState} state
   * @param {Actions} actions
   * @param {{pill: HTMLElement, text: HTMLElement, buttons: HTMLElement}} parts
   * @param {() => void} showPeople  brings the roster up, to choose somebody
   */
  constructor(state, actions, parts, showPeople) {
    this.#state = state;
    this.#actions = actions;
    this.#parts = parts;
    this.#showPeople = showPeople;
    state.on("change", () => this.#draw());
  }

  ask() {
    void this.#actions.ask("request_write");
  }

  #draw() {
    const { pill, text } = this.#parts;
    setText(text, penText(this.#state));
    const holder = this.#state.penHolder;
    pill.className = `pen ${holder ? colorClass(holder.color) : ""}`;
    pill.classList.toggle("mine", this.#state.canWrite);
    this.#drawButtons();
  }

  #drawButtons() {
    const wanted = this.#wanted();
    const key = wanted.map(([label]) => label).join("|");
    // Buttons that stay the same keep the keyboard's focus.
    if (key === this.#shown) return;
    this.#shown = key;
    const buttons = wanted.map(([text, onclick, label]) =>
      element("button", { type: "button", text, onclick, ...(label && { "aria-label": label }) }),
    );
    this.#parts.buttons.replaceChildren(...buttons);
  }

  /** @returns {[string, () => void, string?][]} */
  #wanted() {
    const state = this.#state;
    const ask = (/** @type {string} */ event, payload = {}) =>
      void this.#actions.ask(event, payload);
    if (!state.handoff || !state.me) return [];
    if (state.mayAsk) return [[strings.pen.ask, () => this.ask()]];
    if (state.hasAsked) return [[strings.pen.cancel, () => ask("cancel_request")]];
    const holder = state.penHolder;
    if (state.isHost && holder && !state.hasPen) {
      return [[strings.pen.takeBack, () => ask("revoke_write", { participant_id: holder.id })]];
    }
    if (!state.hasPen) return [];
    const give = state.people.some((person) => state.mayGivePenTo(person));
    /** @type {[string, () => void, string?][]} */
    const giving = give ? [[strings.pen.give, this.#showPeople, strings.pen.giveLabel]] : [];
    return state.isHost ? giving : [[strings.pen.release, () => ask("release_write")], ...giving];
  }
}

/**
 * @param {SessionState} state
 * @returns {string}
 */
export function penText(state) {
  if (!state.me) return "";
  if (!state.handoff) {
    if (state.isViewer) return strings.pen.watching;
    return state.canWrite ? strings.pen.everybody : strings.pen.muted;
  }
  const holder = state.penHolder;
  if (!holder) return strings.pen.nobody;
  if (state.hasPen) return strings.pen.yours;
  return holder.online ? strings.pen.theirs(holder.name) : strings.pen.away(holder.name);
}
