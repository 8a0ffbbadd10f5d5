import { byId, formatTime, element, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").RotationView} Rotation
 * @typedef {import("./session_state.js").SessionState} SessionState
 */

const LENGTHS = [5, 10, 15, 20, 30];
const OWN = "own";

/** Counts down a turn between updates from the server. */
export class RotationTimer {
  /** @type {Rotation | null} */
  #rotation = null;
  #endsAt = 0;

  /**
   * @param {Rotation | null} rotation  the same object means no change
   * @param {number} now  ms
   * @returns {boolean} whether it has changed
   */
  set(rotation, now) {
    if (rotation === this.#rotation) return false;
    this.#rotation = rotation;
    this.#endsAt = now + (rotation?.remaining ?? 0) * 1000;
    return true;
  }

  get runs() {
    return this.#rotation !== null && !this.#rotation.paused;
  }

  /**
   * @param {number} now  ms
   * @returns {number} ms until the pen moves on
   */
  left(now) {
    if (this.#rotation?.paused) return this.#rotation.remaining * 1000;
    return Math.max(0, this.#endsAt - now);
  }
}

/**
 * @param {number} milliseconds
 * @returns {string} minutes and seconds
 */
export function minutesText(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * @param {SessionState} state
 * @param {number} left  ms
 * @returns {string} who is next and when; "" without a rotation
 */
export function rotationText(state, left) {
  const { rotation } = state.session;
  if (!rotation || !state.handoff) return "";
  const words = strings.rotation;
  const next = state.person(rotation.next_id);
  if (!next) return words.alone;
  if (rotation.paused) return words.paused(minutesText(left));
  return state.isMe(next)
    ? words.nextIsYou(minutesText(left))
    : words.next(next.name, minutesText(left));
}

/**
 * @param {SessionState} state
 * @param {number} now  ms
 * @returns {string} how long somebody has had the pen
 */
export function sinceText(state, now) {
  const { pen_since: since } = state.session;
  if (!since || !state.penHolder) return "";
  return strings.pen.since(formatTime(since, now));
}

/** The rotation of the pen: how long somebody has had it, who is next, and the host's settings. */
export class RotationControls {
  #state;
  #actions;
  #notices;
  #timer = new RotationTimer();
  #since = byId("pen-since", HTMLElement);
  #countdown = byId("pen-rotation", HTMLElement);
  #choice = byId("rotation", HTMLSelectElement);
  #minutes = byId("rotation-minutes", HTMLInputElement);
  /** The host chose "Other…" and has not entered a number yet. */
  #choosing = false;
  /** @type {number | null} */
  #known = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #tick;
  /** The notice about the pen's next move. */
  #soon = { text: (/** @type {number} */ _seconds) => "", seconds: 0 };
  /** @type {import("./notices.js").Notice | null} */
  #notice = null;

  /**
   * @param {SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   */
  constructor(state, actions, notices) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#listen();
    state.on("change", () => this.#draw());
  }

  /** @param {import("./protocol.js").ServerEvents["rotation_soon"]} news */
  soon({ participant_id, name, seconds, idle }) {
    const words = strings.rotation;
    const mine = this.#state.isMine({ participant_id });
    const over = this.#state.hasPen && !idle;
    const text = (/** @type {number} */ left) => {
      if (mine) return idle ? words.soonAsked(left) : words.soonYou(left);
      if (over) return words.soonOver(name, left);
      return idle ? words.soonIdle(name, left) : words.soon(name, left);
    };
    const concerned = mine || this.#state.hasPen;
    this.#notice?.dismiss();
    this.#soon = { text, seconds };
    const choices = mine ? this.#answers(participant_id) : [];
    this.#notice = this.#notices.prompt(text(seconds), choices, {
      kind: mine ? "mine" : "",
      shownMs: concerned ? seconds * 1000 : undefined,
    });
  }

  /** @param {number} left  ms */
  #countDown(left) {
    const { text, seconds } = this.#soon;
    this.#notice?.reword(text(Math.min(seconds, Math.ceil(left / 1000))));
  }

  #dismiss() {
    this.#notice?.dismiss();
    this.#notice = null;
  }

  /**
   * Any key or click shows that you are there, so the first choice does nothing else.
   * @param {string} participantId  your ID
   * @returns {import("./notices.js").Choice[]}
   */
  #answers(participantId) {
    const skip = () =>
      void this.#actions.request("rotation_skip", { participant_id: participantId });
    return [{ label: strings.rotation.here }, { label: strings.rotation.skipMe, run: skip }];
  }

  /** @param {number | null} minutes  null ends the rotation */
  async set(minutes) {
    // A refused choice must not stay selected.
    if (!(await this.#actions.request("set_rotation", { minutes }))) this.#drawChoice();
  }

  #draw() {
    if (!this.#state.known) return;
    // Another turn has begun or this one is paused, so the notice is no longer true.
    if (this.#timer.set(this.#state.session.rotation ?? null, Date.now())) this.#dismiss();
    this.#drawCountdown();
    this.#drawChoice();
  }

  #drawCountdown() {
    clearTimeout(this.#tick);
    const now = Date.now();
    const left = this.#timer.left(now);
    const text = rotationText(this.#state, left);
    setText(this.#countdown, text);
    this.#countDown(left);
    this.#countdown.hidden = text === "";
    setText(this.#since, sinceText(this.#state, now));
    this.#since.hidden = text !== "" || this.#since.textContent === "";
    if (text === "" || !this.#timer.runs || left === 0) return;
    // On the full second, so that none is skipped.
    this.#tick = setTimeout(() => this.#drawCountdown(), left % 1000 || 1000);
  }

  #drawChoice() {
    const { session, handoff } = this.#state;
    byId("rotation-option", HTMLElement).hidden = !handoff;
    const minutes = session.rotation?.minutes ?? null;
    const own = minutes !== null && !LENGTHS.includes(minutes);
    if (minutes !== this.#known) this.#choosing = false;
    this.#known = minutes;
    this.#choice.value = own || this.#choosing ? OWN : String(minutes ?? "");
    byId("rotation-own", HTMLElement).hidden = !handoff || this.#choice.value !== OWN;
    if (own && document.activeElement !== this.#minutes) this.#minutes.value = String(minutes);
  }

  #listen() {
    const words = strings.rotation;
    const options = [["", words.off], ...LENGTHS.map((each) => [String(each), words.every(each)])];
    for (const [value, text] of [...options, [OWN, words.own]]) {
      this.#choice.append(element("option", { value, text }));
    }
    this.#choice.addEventListener("change", () => {
      const { value } = this.#choice;
      this.#choosing = value === OWN;
      if (!this.#choosing) return void this.set(value === "" ? null : Number(value));
      byId("rotation-own", HTMLElement).hidden = false;
      this.#minutes.focus();
    });
    this.#minutes.addEventListener("change", () => this.#setOwn());
    // Enter has already fired the change event.
    byId("rotation-own", HTMLElement).addEventListener("submit", (event) => event.preventDefault());
  }

  #setOwn() {
    const minutes = this.#minutes.valueAsNumber;
    if (Number.isNaN(minutes) || minutes === this.#known || !this.#minutes.reportValidity()) return;
    void this.set(minutes);
  }
}
