import { colorClass } from "./colors.js";
import { byId, element } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {{key: string, name: string, color: string, says: string, yes: Answer, no: Answer}} Card
 * @typedef {{text: string, label: string, act: () => void}} Answer
 */

/**
 * Who asks for the pen or knocks at the door: cards beside the roster that take no focus and can
 * wait.
 */
export class Requests {
  #place;
  #state;
  #actions;
  #notices;
  /** @type {Map<string, string | null>} by participant, the request that was put off */
  #later = new Map();
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} place
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   */
  constructor(place, state, actions, notices) {
    this.#place = place;
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    state.on("change", () => this.#draw());
  }

  #draw() {
    if (!this.#state.known) return;
    const cards = [...this.#knocks(), ...this.#penRequests()];
    const keys = new Set(cards.map((card) => card.key));
    let hadFocus = false;
    for (const [key, shown] of this.#shown) {
      if (keys.has(key)) continue;
      hadFocus ||= shown.contains(document.activeElement);
      shown.remove();
      this.#shown.delete(key);
    }
    for (const card of cards) this.#show(card);
    this.#place.hidden = this.#shown.size === 0;
    if (hadFocus) this.#passFocus();
  }

  /** The card that had the keyboard is gone: on to the next, or to what lies around them. */
  #passFocus() {
    const around = this.#place.closest("dialog")?.querySelector("[data-close]");
    const next = this.#place.querySelector("button") ?? around ?? byId("people", HTMLElement);
    if (next instanceof HTMLElement) next.focus();
  }

  /** @param {Card} card */
  #show(card) {
    if (this.#shown.has(card.key)) return;
    const text = element("p", {}, element("b", { class: card.color, text: card.name }), card.says);
    const made = element("div", { class: "request" }, text);
    made.append(element("div", { class: "row" }, button(card.yes, "primary"), button(card.no, "")));
    this.#shown.set(card.key, made);
    this.#place.append(made);
  }

  /** @returns {Card[]} */
  #penRequests() {
    const words = strings.request;
    const { handoff } = this.#state;
    return this.#state.requests
      .filter(({ id, wants_write }) => this.#later.get(id) !== wants_write)
      .map(({ id, name, color, wants_write }) => {
        const give = () => void this.#actions.ask("grant_write", { participant_id: id });
        const putOff = () => {
          this.#later.set(id, wants_write);
          this.#draw();
        };
        return {
          key: `pen ${id} ${name} ${wants_write}`,
          name,
          color: `inked ${colorClass(color)}`,
          says: handoff ? words.asks : words.asksMuted,
          yes: {
            text: handoff ? words.give : words.unmute,
            label: handoff ? words.giveLabel(name) : words.unmuteLabel(name),
            act: give,
          },
          no: { text: words.later, label: words.laterLabel(name), act: putOff },
        };
      });
  }

  /** @returns {Card[]} */
  #knocks() {
    const words = strings.request;
    const waiting = this.#state.isHost ? (this.#state.session.waiting ?? []) : [];
    return waiting.map(({ participant_id, name }) => {
      const answer = (/** @type {boolean} */ allow) => () =>
        void this.#actions.ask("admit", { participant_id, allow });
      return {
        key: `knock ${participant_id}`,
        name,
        color: "",
        says: words.knocks,
        yes: { text: words.letIn, label: words.letInLabel(name), act: answer(true) },
        no: { text: words.refuse, label: words.refuseLabel(name), act: answer(false) },
      };
    });
  }

  /** @param {import("./protocol.js").Person} person */
  sayAsks({ name }) {
    this.#notices.say(strings.request.saidAsks(name));
  }

  /** @param {import("./protocol.js").Person} person */
  knock(person) {
    const { waiting = [] } = this.#state.session;
    const others = waiting.filter((other) => other.participant_id !== person.participant_id);
    this.#state.updateSession({ waiting: [...others, person] });
    this.#notices.say(strings.request.saidKnocks(person.name));
  }
}

/**
 * @param {Answer} answer
 * @param {string} kind  class
 */
function button({ text, label, act }, kind) {
  return element("button", {
    type: "button",
    class: kind,
    text,
    "aria-label": label,
    onclick: act,
  });
}
