import { colorClass } from "./colors.js";
import { byId, element, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./session_state.js").SessionState} SessionState
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {{text: string, label: string, short: string, onclick: () => void}} PenButton
 */

/** The pen in the header: who can write, and what you can do about it. */
export class Pen {
  #state;
  #actions;
  #notices;
  #parts = {
    pill: byId("pen-pill", HTMLElement),
    text: byId("pen", HTMLElement),
    buttons: byId("pen-actions", HTMLElement),
  };
  #callbacks;
  #shown = "";

  /**
   * @param {SessionState} state
   * @param {Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {{choosePerson: () => void, focusCode: () => void}} callbacks  `choosePerson`: shows the
   *   people to give the pen to
   */
  constructor(state, actions, notices, callbacks) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#callbacks = callbacks;
    state.on("change", () => this.#draw());
  }

  ask() {
    void this.#actions.request("request_write");
  }

  /**
   * Somebody took away your right to write.
   * @param {import("./protocol.js").ServerEvents["write_revoked"]} news
   */
  revoked({ name, to }) {
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
    // Unchanged buttons stay, and keep the focus.
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
   * The focused button is gone. If you can write now, the focus goes to the code: on "Give the pen
   * back" your first key would give it back.
   * @param {HTMLElement | undefined} button  the one that replaced it
   */
  #passFocus(button) {
    if (button && !this.#state.may("write")) button.focus();
    else this.#callbacks.focusCode();
  }

  /** @returns {PenButton[]} what you can do about the pen now */
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
      ...button(words.give, words.give, this.#callbacks.choosePerson),
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
