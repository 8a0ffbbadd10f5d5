import { io } from "../vendor/editor.js";
import { Emitter } from "./emitter.js";
import { proxyStatus } from "./http.js";
import { Refused, SERVER_EVENTS, Unanswered } from "./protocol.js";
import { RETRY, Reconnector } from "./reconnector.js";
import { Transports } from "./transports.js";

/**
 * @typedef {import("./protocol.js").Answers} Answers
 * @typedef {import("./protocol.js").ClientEvents} ClientEvents
 * @typedef {import("./protocol.js").JoinAck} JoinAck
 * @typedef {import("./protocol.js").WireError} WireError
 * @typedef {"connecting" | "fallback" | "joined" | "reconnecting" | "offline"} Link  `fallback`: a
 *   WebSocket did not open, so polling is tried
 *
 * @typedef {object} Credentials  of one join
 * @property {string | null} name
 * @property {string | null} resume
 * @property {string | null} host_key
 * @property {string | null} passcode
 * @property {string} tab  the ID of this page
 *
 * @typedef {object} Options
 * @property {string} basePath
 * @property {() => string} sessionId
 * @property {() => Promise<void>} mayJoin  waits until a join may be sent
 * @property {() => Credentials} credentials
 * @property {() => string} stateVector
 *
 * @typedef {object} OwnEvents
 * @property {Link} link
 * @property {JoinAck} joined
 * @property {WireError & {sent: Credentials}} refused  the join was refused
 * @property {number} blocked  a proxy answered instead of the server, with this status
 * @property {void} nameRequired  there is neither a name nor a resume token to join with
 */

/** A live server answers sooner. */
const ANSWER_MS = 15_000;
/** A shorter gap is not called offline. */
const PATIENCE_MS = 4000;

/**
 * The Socket.IO connection of this page to its session: joins, joins again after a loss, sends
 * requests and emits the server's events. JoinController decides what to do about a refused join.
 *
 * @extends {Emitter<OwnEvents & import("./protocol.js").ServerEvents>}
 */
export class Connection extends Emitter {
  #options;
  #socket;
  #joined = false;
  #everJoined = false;
  /** Counts joins, so that the answer to an earlier one is ignored. */
  #attempt = 0;
  /** @type {Link} */
  #link = "connecting";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {number | null} the status that a proxy answers with */
  #blockedBy = null;

  /**
   * @param {Options} options
   * @param {typeof io} open
   */
  constructor(options, open = io) {
    super();
    this.#options = options;
    const transports = new Transports();
    this.#socket = open({
      path: `${options.basePath}/socket.io`,
      transports: transports.order,
      tryAllTransports: true,
      autoConnect: false,
      reconnectionDelay: RETRY.firstMs,
      reconnectionDelayMax: RETRY.lastMs,
      randomizationFactor: RETRY.jitter,
      timeout: 8000,
    });
    /** Decides when to connect again. */
    this.reconnector = new Reconnector(this.#socket, transports, () => this.#setLink("fallback"));
    this.#listen();
  }

  get joined() {
    return this.#joined;
  }

  start() {
    if (this.#lacksName()) return;
    this.reconnector.stopped = false;
    if (this.#socket.connected) return void this.#join();
    this.reconnector.open();
    if (!this.#everJoined) this.emit("link", this.#link);
  }

  /** Closes the connection until `start`. */
  stop() {
    this.reconnector.stop();
  }

  /** The browser says that there is no network. */
  networkLost() {
    if (this.#stopped || !this.#everJoined || this.#socket.connected) return;
    this.#setLink("offline");
  }

  /** Joins again on the same connection, to exchange what each side lacks. */
  rejoin() {
    if (this.#socket.connected && !this.#stopped) void this.#join();
  }

  /**
   * @template {keyof Answers} Name
   * @param {Name} event
   * @param {ClientEvents[Name]} [payload]
   * @returns {Promise<import("./protocol.js").Ack<Name>>}
   * @throws {Unanswered} when not joined, or when the connection is lost before the answer
   */
  async request(event, payload) {
    if (!this.#joined) throw new Unanswered("not joined");
    return this.#ask(event, payload);
  }

  /**
   * Like `request`, but throws if the server refuses.
   * @template {keyof Answers} Name
   * @param {Name} event
   * @param {ClientEvents[Name]} [payload]
   * @returns {Promise<Answers[Name]>}
   * @throws {Refused}
   * @throws {Unanswered}
   */
  async command(event, payload) {
    const ack = await this.request(event, payload);
    if (!ack.ok) throw new Refused(ack.error);
    return ack;
  }

  #listen() {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.reconnector.connected();
      void this.#join();
    });
    socket.on("connect_error", (error) => {
      this.reconnector.failed();
      this.#setBlockedBy(proxyStatus(error));
      if (this.#everJoined) this.#setLink("offline");
    });
    socket.on("disconnect", (reason) => this.#disconnected(reason));
    for (const name of SERVER_EVENTS) {
      socket.on(name, (payload) => this.emit(name, payload));
    }
  }

  /** @param {number | null} status  is emitted once until the page has joined again */
  #setBlockedBy(status) {
    if (status !== null && status !== this.#blockedBy) this.emit("blocked", status);
    this.#blockedBy = status;
  }

  /** @param {string} reason */
  #disconnected(reason) {
    this.#joined = false;
    this.#attempt += 1;
    this.reconnector.disconnected(reason);
    if (this.#stopped) return;
    this.#setLink(navigator.onLine === false ? "offline" : "reconnecting");
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (!this.#joined && !this.#stopped) this.#setLink("offline");
    }, PATIENCE_MS);
  }

  get #stopped() {
    return this.reconnector.stopped;
  }

  /** @param {Link} link */
  #setLink(link) {
    if (this.#link === link) return;
    this.#link = link;
    this.emit("link", link);
  }

  /** The server closes connections that do not join, and people take their time to enter a name. */
  #lacksName() {
    const { name, resume } = this.#options.credentials();
    if (name !== null || resume !== null) return false;
    if (!this.#stopped) this.stop();
    this.emit("nameRequired", undefined);
    return true;
  }

  async #join() {
    if (this.#lacksName()) return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    await this.#options.mayJoin();
    if (attempt !== this.#attempt) return;
    const sent = this.#options.credentials();
    // Not a promise: over polling, the same response brings the events that follow.
    this.#send("join_session", this.#joinPayload(sent), (error, ack) => {
      if (attempt !== this.#attempt) return;
      if (error) {
        if (this.#socket.connected) this.reconnector.reopen();
      } else if (ack.ok) {
        this.#entered(/** @type {JoinAck} */ (/** @type {unknown} */ (ack)));
      } else {
        this.#joined = false;
        this.emit("refused", { ...(ack.error ?? { code: "internal", message: "" }), sent });
      }
    });
  }

  /** @param {Credentials} credentials */
  #joinPayload(credentials) {
    const given = Object.entries(credentials).filter(([, value]) => value !== null);
    return { ...Object.fromEntries(given), state_vector: this.#options.stateVector() };
  }

  /** @param {JoinAck} ack */
  #entered(ack) {
    this.#joined = true;
    this.#everJoined = true;
    this.#blockedBy = null;
    this.reconnector.joined();
    clearTimeout(this.#patience);
    this.emit("joined", ack);
    this.#setLink("joined");
  }

  /**
   * @template {keyof Answers} Name
   * @param {Name} event
   * @param {ClientEvents[Name]} [payload]
   * @returns {Promise<import("./protocol.js").Ack<Name>>}
   */
  #ask(event, payload) {
    return new Promise((resolve, reject) => {
      this.#send(event, payload, (error, ack) => {
        if (error) reject(new Unanswered(error.message));
        else resolve(ack);
      });
    });
  }

  /**
   * @template {keyof Answers} Name
   * @param {Name} event
   * @param {ClientEvents[Name] | undefined} payload
   * @param {(error: Error | null, ack: import("./protocol.js").Ack<Name>) => void} answered
   */
  #send(event, payload, answered) {
    const message = { session_id: this.#options.sessionId(), ...payload };
    this.reconnector.expectAnswer();
    this.#socket.timeout(ANSWER_MS).emit(event, message, answered);
  }
}
