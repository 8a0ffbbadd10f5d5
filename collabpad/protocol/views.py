"""The objects that several events and answers hold.

A comment beside a field goes into the page's types; a string in `Annotated` does, and into the
description of the HTTP API.
"""

# Annotations are evaluated: TypedDict would compile each one that is a string, at every start.

from collections.abc import Sequence
from typing import Annotated, NotRequired, TypedDict

from .enums import (
    Action,
    JoinPolicy,
    MessageKind,
    Obstacle,
    ParticipantRole,
    RunPolicy,
    Stream,
    Verdict,
    WriteMode,
)


class WireError(TypedDict):
    code: str
    message: str
    retry_after: NotRequired[float]  # seconds after which the same may be sent again


class Person(TypedDict):
    participant_id: str
    name: str


class ParticipantView(TypedDict):
    id: str
    name: str
    color: str
    role: ParticipantRole
    can_write: bool
    can_take_over: bool  # be given the pen, a turn or the seat
    online: bool
    joined_at: str
    wants_write: str | None  # when they asked for the pen
    holds_key: bool  # came by the host link once


class ChatMessage(TypedDict):
    id: int
    participant_id: str | None
    name: str
    message: str
    timestamp: str  # ISO 8601, UTC
    kind: MessageKind


class TextRange(TypedDict):
    """Where in the text, as Yjs relative positions in JSON."""

    anchor: object
    head: object


class Cursor(TextRange):
    others: NotRequired[list[TextRange]]  # the rest of a multiple selection


class OutputPiece(TypedDict):
    stream: Stream
    data: str


class CurrentRunView(TypedDict):
    run_id: str
    participant_id: str
    language: str
    started_at: str | None  # null while it waits for its turn
    timeout: float  # seconds
    waiting: bool  # for input
    output: list[OutputPiece]  # so far


class RunOutcome(TypedDict):
    """How a run ended."""

    run_id: str
    exit_code: int | None
    signal: str | None
    verdict: Verdict
    duration_ms: int
    truncated: bool
    sandbox: str


class PastRun(RunOutcome):
    """One line of the list of runs."""

    participant_id: str
    name: str
    started_at: str
    seq: int  # the document's, when it began
    language: str
    selection: bool  # only a part of the document was run
    first_line: str


class PastRunOutput(PastRun):
    output: list[OutputPiece]


class PastRunDetails(PastRunOutput):
    code: str | None  # null where that was forgotten
    stdin: str | None


class LanguageView(TypedDict):
    id: str
    title: str
    aliases: Annotated[Sequence[str], "Other names that are taken for the ID."]
    endings: Annotated[Sequence[str], "Of file names; the first one is for downloads."]
    mode: str  # of the page's editor
    indent: Annotated[int, "Spaces of one step; 0 is a tab."]
    runnable: bool
    reason: NotRequired[Obstacle]  # why it cannot be run here


class SandboxView(TypedDict):
    name: str
    isolated: bool


class LimitsView(TypedDict):
    """Bytes, but for `message` (characters) and `participants`."""

    document: int
    state: int
    update: int
    frame: int
    message: int
    run_output: int
    run_code: int
    stdin: int
    participants: int


class RotationView(TypedDict):
    """The pen's way from hand to hand."""

    minutes: int  # of each turn
    next_id: str | None
    remaining: float  # seconds, as this was sent
    paused: bool  # for whatever reason
    held: bool  # by the host
    order: list[str]  # participant IDs; whom it does not name follows as they joined


class PublicIds(TypedDict):
    session_id: str  # for a viewer the view ID
    view_id: NotRequired[str]


class SessionView(PublicIds):
    may: Sequence[Action]  # what this person may do
    title: str
    language: str
    write_mode: WriteMode
    run_policy: RunPolicy
    join_policy: JoinPolicy
    passcode_set: bool
    acting: bool  # the host has the seat without the host key: some things are not theirs
    created_at: str
    chat_cap: int
    run_timeout: float  # seconds
    limits: LimitsView
    languages: list[LanguageView]
    sandbox: SandboxView
    saving: bool  # false while the server cannot keep changes
    run: CurrentRunView | None
    rotation: RotationView | None
    pen_since: str | None
    waiting: NotRequired[list[Person]]  # who knocks; told to the host alone
