/**
 * The wire on one screen: events, payloads and error codes of protocol version 1.
 *
 * @typedef {"host" | "participant" | "viewer"} Role
 * @typedef {"handoff" | "open"} WriteMode
 * @typedef {"host" | "writers" | "everyone" | "off"} RunPolicy
 * @typedef {"open" | "approve" | "locked"} JoinPolicy
 * @typedef {"stdout" | "stderr" | "stdin"} Stream
 * @typedef {"ok" | "error" | "timeout" | "output_limit" | "memory_limit" | "killed" | "stopped"
 *   | "failed"} Verdict
 *
 * @typedef {object} Participant
 * @property {string} id
 * @property {string} name
 * @property {string} color
 * @property {Role} role
 * @property {boolean} can_write
 * @property {boolean} online
 * @property {string} joined_at
 * @property {string | null} wants_write  when they asked for the pen
 * @property {boolean} holds_key  came by the host link once
 *
 * @typedef {object} Roster
 * @property {Record<string, Participant>} participants
 * @property {string | null} host_id
 * @property {string | null} writer_id
 * @property {string[]} writer_ids
 *
 * @typedef {"not_installed" | "too_old" | "off" | "no_program"} LanguageObstacle
 * @typedef {object} LanguageOption
 * @property {string} id
 * @property {string} title
 * @property {string[]} aliases  other names that the server takes for the ID
 * @property {string[]} endings  of file names, the one for downloads first
 * @property {string} mode  of languages.js
 * @property {number} indent  spaces of one step; 0 is a tab
 * @property {boolean} runnable
 * @property {LanguageObstacle} [reason]
 *
 * @typedef {{name: string, isolated: boolean}} SandboxInfo
 * @typedef {"active" | "idle" | "away"} ActivityState
 *
 * @typedef {object} Rotation  the pen's way from hand to hand
 * @property {number} minutes  of each turn
 * @property {string | null} next_id
 * @property {number} remaining  seconds, as this was sent
 * @property {boolean} paused  for whatever reason
 * @property {boolean} held  by the host
 * @property {string[]} order  participant IDs; whom it does not name follows as they joined
 *
 * @typedef {{participant_id: string, name: string}} Person
 *
 * @typedef {object} RunQueued
 * @property {string} run_id
 * @property {string} participant_id
 * @property {number} before  how many runs come first
 *
 * @typedef {object} RunStarted
 * @property {string} run_id
 * @property {string} participant_id
 * @property {string} language
 * @property {string} started_at
 * @property {number} timeout  seconds
 *
 * @typedef {object} RunOutput
 * @property {string} run_id
 * @property {Stream} stream
 * @property {string} data
 * @property {[Stream, number][]} [pieces]  the order of what this and the next events hold
 *
 * @typedef {object} RunFinished
 * @property {string} run_id
 * @property {number | null} exit_code
 * @property {string | null} signal
 * @property {Verdict} verdict
 * @property {number} duration_ms
 * @property {boolean} truncated
 * @property {string} sandbox
 * @property {boolean} [unanswered]  it waited for input for too long
 *
 * @typedef {Omit<RunStarted, "started_at"> & {started_at: string | null, waiting: boolean,
 *   output: {stream: Stream, data: string}[]}} CurrentRun
 *
 * @typedef {RunFinished & {participant_id: string, name: string, started_at: string,
 *   seq: number, language: string, selection: boolean, first_line: string}} PastRunFacts
 *   `selection`: a part was run
 * @typedef {PastRunFacts & {output: {stream: Stream, data: string}[]}} LastRun
 * @typedef {LastRun & {code: string | null, stdin: string | null}} PastRun  `code` is null where
 *   that was forgotten
 *
 * @typedef {object} Session
 * @property {string} session_id  for a viewer the view ID
 * @property {string} [view_id]
 * @property {string} title
 * @property {string} language
 * @property {WriteMode} write_mode
 * @property {RunPolicy} run_policy
 * @property {JoinPolicy} join_policy
 * @property {boolean} passcode_set
 * @property {boolean} acting  the host has the seat without the host key: some things are not theirs
 * @property {string} created_at
 * @property {number} run_timeout
 * @property {LanguageOption[]} languages
 * @property {SandboxInfo} sandbox
 * @property {{document: number}} limits  bytes of UTF-8
 * @property {boolean} saving  false while the server cannot keep changes
 * @property {CurrentRun | null} run
 * @property {Rotation | null} rotation
 * @property {string | null} pen_since
 * @property {Person[]} [waiting]  who knocks; told to the host alone
 *
 * @typedef {object} ChatMessage
 * @property {string | number} id
 * @property {string | null} participant_id
 * @property {string} name
 * @property {string} message
 * @property {string} timestamp  ISO 8601, UTC
 * @property {"chat" | "system"} kind
 *
 * @typedef {{anchor: unknown, head: unknown}} Range  Yjs relative positions as JSON
 * @typedef {Range & {others?: Range[]}} Cursor  `others`: the rest of a multiple selection
 * @typedef {{code: string, message: string, retry_after?: number}} WireError  `retry_after`: the
 *   seconds after which the same may be sent again
 * @typedef {{ok: boolean, error?: WireError, [field: string]: unknown}} Ack
 *
 * @typedef {object} JoinAck
 * @property {string} participant_id
 * @property {string} [resume]  left out when the same connection joins again
 * @property {Session} session
 * @property {string} update  what this page lacks; base64
 * @property {string} state_vector  what the server has; base64
 *
 * @typedef {object} ServerEvents  what the server says by itself, by event name
 * @property {{update: string, seq: number}} doc_update
 * @property {Roster} participants_update
 * @property {{participant_id: string, cursor: Cursor | null, tab?: number}} presence  `tab`: which
 *   of their tabs it is
 * @property {{messages: ChatMessage[]}} chat_history
 * @property {ChatMessage} chat_message
 * @property {Person} write_requested
 * @property {Person & {to?: string}} write_revoked  by whom; `to`: the name of who has the pen now
 * @property {Person} join_requested
 * @property {{resume: string}} admitted
 * @property {Partial<Session>} session_update
 * @property {RunQueued} run_queued
 * @property {RunStarted} run_started
 * @property {{run_id: string, waiting: boolean}} run_waiting  for input
 * @property {RunOutput} run_output
 * @property {RunFinished} run_finished
 * @property {Person & {seconds: number, idle?: boolean}} rotation_soon  who gets the pen
 * @property {Person} gathering
 * @property {{participant_id: string, range: Range}} pointed
 * @property {{participant_id: string, state: ActivityState}} activity
 * @property {{reason: string}} removed
 * @property {{reason: string}} session_closed
 */

/** @type {readonly (keyof ServerEvents)[]} */
export const SERVER_EVENTS = Object.freeze([
  "doc_update",
  "participants_update",
  "presence",
  "chat_history",
  "chat_message",
  "write_requested",
  "write_revoked",
  "join_requested",
  "admitted",
  "session_update",
  "run_queued",
  "run_started",
  "run_waiting",
  "run_output",
  "run_finished",
  "rotation_soon",
  "gathering",
  "pointed",
  "activity",
  "removed",
  "session_closed",
]);

/** The Y.Text of the Yjs document that is the session's text. */
export const TEXT_NAME = "content";

/** The update is in the document, but the server could not keep it: its disk is full. */
export const NOT_SAVED = "not_saved";
/** After these the same update is sent again, before any other. */
export const RETRY_CODES = new Set(["rate_limited", "busy", NOT_SAVED]);

/** Carets of a multiple selection that are told beside the main one. */
export const MOST_CARETS = 50;

/** Characters. */
export const NAME_LENGTH = 40;
export const MESSAGE_LENGTH = 4000;

/** The server takes 20 presence events a second from one page. */
export const PRESENCE_INTERVAL_MS = 80;

/** The most that a decoded `doc_update` may have; merging stops well before. */
export const UPDATE_BYTES = 2 * 1024 * 1024;
export const MERGE_BYTES = 1024 * 1024;

/** What a request is refused with; `code` as in the protocol. */
export class Refused extends Error {
  /** @param {WireError} error */
  constructor(error) {
    super(error.message);
    this.code = error.code;
  }
}

/** The connection went away, or stayed silent, before an answer came. */
export class Unanswered extends Error {}
