import { colorClass } from "./colors.js";
import { element, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./session_state.js").SessionState} SessionState
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {{text: string, label: string, short: string, onclick: () => void}} PenButton
 */

/**
 * The pen in the header: who may write, and the one thing that this person can do about it.
 */
export class Pen {
  #state;
  #actions;
  #notices;
  #parts;
  #does;
  #shown = "";

  /**
   * @param {SessionState} state
   * @param {Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {{pill: HTMLElement, text: HTMLElement, buttons: HTMLElement}} parts
   * @param {{showPeople: () => void, toCode: () => void}} does  `showPeople` brings the roster up,
   *   to choose somebody; `toCode` brings the keyboard to the code
   */
  constructor(state, actions, notices, parts, does) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#parts = parts;
    this.#does = does;
    state.on("change", () => this.#draw());
  }

  ask() {
    void this.#actions.request("request_write");
  }

  /**
   * Somebody took away that this person can write.
   * @param {import("./protocol.js").ServerEvents["write_revoked"]} news
   */
  taken({ name, to }) {
    const words = strings.pen;
    if (!this.#state.handoff) this.#notices.show(words.saidMuted(name));
    else if (to) this.#notices.show(words.saidGiven(name, to));
    else this.#notices.show(words.saidTaken(name));
  }

  #draw() {
    const { pill, text } = this.#parts;
    setText(text, penText(this.#state));
    const holder = this.#state.penHolder;
    pill.className = `pen ${holder ? colorClass(holder.color) : ""}`;
    pill.classList.toggle("mine", this.#state.may("write"));
    this.#drawButtons();
  }

  #drawButtons() {
    const wanted = this.choices;
    const key = wanted.map((each) => each.label).join("|");
    // Buttons that stay the same keep the keyboard's focus.
    if (key === this.#shown) return;
    this.#shown = key;
    const buttons = wanted.map(({ text, label, short, onclick }) =>
      element("button", {
        type: "button",
        text,
        "aria-label": label,
        "data-short": short,
        onclick,
      }),
    );
    const place = this.#parts.buttons;
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(...buttons);
    if (hadFocus) this.#passFocus(buttons[0]);
  }

  /**
   * The button that had the keyboard is gone. Who may write now goes on in the code: on "Give the
   * pen back" their first key would do that.
   * @param {HTMLElement | undefined} button  in its place
   */
  #passFocus(button) {
    if (button && !this.#state.may("write")) button.focus();
    else this.#does.toCode();
  }

  /** @returns {PenButton[]} what this person can do about the pen now */
  get choices() {
    const state = this.#state;
    const words = strings.pen;
    const holder = state.penHolder;
    /**
     * @template {keyof import("./protocol.js").Answers} Name
     * @param {Name} event
     * @param {import("./protocol.js").ClientEvents[Name]} [payload]
     */
    const ask = (event, payload) => void this.#actions.request(event, payload);
    if (!state.me) return [];
    if (state.mayAsk) {
      const [text, short] = state.handoff
        ? [words.ask, words.askShort]
        : [words.askMuted, words.askMuted];
      return [button(text, short, () => this.ask())];
    }
    if (state.hasAsked) {
      return [button(words.cancel, words.cancelShort, () => ask("cancel_request"))];
    }
    if (state.may("revoke_write") && holder && !state.hasPen) {
      const revoke = () => ask("revoke_write", { participant_id: holder.id });
      return [button(words.takeBack, words.takeBackShort, revoke)];
    }
    if (!state.may("release_write")) return [];
    const someone = state.people.some((person) => state.mayGivePenTo(person));
    const give = {
      ...button(words.give, words.give, this.#does.showPeople),
      label: words.giveLabel,
    };
    const release = button(words.release, words.releaseShort, () => ask("release_write"));
    return [...(state.isHost ? [] : [release]), ...(someone ? [give] : [])];
  }
}

/**
 * @param {string} text
 * @param {string} short  for narrow screens
 * @param {() => void} onclick
 * @returns {PenButton}
 */
function button(text, short, onclick) {
  return { text, label: text, short, onclick };
}

/**
 * @param {SessionState} state
 * @returns {string}
 */
export function penText(state) {
  if (!state.me) return "";
  if (!state.handoff) {
    if (!state.may("request_write")) return strings.pen.watching;
    return state.may("write") ? strings.pen.everybody : strings.pen.muted;
  }
  const holder = state.penHolder;
  if (!holder) return strings.pen.nobody;
  if (state.hasPen) return strings.pen.yours;
  return holder.online ? strings.pen.theirs(holder.name) : strings.pen.away(holder.name);
}
