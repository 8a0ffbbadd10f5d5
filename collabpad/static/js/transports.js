import { resilient } from "./store.js";

/** A WebSocket that takes longer than this to open is blocked by something. */
export const OPENING_MS = 4000;
/** A connection is dead if an answer takes longer than this; some take 8 seconds. */
export const SILENCE_MS = 10_000;
/** How long polling is remembered as the only way through; then WebSockets get another try. */
const REMEMBERED_MS = 15 * 60_000;
/** Two silences within this time are no accident. */
const RELAPSE_MS = 10 * 60_000;
/** A timer this late was suspended with the page: the laptop slept, or is too busy. */
const STANDSTILL_MS = 1000;
const KEY = "collabpad:polling-until";

/** @type {string[]} */
const BOTH = ["websocket", "polling"];
const POLLING = ["polling"];

/**
 * Which transports to try next. Some proxies never answer a WebSocket's handshake, or pass nothing
 * on afterwards, without any error: only a time limit tells, and polling gets through.
 */
export class Transports {
  #memory;
  #now;
  #pollingOnly = false;
  #lastSilence = -Infinity;

  /**
   * @param {import("./store.js").KeyValue} memory  of this tab
   * @param {() => number} now
   */
  constructor(memory = resilient(() => sessionStorage), now = Date.now) {
    this.#memory = memory;
    this.#now = now;
  }

  /** The transports for the next attempt. */
  get order() {
    const remembered = Number(this.#memory.getItem(KEY)) > this.#now();
    return this.#pollingOnly || remembered ? POLLING : BOTH;
  }

  /** A WebSocket did not open in time. */
  openTimedOut() {
    this.#pollingOnly = true;
  }

  /** A WebSocket went silent. Once may be the network's fault, which would hit polling, too. */
  wentSilent() {
    this.#pollingOnly = this.#now() - this.#lastSilence < RELAPSE_MS;
    this.#lastSilence = this.#now();
  }

  /** The attempt failed by every transport, so the next one starts over. */
  failed() {
    this.#pollingOnly = false;
  }

  /** @param {string} name  of the transport by which the page joined */
  worked(name) {
    if (name === "websocket") this.#memory.removeItem(KEY);
    else if (this.#pollingOnly) this.#memory.setItem(KEY, String(this.#now() + REMEMBERED_MS));
    this.#pollingOnly = false;
  }
}

/** A time limit that does not count the time in which the page was suspended. */
export class TimeLimit {
  #ms;
  #run;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {number} ms
   * @param {() => void} run
   */
  constructor(ms, run) {
    this.#ms = ms;
    this.#run = run;
  }

  get isRunning() {
    return this.#timer !== undefined;
  }

  start() {
    this.stop();
    const due = Date.now() + this.#ms;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (Date.now() - due > STANDSTILL_MS) this.start();
      else this.#run();
    }, this.#ms);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Notices that an open connection has gone dead. */
export class SilenceDetector {
  #limit;

  /**
   * @param {() => boolean} isSending  what was sent has not left this machine yet
   * @param {() => void} onSilent
   */
  constructor(isSending, onSilent) {
    this.#limit = new TimeLimit(SILENCE_MS, () => {
      if (isSending()) this.#limit.start();
      else onSilent();
    });
  }

  /** Something was sent that the server answers. */
  expect() {
    if (!this.#limit.isRunning) this.#limit.start();
  }

  /** Something arrived, or the connection has ended. */
  heard() {
    this.#limit.stop();
  }
}
