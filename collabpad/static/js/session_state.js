import { Emitter } from "./emitter.js";

/**
 * @typedef {import("./protocol.js").ParticipantView} Participant
 * @typedef {import("./protocol.js").SessionView} Session
 * @typedef {import("./protocol.js").Activity} ActivityState
 * @typedef {import("./protocol.js").Action} Action
 * @typedef {"off" | "host" | "writers" | "viewer" | "language"} RunObstacle
 */

/** @type {Readonly<Record<import("./protocol.js").RunPolicy, RunObstacle>>} why some may not run */
const NOT_RUN = Object.freeze({
  off: "off",
  host: "host",
  writers: "writers",
  everyone: "viewer",
});

/**
 * What this page knows of its session: who is here, and what its person may do. No DOM, no wire.
 *
 * @extends {Emitter<{change: void}>}
 */
export class SessionState extends Emitter {
  #myId = "";
  /** @type {Session | null} */
  #session = null;
  /** @type {Record<string, Participant>} */
  #participants = {};
  /** @type {string | null} */
  #hostId = null;
  /** @type {string | null} */
  #writerId = null;
  /** @type {Map<string, ActivityState>} of those who are here and not active */
  #activity = new Map();

  /** @param {{participant_id: string, session: Session}} ack */
  joined({ participant_id, session }) {
    this.#myId = participant_id;
    this.#activity.clear();
    this.#session = session;
    this.emit("change", undefined);
  }

  /** @param {import("./protocol.js").ParticipantsUpdate} roster */
  updateRoster(roster) {
    this.#participants = roster.participants;
    this.#hostId = roster.host_id;
    this.#writerId = roster.writer_id;
    for (const id of this.#activity.keys()) {
      if (!roster.participants[id]?.online) this.#activity.delete(id);
    }
    this.emit("change", undefined);
  }

  /** @param {Partial<Session>} changed */
  updateSession(changed) {
    if (!this.#session) return;
    this.#session = { ...this.#session, ...changed };
    // What somebody may do comes just before what it follows from: both are shown at once.
    if (Object.keys(changed).join() !== "may") this.emit("change", undefined);
  }

  /** @param {{participant_id: string, state: ActivityState}} news */
  setActivity({ participant_id, state }) {
    if (state === "active") this.#activity.delete(participant_id);
    else this.#activity.set(participant_id, state);
    this.emit("change", undefined);
  }

  /** Throws before the first join: nothing can be asked of a session that is not known. */
  get session() {
    if (!this.#session) throw new Error("not joined yet");
    return this.#session;
  }

  get known() {
    return this.#session !== null;
  }

  /** @returns {Participant | undefined} */
  get me() {
    return this.#participants[this.#myId];
  }

  /** Whether the server keeps what changes. */
  get saving() {
    return this.#session?.saving !== false;
  }

  get isHost() {
    return this.#myId !== "" && this.#hostId === this.#myId;
  }

  /** What the server lets this person do: it alone knows the rules. */
  get permissions() {
    return this.#session?.may ?? [];
  }

  /** @param {Action} action */
  may(action) {
    return this.permissions.includes(action);
  }

  get isViewer() {
    return this.me?.role === "viewer";
  }

  get handoff() {
    return this.#session?.write_mode !== "open";
  }

  get hasPen() {
    return this.handoff && this.#writerId !== null && this.#writerId === this.#myId;
  }

  /** @returns {Participant | undefined} */
  get penHolder() {
    return this.handoff && this.#writerId !== null ? this.#participants[this.#writerId] : undefined;
  }

  /** @returns {Participant[]} in the order in which they joined, those who are away last */
  get people() {
    return Object.values(this.#participants).sort(
      (a, b) => Number(b.online) - Number(a.online) || (a.joined_at < b.joined_at ? -1 : 1),
    );
  }

  /** @returns {Participant[]} everybody else who is here */
  get others() {
    return this.people.filter((person) => person.online && !this.isMe(person));
  }

  /** @returns {Participant | undefined} who has the seat after this host has left */
  get successor() {
    return this.others.find((person) => person.can_take_over);
  }

  /** @returns {Participant | undefined} who has the pen after its holder, who is not host, has left */
  get penHeir() {
    const host = this.person(this.#hostId);
    if (host?.online) return host;
    const asking = this.others.filter((person) => person.wants_write !== null);
    return asking.sort((a, b) => ((a.wants_write ?? "") < (b.wants_write ?? "") ? -1 : 1))[0];
  }

  /** Whether this person can bring the others to their caret, and there is somebody to bring. */
  get mayGather() {
    return this.may("gather") && this.others.length > 0;
  }

  /** @returns {Participant[]} who asks to write of somebody who can allow it here, first first */
  get requests() {
    if (!this.may("grant_write")) return [];
    return this.people
      .filter((person) => person.wants_write !== null && person.online && !this.isMe(person))
      .sort((a, b) => ((a.wants_write ?? "") < (b.wants_write ?? "") ? -1 : 1));
  }

  /**
   * Whether it makes sense to ask for the pen, or, muted in `open` mode, to write again: a host
   * takes the pen without asking.
   */
  get mayAsk() {
    const needless = this.may("write") || this.may("revoke_write") || this.hasAsked;
    return this.may("request_write") && !needless;
  }

  get hasAsked() {
    return (this.me?.wants_write ?? null) !== null;
  }

  /** The document's language, which the server always lists. */
  get language() {
    const { languages, language } = this.session;
    const found = languages.find(({ id }) => id === language);
    return /** @type {import("./protocol.js").LanguageView} */ (found);
  }

  /** @returns {RunObstacle | null} why this person cannot run now */
  get runObstacle() {
    const { run_policy: policy, sandbox } = this.session;
    if (sandbox.name === "off") return "off";
    if (!this.may("run")) return policy !== "off" && this.isViewer ? "viewer" : NOT_RUN[policy];
    return this.language.runnable ? null : "language";
  }

  /** @param {{participant_id: string}} run */
  isMine(run) {
    return run.participant_id === this.#myId;
  }

  /** @param {{participant_id: string}} run */
  mayStop(run) {
    return this.may(this.isMine(run) ? "stop_own_run" : "stop_any_run");
  }

  /** @param {{participant_id: string}} run */
  mayFeed(run) {
    return this.may(this.isMine(run) ? "feed_own_run" : "feed_any_run");
  }

  /** @param {Participant} person */
  mayGivePenTo(person) {
    const able = person.online && person.can_take_over && !person.can_write;
    return this.handoff && this.may("grant_write") && able;
  }

  /** @param {Participant} person */
  mayRemove(person) {
    return !this.isMe(person) && this.may(person.holds_key ? "remove_key_holder" : "remove");
  }

  /** @param {Participant} person */
  mayMute(person) {
    return !this.handoff && this.may("revoke_write") && person.can_take_over;
  }

  /** @param {Participant} person */
  mayMakeHost(person) {
    return this.may("transfer_host") && person.online && person.can_take_over;
  }

  /** @param {Participant} person */
  maySkip(person) {
    const may = this.may(this.isMe(person) ? "skip_own_turn" : "skip_any_turn");
    return may && person.online && !person.can_write;
  }

  /** @param {Participant} person */
  isMe(person) {
    return person.id === this.#myId;
  }

  /** @param {Participant} person */
  isHostSeat(person) {
    return person.id === this.#hostId;
  }

  /**
   * @param {Participant} person
   * @returns {ActivityState | "offline"}
   */
  activityOf(person) {
    if (!person.online) return "offline";
    return this.#activity.get(person.id) ?? "active";
  }

  /** @param {string | null} id @returns {Participant | undefined} */
  person(id) {
    return id === null ? undefined : this.#participants[id];
  }
}
