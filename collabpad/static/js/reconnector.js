import { OPENING_MS, SilenceDetector, TimeLimit, Transports } from "./transports.js";

/** @typedef {ReturnType<typeof import("../vendor/editor.js").io>} Socket */

/** Each retry waits twice as long as the one before, so that a crowd does not come back at once. */
export const RETRY = Object.freeze({ firstMs: 1000, lastMs: 10_000, jitter: 0.5 });
/** A connection that lasted this long was a good one. */
const GOOD_MS = 30_000;

/**
 * Opens the socket again and again: by which transport, how soon, and when an open one is dead.
 */
export class Reconnector {
  /** Not before `open`. */
  stopped = true;
  #socket;
  #fallBack;
  #transports;
  #connecting = false;
  #joinedAt = 0;
  /** How often in a row the server ended the connection. */
  #ended = 0;
  #opening = new TimeLimit(OPENING_MS, () => this.#openTimedOut());
  #silence = new SilenceDetector(
    () => this.#isSending(),
    () => this.#wentSilent(),
  );

  /**
   * @param {Socket} socket
   * @param {Transports} transports
   * @param {() => void} fallBack  a WebSocket did not open, so polling is tried
   */
  constructor(socket, transports, fallBack) {
    this.#socket = socket;
    this.#transports = transports;
    this.#fallBack = fallBack;
    socket.io.on("reconnect_attempt", () => this.#prepare());
    socket.io.on("open", () => {
      socket.io.engine.on("packet", () => this.#silence.heard());
    });
  }

  open() {
    this.#prepare();
    this.#socket.connect();
  }

  reopen() {
    this.#socket.disconnect();
    this.open();
  }

  /** Closes the socket until `open`. */
  stop() {
    this.stopped = true;
    this.#opening.stop();
    this.#socket.disconnect();
  }

  /** Does not wait for the next retry, nor for one underway. */
  retryNow() {
    // `connect` alone does nothing while Socket.IO waits for its own next retry.
    if (!this.stopped && !this.#socket.connected) this.reopen();
  }

  /** Does not wait for the next retry, unless one is underway. */
  retrySoon() {
    if (!this.#connecting) this.retryNow();
  }

  /** Something was sent that the server answers. */
  expectAnswer() {
    this.#silence.expect();
  }

  connected() {
    this.#connecting = false;
    this.#opening.stop();
  }

  joined() {
    this.#joinedAt = Date.now();
    this.#transports.worked(this.#transport);
  }

  /** An attempt to connect failed. */
  failed() {
    this.connected();
    this.#transports.failed();
    if (!this.#socket.active && !this.stopped) this.#retryLater();
  }

  /** @param {string} reason  as Socket.IO has it */
  disconnected(reason) {
    this.#silence.heard();
    if (reason === "ping timeout" && this.#isWebSocket) this.#transports.wentSilent();
    if (reason === "io server disconnect" && !this.stopped) this.#retryLater();
  }

  #prepare() {
    this.#connecting = true;
    this.#socket.io.opts.transports = [...this.#transports.order];
    this.#opening.start();
  }

  /** Socket.IO does not retry by itself if the server ended or refused the connection. */
  #retryLater() {
    const tries = Date.now() - this.#joinedAt > GOOD_MS ? 0 : this.#ended;
    this.#ended = tries + 1;
    const delay = Math.min(RETRY.firstMs * 2 ** tries, RETRY.lastMs);
    setTimeout(() => this.retryNow(), delay * (1 + RETRY.jitter * (2 * Math.random() - 1)));
  }

  get #transport() {
    return this.#socket.io.engine?.transport.name ?? "";
  }

  get #isWebSocket() {
    return this.#transport === "websocket";
  }

  /** Whether the browser still buffers something that was sent. */
  #isSending() {
    const socket = /** @type {any} */ (this.#socket.io.engine?.transport).ws;
    return socket?.bufferedAmount > 0;
  }

  #openTimedOut() {
    if (this.stopped || this.#socket.connected || !this.#isWebSocket) return;
    this.#transports.openTimedOut();
    this.reopen();
    this.#fallBack();
  }

  #wentSilent() {
    if (!this.#socket.connected || !this.#isWebSocket) return;
    this.#transports.wentSilent();
    this.reopen();
  }
}
