import { byId, element, icon, isShown, setText } from "./dom.js";
import { trackPointer } from "./splitter.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").ParticipantView} Participant
 * @typedef {import("./session_state.js").SessionState} SessionState
 */

/** @type {Readonly<Record<string, number>>} how far an arrow key moves a person */
const STEPS = Object.freeze({ ArrowUp: -1, ArrowDown: 1 });

/**
 * @template T
 * @param {readonly T[]} list
 * @param {number} from
 * @param {number} to
 * @returns {T[]} with one item moved
 */
export function moved(list, from, to) {
  const others = list.filter((_, at) => at !== from);
  return [...others.slice(0, to), list[from], ...others.slice(to)];
}

/**
 * @param {Participant[]} people
 * @param {readonly string[]} order  IDs of those who come first
 * @returns {Participant[]} in the order of turns; those not in `order` follow as they joined
 */
export function inRotationOrder(people, order) {
  const place = (/** @type {Participant} */ { id }) => {
    const at = order.indexOf(id);
    return at < 0 ? order.length : at;
  };
  return people
    .filter((person) => person.can_take_over)
    .sort((a, b) => place(a) - place(b) || (a.joined_at < b.joined_at ? -1 : 1));
}

/** The order of turns, and what the host and the pen's holder can change about it. */
export class RotationOrder {
  #state;
  #actions;
  #notices;
  #section = byId("rotation-section", HTMLElement);
  #list = byId("rotation-order", HTMLElement);
  #next = byId("rotation-next", HTMLButtonElement);
  #pause = byId("rotation-pause", HTMLButtonElement);
  /** @type {Participant[]} as shown */
  #line = [];
  #dragging = false;
  /** @type {string[] | null} chosen here and not confirmed by the server yet */
  #chosen = null;

  /**
   * @param {SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   */
  constructor(state, actions, notices) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#next.addEventListener("click", () => void actions.request("rotation_next"));
    this.#pause.addEventListener("click", () => {
      const { rotation } = state.session;
      if (rotation) this.#set({ paused: !rotation.held });
    });
    state.on("change", () => this.#draw());
    this.#draw();
  }

  /** @param {{paused?: boolean, order?: string[]}} change */
  async #set(change) {
    const { rotation } = this.#state.session;
    if (!rotation) return;
    const minutes = rotation.minutes;
    if (await this.#actions.request("set_rotation", { minutes, ...change })) return;
    this.#chosen = null;
    this.#draw();
  }

  #draw() {
    if (!this.#state.known || this.#dragging) return;
    const { session, handoff, people } = this.#state;
    const { rotation } = session;
    const hadFocus = this.#section.contains(document.activeElement);
    this.#section.hidden = !rotation || !handoff;
    if (!rotation || !handoff) return;
    this.#next.hidden = !this.#state.may("rotation_next");
    this.#pause.hidden = !this.#state.may("set_rotation");
    setText(this.#pause, rotation.held ? strings.rotation.goOn : strings.rotation.pause);
    if (String(this.#chosen) === String(rotation.order)) this.#chosen = null;
    this.#line = inRotationOrder(people, this.#chosen ?? rotation.order);
    const focused = document.activeElement?.getAttribute("data-rotation");
    this.#list.replaceChildren(...this.#line.map((person) => this.#row(person, rotation.next_id)));
    if (focused) this.#focus(focused);
    // The focused button is gone or hidden.
    const { activeElement } = document;
    const lost = !activeElement || !isShown(activeElement) || activeElement === document.body;
    if (hadFocus && lost) this.#section.focus();
  }

  /** @param {string} key  the button's `data-rotation` */
  #focus(key) {
    const button = this.#list.querySelector(`[data-rotation="${CSS.escape(key)}"]`);
    if (button instanceof HTMLElement) button.focus();
  }

  /**
   * @param {Participant} person
   * @param {string | null} nextId
   */
  #row(person, nextId) {
    const state = this.#state;
    const words = strings.rotation;
    const name = element("span", { class: "name", text: person.name, dir: "auto" });
    const row = element("li", { class: "rotation-row" }, ...this.#handle(person), name);
    row.classList.toggle("is-away", !person.online);
    const isNext = person.id === nextId;
    const mark = person.can_write ? words.hasPen : isNext ? words.isNext : "";
    if (mark) row.append(element("span", { class: "muted small", text: mark }));
    if (state.maySkip(person)) row.append(this.#skip(person));
    return row;
  }

  /** @param {Participant} person */
  #skip({ id, name }) {
    const mine = this.#state.isMine({ participant_id: id });
    const label = mine ? strings.rotation.skipMe : strings.rotation.skip(name);
    return element("button", {
      class: "quiet small",
      type: "button",
      text: mine ? strings.rotation.skipMe : strings.rotation.skipShort,
      title: label,
      "aria-label": label,
      "data-rotation": `skip-${id}`,
      onclick: () => void this.#actions.request("rotation_skip", { participant_id: id }),
    });
  }

  /**
   * @param {Participant} person
   * @returns {HTMLElement[]} the handle by which the host moves a person
   */
  #handle({ id, name }) {
    if (!this.#state.may("set_rotation")) return [];
    const label = strings.rotation.move(name);
    const attributes = { "aria-label": label, title: label, "data-rotation": `move-${id}` };
    const handle = element(
      "button",
      { class: "quiet square grip", type: "button", ...attributes },
      icon("grip"),
    );
    handle.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const at = this.#line.findIndex((each) => each.id === id);
      this.#move(at, at + step);
    });
    handle.addEventListener("pointerdown", (down) => this.#drag(handle, down));
    return [handle];
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #move(from, to) {
    if (to < 0 || to >= this.#line.length || from === to) return;
    const person = this.#line[from];
    const order = moved(this.#line, from, to).map(({ id }) => id);
    this.#notices.announce(strings.rotation.saidMoved(person.name, to + 1, order.length));
    this.#chosen = order;
    this.#draw();
    void this.#set({ order });
  }

  /**
   * The row follows the pointer among the others; only the final position is sent. The other rows
   * move around it, because an element that leaves the page loses the pointer.
   * @param {HTMLElement} handle
   * @param {PointerEvent} down
   */
  #drag(handle, down) {
    const row = handle.closest("li");
    if (down.button !== 0 || !row) return;
    const from = [...this.#list.children].indexOf(row);
    this.#dragging = true;
    row.classList.add("is-dragged");
    const move = (/** @type {PointerEvent} */ { clientY }) => {
      const { previousElementSibling: above, nextElementSibling: below } = row;
      if (above && clientY < middleOf(above)) row.after(above);
      else if (below && clientY > middleOf(below)) row.before(below);
    };
    trackPointer(handle, down, move, () => {
      this.#dragging = false;
      row.classList.remove("is-dragged");
      const to = [...this.#list.children].indexOf(row);
      if (to === from) this.#draw();
      else this.#move(from, to);
    });
  }
}

/** @param {Element} row */
function middleOf(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
