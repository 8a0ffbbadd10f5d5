import { io } from "../vendor/editor.js";
import { Emitter } from "./emitter.js";
import { proxyStatus } from "./http.js";
import { Refused, SERVER_EVENTS, Unanswered } from "./protocol.js";
import { OPENING_MS, Silence, TimeLimit, Transports } from "./transports.js";

/**
 * @typedef {import("./protocol.js").Answers} Answers
 * @typedef {import("./protocol.js").ClientEvents} ClientEvents
 * @typedef {import("./protocol.js").JoinAck} JoinAck
 * @typedef {import("./protocol.js").WireError} WireError
 * @typedef {"connecting" | "detour" | "joined" | "reconnecting" | "offline"} Link  `detour`: nothing
 *   comes through a WebSocket, so polling is tried
 *
 * @typedef {object} Credentials  asked anew for each join
 * @property {string | null} name
 * @property {string | null} resume
 * @property {string | null} host_key
 * @property {string | null} passcode
 * @property {string} tab  what this page calls itself
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
 * @property {number} hindered  something else than the server answers, with that status
 * @property {void} nameless  there is neither a name nor a resume token to join with
 */

/** Longer than any acknowledgement takes on a server that is alive. */
const ANSWER_MS = 15_000;
/** Tries to come back: each twice as late as the one before, so that a crowd does not storm. */
const FIRST_TRY_MS = 1000;
const LAST_TRY_MS = 10_000;
const JITTER = 0.5;
/** A connection that held as long was a good one. */
const HELD_MS = 30_000;
/** A gap shorter than this is no reason to say "offline". */
const PATIENCE_MS = 4000;

/**
 * One Socket.IO connection, in one session: joins, comes back after a loss, asks and is answered.
 * It says what happens; what to do about a refused join is for others.
 *
 * @extends {Emitter<OwnEvents & import("./protocol.js").ServerEvents>}
 */
export class Connection extends Emitter {
  #options;
  #socket;
  #joined = false;
  #everJoined = false;
  /** Not before `start`. */
  #stopped = true;
  /** A try to connect is underway. */
  #trying = false;
  /** Counts joins: the answer to an earlier one means nothing. */
  #attempt = 0;
  #joinedAt = 0;
  /** How often the server ended the connection, without a good one between. */
  #ended = 0;
  /** @type {Link} */
  #link = "connecting";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {number | null} */
  #hindrance = null;
  #transports = new Transports();
  /** For a WebSocket to open. */
  #opening = new TimeLimit(OPENING_MS, () => this.#tookLong());
  #silence = new Silence(
    () => this.#isSending(),
    () => this.#fellSilent(),
  );

  /**
   * @param {Options} options
   * @param {typeof io} open
   */
  constructor(options, open = io) {
    super();
    this.#options = options;
    this.#socket = open({
      path: `${options.basePath}/socket.io`,
      transports: this.#transports.order,
      tryAllTransports: true,
      autoConnect: false,
      reconnectionDelay: FIRST_TRY_MS,
      reconnectionDelayMax: LAST_TRY_MS,
      randomizationFactor: JITTER,
      timeout: 8000,
    });
    this.#listen();
  }

  get joined() {
    return this.#joined;
  }

  get link() {
    return this.#link;
  }

  start() {
    if (this.#isNameless()) return;
    this.#stopped = false;
    if (this.#socket.connected) {
      void this.#join();
      return;
    }
    this.#prepare();
    this.#socket.connect();
    if (!this.#everJoined) this.emit("link", this.#link);
  }

  /** Ends the connection until `start`. */
  stop() {
    this.#stopped = true;
    this.#opening.stop();
    this.#socket.disconnect();
  }

  /** The network is said to be back: no need to wait for the next try, nor for one underway. */
  hurry() {
    // `connect` alone does nothing while Socket.IO waits for its own next try.
    if (this.#stopped || this.#socket.connected) return;
    this.#again();
  }

  #again() {
    this.#socket.disconnect();
    this.#prepare();
    this.#socket.connect();
  }

  /** Before each try. */
  #prepare() {
    this.#trying = true;
    this.#socket.io.opts.transports = [...this.#transports.order];
    this.#opening.start();
  }

  get #transport() {
    return this.#socket.io.engine?.transport.name ?? "";
  }

  /** Whether the browser still holds something that was sent. */
  #isSending() {
    const socket = /** @type {any} */ (this.#socket.io.engine?.transport).ws;
    return socket?.bufferedAmount > 0;
  }

  #tookLong() {
    if (this.#stopped || this.#socket.connected || this.#transport !== "websocket") return;
    this.#transports.swallowed();
    this.#again();
    this.#setLink("detour");
  }

  #fellSilent() {
    if (!this.#socket.connected || this.#transport !== "websocket") return;
    this.#transports.silenced();
    this.#again();
  }

  /** Somebody looks at the page: no need to wait for the next try, unless one is underway. */
  lookedAt() {
    if (!this.#trying) this.hurry();
  }

  /** The browser says that there is no network. */
  lost() {
    if (!this.#stopped && this.#everJoined && !this.#socket.connected) this.#setLink("offline");
  }

  /** Joins again on the same connection, to compare what each side has. */
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
   * Like `request`, for whom a refusal is an error.
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
    socket.io.on("reconnect_attempt", () => this.#prepare());
    socket.io.on("open", () => {
      socket.io.engine.on("packet", () => this.#silence.heard());
    });
    socket.on("connect", () => {
      this.#trying = false;
      this.#opening.stop();
      void this.#join();
    });
    socket.on("connect_error", (error) => {
      this.#trying = false;
      this.#opening.stop();
      this.#transports.failed();
      this.#hinderedBy(proxyStatus(error));
      if (this.#everJoined) this.#setLink("offline");
      if (!socket.active && !this.#stopped) this.#comeBack();
    });
    socket.on("disconnect", (reason) => this.#disconnected(reason));
    for (const name of SERVER_EVENTS) {
      socket.on(name, (payload) => this.emit(name, payload));
    }
  }

  /** @param {number | null} status  told once, until this page is in again */
  #hinderedBy(status) {
    if (status !== null && status !== this.#hindrance) this.emit("hindered", status);
    this.#hindrance = status;
  }

  /** @param {string} reason */
  #disconnected(reason) {
    this.#joined = false;
    this.#attempt += 1;
    this.#silence.heard();
    if (reason === "ping timeout" && this.#transport === "websocket") this.#transports.silenced();
    if (this.#stopped) return;
    this.#setLink(navigator.onLine === false ? "offline" : "reconnecting");
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (!this.#joined && !this.#stopped) this.#setLink("offline");
    }, PATIENCE_MS);
    if (reason === "io server disconnect") this.#comeBack();
  }

  /** Socket.IO does not try again by itself where it was the server who ended or refused it. */
  #comeBack() {
    const tries = Date.now() - this.#joinedAt > HELD_MS ? 0 : this.#ended;
    this.#ended = tries + 1;
    const delay = Math.min(FIRST_TRY_MS * 2 ** tries, LAST_TRY_MS);
    setTimeout(() => this.hurry(), delay * (1 + JITTER * (2 * Math.random() - 1)));
  }

  /** @param {Link} link */
  #setLink(link) {
    if (this.#link === link) return;
    this.#link = link;
    this.emit("link", link);
  }

  /** The server ends connections that do not join, and people take their time to say their name. */
  #isNameless() {
    const { name, resume } = this.#options.credentials();
    if (name !== null || resume !== null) return false;
    if (!this.#stopped) this.stop();
    this.emit("nameless", undefined);
    return true;
  }

  async #join() {
    if (this.#isNameless()) return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    await this.#options.mayJoin();
    if (attempt !== this.#attempt) return;
    const sent = this.#options.credentials();
    // Not by a promise: over polling, the events that follow are in the same answer.
    this.#send("join_session", this.#joinPayload(sent), (error, ack) => {
      if (attempt !== this.#attempt) return;
      if (error) {
        if (this.#socket.connected) this.#again();
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
    this.#joinedAt = Date.now();
    this.#hindrance = null;
    this.#transports.worked(this.#transport);
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
    this.#silence.expect();
    this.#socket.timeout(ANSWER_MS).emit(event, message, answered);
  }
}
