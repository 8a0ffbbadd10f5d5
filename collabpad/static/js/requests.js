import { colorClass } from "./colors.js";
import { byId, isShown } from "./dom.js";
import { RequestLine } from "./request_line.js";
import { PREFIX } from "./store.js";
import { strings } from "./strings.js";

/** @typedef {import("./request_line.js").Requester} Requester */

const HIDDEN = `${PREFIX}hidden-requests`;
/** How many hidden requests a reload remembers. */
const MOST_HIDDEN = 100;

/**
 * Requests for the pen and requests to join: one line for each kind, which does not take the focus.
 */
export class Requests {
  #place;
  #state;
  #notices;
  #joinRequests;
  #penRequests;
  #tab;
  /** @type {Map<string, string>} hidden request by participant */
  #hidden;
  /** @type {Set<string>} people who were announced and have not got what they asked for */
  #announced = new Set();

  /**
   * @param {HTMLElement} place
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {import("./store.js").KeyValue} tab  survives a reload
   */
  constructor(place, state, actions, notices, tab) {
    this.#place = place;
    this.#state = state;
    this.#notices = notices;
    this.#tab = tab;
    this.#hidden = hiddenIn(tab);
    const admit = (/** @type {string} */ participant_id, /** @type {boolean} */ allow) =>
      void actions.request("admit", { participant_id, allow });
    this.#joinRequests = new RequestLine(place, "join", {
      yes: ({ id }) => admit(id, true),
      no: ({ id }) => admit(id, false),
    });
    this.#penRequests = new RequestLine(place, "pen", {
      yes: ({ id }) => void actions.request("grant_write", { participant_id: id }),
      no: ({ id, key }) => this.#hide(id, key),
    });
    state.on("change", () => this.#draw());
  }

  /**
   * @param {string} id
   * @param {string} request
   */
  #hide(id, request) {
    this.#hidden.delete(id);
    this.#hidden.set(id, request);
    this.#tab.setItem(HIDDEN, JSON.stringify([...this.#hidden].slice(-MOST_HIDDEN)));
    this.#draw();
  }

  #draw() {
    if (!this.#state.known) return;
    const words = strings.request;
    const joining = this.#joiners();
    const asking = this.#asking();
    const lost = [
      this.#joinRequests.draw(joining, words.join),
      this.#penRequests.draw(asking, this.#state.handoff ? words.pen : words.muted),
    ];
    this.#place.hidden = joining.length + asking.length === 0;
    if (lost.includes(true)) this.#passFocus();
    for (const id of this.#announced) {
      if (this.#state.person(id)?.can_write) this.#announced.delete(id);
    }
  }

  /** The focused button is gone: focuses what is around it. */
  #passFocus() {
    const close = this.#place.closest("dialog")?.querySelector("[data-close]");
    const places = [this.#place, close, byId("people", HTMLElement), byId("code", HTMLElement)];
    const next = places.find((place) => place && isShown(place));
    if (next instanceof HTMLElement) next.focus();
  }

  /** @returns {Requester[]} */
  #asking() {
    return this.#state.requests
      .filter(({ id, wants_write }) => this.#hidden.get(id) !== wants_write)
      .map(({ id, name, color, wants_write }) => ({
        id,
        key: wants_write ?? "",
        name,
        color: `inked ${colorClass(color)}`,
      }));
  }

  /** @returns {Requester[]} */
  #joiners() {
    const waiting = this.#state.may("admit") ? (this.#state.session.waiting ?? []) : [];
    return waiting.map(({ participant_id: id, name }) => ({ id, key: id, name, color: "" }));
  }

  /** @param {import("./protocol.js").Person} person */
  writeRequested(person) {
    const { muted, pen } = strings.request;
    this.#announce(person, this.#state.handoff ? pen.said : muted.said);
  }

  /** @param {import("./protocol.js").Person} person */
  joinRequested(person) {
    const { waiting = [] } = this.#state.session;
    const others = waiting.filter((other) => other.participant_id !== person.participant_id);
    this.#state.updateSession({ waiting: [...others, person] });
    this.#announce(person, strings.request.join.said);
  }

  /**
   * Once per person, however often they cancel and ask again.
   * @param {import("./protocol.js").Person} person
   * @param {import("./grouped_announcements.js").Sentence} sentence
   */
  #announce({ participant_id: id, name }, sentence) {
    if (this.#announced.has(id)) return;
    this.#announced.add(id);
    this.#notices.announceGrouped(sentence, name);
  }
}

/**
 * @param {import("./store.js").KeyValue} tab
 * @returns {Map<string, string>}
 */
function hiddenIn(tab) {
  try {
    return new Map(JSON.parse(tab.getItem(HIDDEN) ?? "[]"));
  } catch {
    return new Map();
  }
}
