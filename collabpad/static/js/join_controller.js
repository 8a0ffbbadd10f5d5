import { strings } from "./strings.js";

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {import("./connection.js").Credentials} Credentials
 * @typedef {import("./join_dialog.js").JoinDialog} JoinDialog
 * @typedef {import("./join_dialog.js").JoinState} JoinState
 *
 * @typedef {import("./identity.js").Identity} Identity
 *
 * @typedef {object} Place  the page's session
 * @property {string} sessionId
 * @property {string} title
 */

/** In these states a token that another tab gets lets this page in. @type {JoinState[]} */
const OUTSIDE = ["name", "passcode", "waiting", "full", "busy", "crowd"];
/** Spreads the retries of people who were asked to wait. */
const SPREAD_MS = 2000;

/** @type {Readonly<Record<string, JoinState>>} state by error code */
const JOIN_STATES = Object.freeze({
  passcode_required: "passcode",
  waiting: "waiting",
  session_full: "full",
  unknown_session: "unknown",
  rate_limited: "busy",
  busy: "busy",
  forbidden: "locked",
});

/** Joins the session: chooses the credentials, handles refusals, and shows why you are out. */
export class JoinController {
  #connection;
  #joinDialog;
  #identity;
  #joinLock;
  #notices;
  #place;
  #hasCode;
  #asksPasscode;
  /** Not stored: after the join the resume token replaces it. */
  #passcode = "";
  #asked = false;
  /** The page was opened by the host link. */
  #byHostLink;
  /** Token and key were refused together. The next join shows which was wrong. */
  #doubtsKey = false;
  /** @type {string | null} the token that this page joined with */
  #token = null;

  /**
   * @param {Connection} connection
   * @param {JoinDialog} joinDialog
   * @param {Identity} identity
   * @param {import("./notices.js").Notices} notices
   * @param {Place} place
   * @param {{byHostLink: boolean, hasCode: () => boolean, asksPasscode: boolean, joinLock:
   *   import("./join_lock.js").JoinLock}} options  `hasCode`: whether there is code to download;
   *   `asksPasscode`: whether newcomers need a passcode
   */
  constructor(
    connection,
    joinDialog,
    identity,
    notices,
    place,
    { byHostLink, hasCode, asksPasscode, joinLock },
  ) {
    this.#connection = connection;
    this.#joinDialog = joinDialog;
    this.#identity = identity;
    this.#joinLock = joinLock;
    this.#notices = notices;
    this.#place = place;
    this.#byHostLink = byHostLink;
    this.#hasCode = hasCode;
    this.#asksPasscode = asksPasscode;
    connection.on("nameRequired", () => this.#show(this.#nameState()));
    connection.on("refused", (refusal) => this.#refused(refusal));
    connection.on("joined", (ack) => this.#joined(ack));
    connection.on("admitted", ({ resume }) => this.#admitted(resume));
    connection.on("removed", ({ reason }) => this.#removed(reason));
    connection.on("session_closed", ({ reason }) => this.#closed(reason));
    identity.onOtherTabJoined(() => {
      if (joinDialog.state !== null && OUTSIDE.includes(joinDialog.state)) connection.start();
    });
  }

  /**
   * The host key makes you the host, so a rejoin sends it only if you were the host. A reload must
   * not undo that you made somebody else the host, and joining as somebody else from the host's
   * browser does not make you the host.
   * @returns {Credentials} for the next join
   */
  credentials() {
    const { separate, name, resume, hosting, hostKey, tab } = this.#identity;
    const claims =
      !this.#doubtsKey && ((resume === null && !separate) || this.#byHostLink || hosting);
    return {
      name: name || null,
      resume,
      host_key: claims ? hostKey : null,
      passcode: this.#passcode || null,
      tab,
    };
  }

  /**
   * The button of the join dialog was pressed.
   * @param {JoinState} state
   * @param {import("./join_dialog.js").Answers} answers
   */
  enter(state, { name, passcode }) {
    if (state === "name" || state === "passcode") this.#identity.name = name;
    this.#passcode = passcode;
    this.#asked = true;
    this.#connection.start();
  }

  /** The host link was opened on this page. */
  claimSeat() {
    this.#byHostLink = true;
    this.#connection.rejoin();
  }

  /** @param {JoinState} state */
  leave(state) {
    this.#connection.stop();
    this.#show(state);
  }

  /** @param {import("./protocol.js").JoinAck} ack */
  #joined({ resume, session }) {
    this.#joinLock.release();
    this.#passcode = "";
    this.#byHostLink = false;
    if (this.#doubtsKey) this.#dropKey();
    this.#place.title = session.title;
    // A rejoin on the same connection brings no new token.
    if (resume) this.#identity.saveToken(resume);
    this.#token = this.#identity.resume;
    this.#joinDialog.hide();
  }

  /** @param {string} resume */
  #admitted(resume) {
    this.#identity.saveToken(resume);
    this.#connection.rejoin();
  }

  /** @param {import("./protocol.js").WireError & {sent: Credentials}} refusal */
  #refused({ code, message, retry_after, sent }) {
    this.#joinLock.release();
    if (code === "forbidden" && (sent.resume !== null || sent.host_key !== null)) {
      this.#doubt(sent);
      this.#connection.rejoin();
    } else if (code === "rate_limited" && retry_after !== undefined) {
      this.#show("crowd");
      const wait = retry_after * 1000 + Math.random() * SPREAD_MS;
      setTimeout(() => this.#joinDialog.state === "crowd" && this.#connection.start(), wait);
    } else if (code === "bad_request") {
      // Only the name can be wrong.
      this.#show(this.#nameState(), message);
    } else {
      const wrong = code === "passcode_required" && sent.passcode !== null;
      const problem = Object.hasOwn(JOIN_STATES, code) ? "" : message;
      this.#show(
        JOIN_STATES[code] ?? "trouble",
        wrong ? strings.joinDialog.passcode.wrong : problem,
      );
    }
  }

  /** @param {Credentials} sent  the refused credentials: token, key or both are wrong */
  #doubt({ resume, host_key }) {
    const both = resume !== null && host_key !== null;
    if (!both && resume !== null) this.#identity.forgetToken(resume);
    if (!both && host_key !== null) this.#dropKey();
    this.#doubtsKey = both;
  }

  #dropKey() {
    this.#doubtsKey = false;
    this.#byHostLink = false;
    this.#identity.dropHostKey();
    this.#notices.show(strings.joinDialog.staleHostLink);
  }

  /** @param {string} reason */
  #removed(reason) {
    if (reason !== "replaced") this.#identity.forgetToken(this.#token);
    /** @type {JoinState[]} */
    const reasons = ["refused", "replaced", "left", "links_changed"];
    this.leave(reasons.find((each) => each === reason) ?? "removed");
  }

  /** @param {string} reason */
  #closed(reason) {
    // Until the server is back the page behaves as if offline.
    if (reason === "shutdown") {
      this.#notices.show(strings.stopping);
      return;
    }
    this.#identity.sessionEnded();
    this.leave(reason === "expired" ? "expired" : "closed");
  }

  /** @returns {JoinState} asks for name and passcode at once if both are needed */
  #nameState() {
    const { resume, host_key } = this.credentials();
    return this.#asksPasscode && resume === null && host_key === null ? "passcode" : "name";
  }

  /**
   * @param {JoinState} state
   * @param {string} [problem]
   */
  #show(state, problem = "") {
    const { title } = this.#place;
    const name = this.#asked ? undefined : this.#identity.name;
    this.#joinDialog.show(state, { name, problem, title, hasCode: this.#hasCode() });
  }
}
