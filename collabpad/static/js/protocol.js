/**
 * The wire on one screen, made from collabpad/protocol by scripts/wire_types.py.
 *
 * @typedef {object} DocumentUpdate
 * @property {string} update  base64
 * @property {number} seq
 *
 * @typedef {object} TextRange  where in the text, as Yjs relative positions in JSON
 * @property {unknown} anchor
 * @property {unknown} head
 *
 * @typedef {TextRange & {others?: TextRange[]}} Cursor  `others`: the rest of a multiple selection
 *
 * @typedef {object} PresenceUpdate
 * @property {string} participant_id
 * @property {Cursor | null} cursor
 * @property {number} [tab]  which of their tabs it is
 *
 * @typedef {"host" | "participant" | "viewer"} ParticipantRole
 *
 * @typedef {object} ParticipantView
 * @property {string} id
 * @property {string} name
 * @property {string} color
 * @property {ParticipantRole} role
 * @property {boolean} can_write
 * @property {boolean} can_take_over  be given the pen, a turn or the seat
 * @property {boolean} online
 * @property {string} joined_at
 * @property {string | null} wants_write  when they asked for the pen
 * @property {boolean} holds_key  came by the host link once
 *
 * @typedef {object} ParticipantsUpdate
 * @property {Record<string, ParticipantView>} participants
 * @property {string | null} host_id
 * @property {string | null} writer_id
 * @property {string[]} writer_ids
 *
 * @typedef {object} Person
 * @property {string} participant_id
 * @property {string} name
 *
 * @typedef {Person & {to?: string}} WriteRevoked  of whoever took the pen, passed it on or muted
 *   them; `to`: the name of who has the pen now
 *
 * @typedef {object} Admitted
 * @property {string} resume
 *
 * @typedef {"removed" | "refused" | "replaced" | "links_changed" | "left"} RemovalReason
 *
 * @typedef {object} Removed
 * @property {RemovalReason} reason
 *
 * @typedef {"chat" | "system"} MessageKind
 *
 * @typedef {object} ChatMessage
 * @property {number} id
 * @property {string | null} participant_id
 * @property {string} name
 * @property {string} message
 * @property {string} timestamp  ISO 8601, UTC
 * @property {MessageKind} kind
 *
 * @typedef {object} ChatHistory
 * @property {ChatMessage[]} messages
 *
 * @typedef {"write" | "request_write" | "release_write" | "grant_write" | "revoke_write" |
 *   "take_over" | "transfer_host" | "set_rotation" | "rotation_next" | "skip_own_turn" |
 *   "skip_any_turn" | "run" | "feed_own_run" | "feed_any_run" | "stop_own_run" | "stop_any_run" |
 *   "read_runs" | "chat" | "rename" | "show_cursor" | "point" | "gather" | "invite" | "admit" |
 *   "remove" | "remove_key_holder" | "set_language" | "set_options" | "set_passcode" | "lock" |
 *   "rotate_links" | "close_session"} Action
 *
 * @typedef {"handoff" | "open"} WriteMode
 *
 * @typedef {"host" | "writers" | "everyone" | "off"} RunPolicy
 *
 * @typedef {"open" | "approve" | "locked"} JoinPolicy
 *
 * @typedef {object} RotationView  the pen's way from hand to hand
 * @property {number} minutes  of each turn
 * @property {string | null} next_id
 * @property {number} remaining  seconds, as this was sent
 * @property {boolean} paused  for whatever reason
 * @property {boolean} held  by the host
 * @property {string[]} order  participant IDs; whom it does not name follows as they joined
 *
 * @typedef {object} SessionUpdate  the fields of `SessionView` that have changed
 * @property {string} [session_id]
 * @property {string} [view_id]
 * @property {Action[]} [may]
 * @property {string} [title]
 * @property {string} [language]
 * @property {WriteMode} [write_mode]
 * @property {RunPolicy} [run_policy]
 * @property {JoinPolicy} [join_policy]
 * @property {boolean} [passcode_set]
 * @property {boolean} [acting]
 * @property {boolean} [saving]
 * @property {RotationView | null} [rotation]
 * @property {string | null} [pen_since]
 * @property {Person[]} [waiting]
 *
 * @typedef {"closed" | "expired" | "shutdown"} ClosingReason
 *
 * @typedef {object} SessionClosed
 * @property {ClosingReason} reason
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
 * @typedef {object} RunWaiting
 * @property {string} run_id
 * @property {boolean} waiting  for input
 *
 * @typedef {"stdout" | "stderr" | "stdin"} Stream
 *
 * @typedef {object} RunOutput
 * @property {string} run_id
 * @property {Stream} stream
 * @property {string} data
 * @property {[Stream, number][]} [pieces]  the order of what follows with it
 *
 * @typedef {"ok" | "error" | "timeout" | "output_limit" | "memory_limit" | "killed" | "stopped" |
 *   "failed"} Verdict
 *
 * @typedef {object} RunOutcome  how a run ended
 * @property {string} run_id
 * @property {number | null} exit_code
 * @property {string | null} signal
 * @property {Verdict} verdict
 * @property {number} duration_ms
 * @property {boolean} truncated
 * @property {string} sandbox
 *
 * @typedef {RunOutcome & {unanswered?: boolean}} RunFinished  `unanswered`: it waited for input for
 *   too long
 *
 * @typedef {Person & {seconds: number, idle?: boolean}} RotationSoon  of whoever gets the pen next
 *
 * @typedef {object} Pointed
 * @property {string} participant_id
 * @property {TextRange} range
 *
 * @typedef {"active" | "idle" | "away"} Activity
 *
 * @typedef {object} ActivityUpdate
 * @property {string} participant_id
 * @property {Activity} state
 *
 * @typedef {"join" | "view" | "both"} Which
 *
 * @typedef {object} PublicIds
 * @property {string} session_id  for a viewer the view ID
 * @property {string} [view_id]
 *
 * @typedef {object} LimitsView  bytes, but for `message` (characters) and `participants`
 * @property {number} document
 * @property {number} state
 * @property {number} update
 * @property {number} frame
 * @property {number} message
 * @property {number} run_output
 * @property {number} run_code
 * @property {number} stdin
 * @property {number} participants
 *
 * @typedef {"no_program" | "off" | "not_installed" | "too_old"} Obstacle
 *
 * @typedef {object} LanguageView
 * @property {string} id
 * @property {string} title
 * @property {string[]} aliases  other names that are taken for the ID
 * @property {string[]} endings  of file names; the first one is for downloads
 * @property {string} mode  of the page's editor
 * @property {number} indent  spaces of one step; 0 is a tab
 * @property {boolean} runnable
 * @property {Obstacle} [reason]  why it cannot be run here
 *
 * @typedef {object} SandboxView
 * @property {string} name
 * @property {boolean} isolated
 *
 * @typedef {object} OutputPiece
 * @property {Stream} stream
 * @property {string} data
 *
 * @typedef {object} CurrentRunView
 * @property {string} run_id
 * @property {string} participant_id
 * @property {string} language
 * @property {string | null} started_at  null while it waits for its turn
 * @property {number} timeout  seconds
 * @property {boolean} waiting  for input
 * @property {OutputPiece[]} output  so far
 *
 * @typedef {PublicIds & {may: Action[], title: string, language: string, write_mode: WriteMode,
 *   run_policy: RunPolicy, join_policy: JoinPolicy, passcode_set: boolean, acting: boolean,
 *   created_at: string, chat_cap: number, run_timeout: number, limits: LimitsView, languages:
 *   LanguageView[], sandbox: SandboxView, saving: boolean, run: CurrentRunView | null, rotation:
 *   RotationView | null, pen_since: string | null, waiting?: Person[]}} SessionView  `may`: what
 *   this person may do; `acting`: the host has the seat without the host key: some things are not
 *   theirs; `run_timeout`: seconds; `saving`: false while the server cannot keep changes;
 *   `waiting`: who knocks; told to the host alone
 *
 * @typedef {object} Welcome
 * @property {string} participant_id
 * @property {SessionView} session
 * @property {string} [update]  what a CRDT client lacks; base64
 * @property {string} [state_vector]  what the server has; base64
 *
 * @typedef {Welcome & {resume: string}} JoinAnswer
 *
 * @typedef {object} Done  nothing: `{ok: true}` says it all
 *
 * @typedef {object} EditAnswer
 * @property {number} seq
 *
 * @typedef {object} CheckAnswer
 * @property {boolean} same
 * @property {boolean} astray
 * @property {string} [update]  what this client lacks; base64
 * @property {string} [state_vector]  what the server has; base64
 *
 * @typedef {object} RenameAnswer
 * @property {string} name  the one that was free
 *
 * @typedef {object} LinksAnswer
 * @property {string} session_id
 * @property {string} view_id
 *
 * @typedef {object} RunAnswer
 * @property {string} run_id
 *
 * @typedef {RunOutcome & {participant_id: string, name: string, started_at: string, seq: number,
 *   language: string, selection: boolean, first_line: string}} PastRun  one line of the list of
 *   runs; `seq`: the document's, when it began; `selection`: only a part of the document was run
 *
 * @typedef {object} RunsAnswer
 * @property {PastRun[]} runs  the newest first
 *
 * @typedef {PastRun & {output: OutputPiece[]}} PastRunOutput
 *
 * @typedef {PastRunOutput & {code: string | null, stdin: string | null}} PastRunDetails  `code`:
 *   null where that was forgotten
 *
 * @typedef {object} PastRunAnswer
 * @property {PastRunDetails} run
 *
 * @typedef {object} LastRunAnswer
 * @property {PastRunOutput | null} run
 *
 * @typedef {object} WireError
 * @property {string} code
 * @property {string} message
 * @property {number} [retry_after]  seconds after which the same may be sent again
 *
 * @typedef {object} ServerEvents  what comes with each event of the server
 * @property {DocumentUpdate} doc_update
 * @property {PresenceUpdate} presence
 * @property {ParticipantsUpdate} participants_update
 * @property {Person} write_requested
 * @property {WriteRevoked} write_revoked
 * @property {Person} join_requested
 * @property {Admitted} admitted
 * @property {Removed} removed
 * @property {ChatHistory} chat_history
 * @property {ChatMessage} chat_message
 * @property {SessionUpdate} session_update
 * @property {SessionClosed} session_closed
 * @property {RunQueued} run_queued
 * @property {RunStarted} run_started
 * @property {RunWaiting} run_waiting
 * @property {RunOutput} run_output
 * @property {RunFinished} run_finished
 * @property {RotationSoon} rotation_soon
 * @property {Person} gathering
 * @property {Pointed} pointed
 * @property {ActivityUpdate} activity
 *
 * @typedef {object} ClientEvents  what the page sends with each event of its own
 * @property {{name?: string | null, host_key?: string | null, resume?: string | null, passcode?:
 *   string | null, state_vector?: string | null, tab?: string | boolean | null}} join_session
 * @property {{}} leave_session
 * @property {{content: string}} code_change
 * @property {{update: string}} doc_update
 * @property {{state_vector: string, hash: number}} doc_check
 * @property {{cursor: Cursor | null}} presence
 * @property {{message: string}} send_message
 * @property {{name: string}} rename
 * @property {{}} request_write
 * @property {{}} cancel_request
 * @property {{}} release_write
 * @property {{participant_id: string}} grant_write
 * @property {{participant_id: string}} revoke_write
 * @property {{participant_id: string}} transfer_host
 * @property {{participant_id: string, rotate?: boolean}} remove_participant
 * @property {{which: Which}} rotate_links
 * @property {{participant_id: string, allow: boolean}} admit
 * @property {{title?: string | null, language?: string | null, write_mode?: WriteMode | null,
 *   run_policy?: RunPolicy | null, join_policy?: JoinPolicy | null, passcode?: string | null}}
 *   update_session
 * @property {{}} close_session
 * @property {{code?: string | null, stdin?: string | null}} run_start
 * @property {{run_id: string, data: string, eof?: boolean}} run_input
 * @property {{run_id: string}} run_stop
 * @property {{}} list_runs
 * @property {{run_id: string}} get_run
 * @property {{known?: string | null}} last_run
 * @property {{minutes: number | null, paused?: boolean | null, order?: string[] | null}}
 *   set_rotation
 * @property {{}} rotation_next
 * @property {{participant_id: string}} rotation_skip
 * @property {{}} gather
 * @property {{range: TextRange}} point
 * @property {{state: Activity}} activity
 *
 * @typedef {object} Answers  what the acknowledgement of each event holds beside `ok`
 * @property {JoinAnswer} join_session
 * @property {Done} leave_session
 * @property {EditAnswer} code_change
 * @property {EditAnswer} doc_update
 * @property {CheckAnswer} doc_check
 * @property {Done} presence
 * @property {Done} send_message
 * @property {RenameAnswer} rename
 * @property {Done} request_write
 * @property {Done} cancel_request
 * @property {Done} release_write
 * @property {Done} grant_write
 * @property {Done} revoke_write
 * @property {Done} transfer_host
 * @property {Done} remove_participant
 * @property {LinksAnswer} rotate_links
 * @property {Done} admit
 * @property {Done} update_session
 * @property {Done} close_session
 * @property {RunAnswer} run_start
 * @property {Done} run_input
 * @property {Done} run_stop
 * @property {RunsAnswer} list_runs
 * @property {PastRunAnswer} get_run
 * @property {LastRunAnswer} last_run
 * @property {Done} set_rotation
 * @property {Done} rotation_next
 * @property {Done} rotation_skip
 * @property {Done} gather
 * @property {Done} point
 * @property {Done} activity
 */

/** @type {readonly (keyof ServerEvents)[]} */
export const SERVER_EVENTS = Object.freeze([
  "doc_update",
  "presence",
  "participants_update",
  "write_requested",
  "write_revoked",
  "join_requested",
  "admitted",
  "removed",
  "chat_history",
  "chat_message",
  "session_update",
  "session_closed",
  "run_queued",
  "run_started",
  "run_waiting",
  "run_output",
  "run_finished",
  "rotation_soon",
  "gathering",
  "pointed",
  "activity",
]);

// What follows is written by hand.

/**
 * @template {keyof Answers} Name
 * @typedef {({ok: true} & Answers[Name]) | {ok: false, error: WireError}} Ack
 */

/** @typedef {JoinAnswer & {update: string, state_vector: string}} JoinAck  what a CRDT client gets */

/** The Y.Text of the Yjs document that is the session's text. */
export const TEXT_NAME = "content";

/** The update is in the document, but the server could not keep it: its disk is full. */
export const NOT_SAVED = "not_saved";
/** After these the same update is sent again, before any other. */
export const RETRY_CODES = new Set(["rate_limited", "busy", NOT_SAVED]);

/** The most carets of a multiple selection that are sent beside the main one. */
export const MAX_CARETS = 50;

/** Characters of a chat message. */
export const MESSAGE_LENGTH = 4000;

/** The server takes 20 presence events a second from one page. */
export const PRESENCE_INTERVAL_MS = 80;

/** Bytes of a decoded `doc_update`; merging stops well before. */
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
