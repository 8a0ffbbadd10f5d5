import { strings } from "./strings.js";

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {import("./connection.js").Credentials} Credentials
 * @typedef {import("./gate.js").Gate} Gate
 * @typedef {import("./gate.js").GateState} GateState
 *
 * @typedef {object} Place  where this page is
 * @property {string} sessionId
 * @property {string} title
 */

/** @type {Readonly<Record<string, GateState>>} what a refused join means */
const GATES = Object.freeze({
  passcode_required: "passcode",
  waiting: "waiting",
  session_full: "full",
  unknown_session: "unknown",
  rate_limited: "busy",
  busy: "busy",
  forbidden: "locked",
});

/**
 * Coming in: which credentials a join carries, what to do when it is refused, and what the page
 * says when somebody is put out.
 */
export class Entry {
  #connection;
  #gate;
  #store;
  #notices;
  #place;
  #hasCode;
  /** A passcode is not kept: the resume token does after it. */
  #passcode = "";
  #asked = false;
  /** The page was opened by the host link. */
  #byHostLink;

  /**
   * @param {Connection} connection
   * @param {Gate} gate
   * @param {import("./store.js").Store} store
   * @param {import("./notices.js").Notices} notices
   * @param {Place} place
   * @param {{byHostLink: boolean, hasCode: () => boolean}} options  `hasCode`: whether there is a
   *   text that could be saved
   */
  constructor(connection, gate, store, notices, place, { byHostLink, hasCode }) {
    this.#connection = connection;
    this.#gate = gate;
    this.#store = store;
    this.#notices = notices;
    this.#place = place;
    this.#byHostLink = byHostLink;
    this.#hasCode = hasCode;
    connection.on("nameless", () => this.#show("name"));
    connection.on("refused", (refusal) => this.#refused(refusal));
    connection.on("joined", (ack) => this.#joined(ack));
    connection.on("admitted", ({ resume }) => this.#admitted(resume));
    connection.on("removed", ({ reason }) => this.#removed(reason));
    connection.on("session_closed", ({ reason }) => this.#closed(reason));
  }

  /**
   * The key takes the host's seat, so a return carries it only where the seat was this tab's: who
   * has made somebody else the host does not take that back by a reload.
   * @returns {Credentials} for the next join
   */
  credentials() {
    const { sessionId } = this.#place;
    const resume = this.#store.resume(sessionId);
    const claims = resume === null || this.#byHostLink || this.#store.hosting(sessionId);
    return {
      name: this.#store.name || null,
      resume,
      host_key: claims ? this.#store.hostKey(sessionId) : null,
      passcode: this.#passcode || null,
    };
  }

  /**
   * The gate's button was pressed.
   * @param {GateState} state
   * @param {import("./gate.js").Answers} answers
   */
  enter(state, { name, passcode }) {
    if (state === "name" || state === "passcode") this.#store.name = name;
    this.#passcode = passcode;
    this.#asked = true;
    this.#connection.start();
  }

  /** The host link was opened on this page. */
  claimSeat() {
    this.#byHostLink = true;
    this.#connection.rejoin();
  }

  /** @param {GateState} state */
  leave(state) {
    this.#connection.stop();
    this.#show(state);
  }

  /** @param {string} sessionId  as it is after the links were changed */
  moved(sessionId) {
    this.#store.moveSession(this.#place.sessionId, sessionId);
    this.#place.sessionId = sessionId;
  }

  /** @param {import("./protocol.js").JoinAck} ack */
  #joined({ resume, session }) {
    this.#passcode = "";
    this.#byHostLink = false;
    this.#place.title = session.title;
    // Who joins again on the same connection has the token already.
    if (resume) this.#store.keepResume(this.#place.sessionId, resume);
    this.#gate.hide();
  }

  /** @param {string} resume */
  #admitted(resume) {
    this.#store.keepResume(this.#place.sessionId, resume);
    this.#connection.rejoin();
  }

  /** @param {import("./protocol.js").WireError & {sent: Credentials}} refusal */
  #refused({ code, message, sent }) {
    const { sessionId } = this.#place;
    if (code === "forbidden" && sent.resume !== null) {
      this.#store.keepResume(sessionId, null);
      this.#connection.rejoin();
    } else if (code === "forbidden" && sent.host_key !== null) {
      this.#store.keepHostKey(sessionId, null);
      this.#notices.show(strings.gate.staleHostLink);
      this.#connection.rejoin();
    } else if (code === "bad_request") {
      // The name is what a person can have got wrong.
      this.#show("name", message);
    } else {
      const wrong = code === "passcode_required" && sent.passcode !== null;
      const problem = Object.hasOwn(GATES, code) ? "" : message;
      this.#show(GATES[code] ?? "trouble", wrong ? strings.gate.passcode.wrong : problem);
    }
  }

  /** @param {string} reason */
  #removed(reason) {
    const { sessionId } = this.#place;
    if (reason !== "replaced") this.#store.keepResume(sessionId, null);
    /** @type {Record<string, GateState>} */
    const gates = { refused: "refused", replaced: "replaced", links_changed: "links_changed" };
    this.leave(gates[reason] ?? "removed");
  }

  /** @param {string} reason */
  #closed(reason) {
    // The server comes back after a restart; until then the page behaves as when offline.
    if (reason === "shutdown") {
      this.#notices.show(strings.stopping);
      return;
    }
    this.#store.forgetVisit(this.#place.sessionId);
    this.leave(reason === "expired" ? "expired" : "closed");
  }

  /**
   * @param {GateState} state
   * @param {string} [problem]
   */
  #show(state, problem = "") {
    const { title } = this.#place;
    const name = this.#asked ? undefined : this.#store.name;
    this.#gate.show(state, { name, problem, title, hasCode: this.#hasCode() });
  }
}
