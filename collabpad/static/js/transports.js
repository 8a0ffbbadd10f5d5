import { resilient } from "./store.js";

/** A WebSocket through which nothing has come for as long is held back by something. */
export const OPENING_MS = 4000;
/** Nothing has come since something was sent that brings an answer; some come 8 seconds late. */
export const SILENCE_MS = 10_000;
/** How long polling goes first where only that got through; then WebSockets have another try. */
const REMEMBERED_MS = 15 * 60_000;
/** A second silence within this time is no accident. */
const RELAPSE_MS = 10 * 60_000;
/** A timer that comes so late stood still with the whole page: the laptop slept, or is too busy. */
const STANDSTILL_MS = 1000;
const KEY = "collabpad:polling-until";

/** @type {string[]} */
const BOTH = ["websocket", "polling"];
const POLLING = ["polling"];

/**
 * Which way to the server comes next. Some proxies never answer the handshake of a WebSocket, or let
 * nothing through it afterwards, and say nothing of it: only time tells, and polling gets through.
 */
export class Transports {
  #memory;
  #now;
  #detour = false;
  #lastSilence = -Infinity;

  /**
   * @param {import("./store.js").KeyValue} memory  of this visit
   * @param {() => number} now
   */
  constructor(memory = resilient(() => sessionStorage), now = Date.now) {
    this.#memory = memory;
    this.#now = now;
  }

  /** For the next try. */
  get order() {
    const remembered = Number(this.#memory.getItem(KEY)) > this.#now();
    return this.#detour || remembered ? POLLING : BOTH;
  }

  /** A WebSocket did not open in time. */
  swallowed() {
    this.#detour = true;
  }

  /** A WebSocket that worked fell silent: once may be the network's fault, which all ways share. */
  silenced() {
    this.#detour = this.#now() - this.#lastSilence < RELAPSE_MS;
    this.#lastSilence = this.#now();
  }

  /** The try failed whichever way it went: the next is as good as the first. */
  failed() {
    this.#detour = false;
  }

  /** @param {string} name  of the transport by which this page is in */
  worked(name) {
    if (name === "websocket") this.#memory.removeItem(KEY);
    else if (this.#detour) this.#memory.setItem(KEY, String(this.#now() + REMEMBERED_MS));
    this.#detour = false;
  }
}

/** A time limit that counts only while the page could have noticed what came. */
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

/** Notices that nothing comes any more on a connection that seems to be open. */
export class Silence {
  #limit;

  /**
   * @param {() => boolean} isSending  what was sent has not left this machine: it takes its time
   * @param {() => void} onSilent
   */
  constructor(isSending, onSilent) {
    this.#limit = new TimeLimit(SILENCE_MS, () => {
      if (isSending()) this.#limit.start();
      else onSilent();
    });
  }

  /** Something was sent that brings an answer. */
  expect() {
    if (!this.#limit.isRunning) this.#limit.start();
  }

  /** Something came, or the connection has ended. */
  heard() {
    this.#limit.stop();
  }
}
