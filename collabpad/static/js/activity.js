/**
 * @typedef {import("./protocol.js").Activity} ActivityState
 */

export const IDLE_MS = 60_000;

/** What counts as activity. Moving the mouse does: readers do little else. */
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchmove", "input"];

/** Tells the others whether you are active, idle, or looking at another page. */
export class Activity {
  #send;
  #hidden = false;
  #joined = false;
  #touchedAt = Date.now();
  /** @type {ActivityState} */
  #state = "active";
  /** @type {ActivityState} what the others assume; newcomers count as active */
  #told = "active";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(state: ActivityState) => void} send */
  constructor(send) {
    this.#send = send;
    this.#settle();
  }

  /** @param {boolean} joined */
  set joined(joined) {
    this.#joined = joined;
    this.#told = "active";
    this.#tell();
  }

  /** @param {boolean} hidden  whether the page is in the background */
  set hidden(hidden) {
    this.#hidden = hidden;
    if (!hidden) this.#touchedAt = Date.now();
    this.#settle();
  }

  touched() {
    this.#touchedAt = Date.now();
    if (this.#state === "idle") this.#settle();
  }

  #settle() {
    clearTimeout(this.#timer);
    const left = IDLE_MS - (Date.now() - this.#touchedAt);
    this.#state = this.#hidden ? "away" : left > 0 ? "active" : "idle";
    if (this.#state === "active") this.#timer = setTimeout(() => this.#settle(), left);
    this.#tell();
  }

  #tell() {
    if (!this.#joined || this.#told === this.#state) return;
    this.#told = this.#state;
    this.#send(this.#state);
  }
}

/** @param {Activity} activity  is told what you do on this page */
export function watchPage(activity) {
  const touched = () => activity.touched();
  for (const sign of SIGNS) {
    document.addEventListener(sign, touched, { capture: true, passive: true });
  }
  const look = () => {
    activity.hidden = document.visibilityState === "hidden";
  };
  document.addEventListener("visibilitychange", look);
  look();
}
