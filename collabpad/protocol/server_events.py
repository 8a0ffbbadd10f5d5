"""What the server sends: every event with its payload.

To add an event, write its payload and its `ServerEvent` here, and its row in docs/protocol.md.
`Room.emit` takes a `ServerEvent` and a payload of its type, so mypy refuses a wrong or missing
field. scripts/wire_types.py makes the page's types from these classes.
"""

# Annotations are evaluated: TypedDict would compile each one that is a string, at every start.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, NotRequired, TypedDict, TypeVar

from .answers import JoinAnswer
from .enums import (
    Action,
    Activity,
    ClosingReason,
    JoinPolicy,
    RemovalReason,
    RunPolicy,
    Stream,
    WriteMode,
)
from .views import (
    ChatMessage,
    Cursor,
    ParticipantView,
    Person,
    RotationView,
    RunOutcome,
    TextRange,
    WireError,
)

Payload = TypeVar("Payload", bound=Mapping[str, object])


@dataclass(frozen=True, slots=True)
class ServerEvent(Generic[Payload]):
    """An event by its name on the wire, and the type of its payload."""

    name: str
    payload: type[Payload]


# --- the text -------------------------------------------------------------------------------------


class CodeUpdate(TypedDict):
    content: str


class DocumentUpdate(TypedDict):
    update: str  # base64
    seq: int


class PresenceUpdate(TypedDict):
    participant_id: str
    cursor: Cursor | None
    tab: NotRequired[int]  # which of their tabs it is


CODE_UPDATE: Final = ServerEvent("code_update", CodeUpdate)
DOC_UPDATE: Final = ServerEvent("doc_update", DocumentUpdate)
PRESENCE: Final = ServerEvent("presence", PresenceUpdate)

# --- people ---------------------------------------------------------------------------------------


class ParticipantsUpdate(TypedDict):
    participants: dict[str, ParticipantView]
    host_id: str | None
    writer_id: str | None
    writer_ids: list[str]


class WriteRevoked(Person):
    """Of whoever took the pen, passed it on or muted them."""

    to: NotRequired[str]  # the name of who has the pen now


class Admitted(TypedDict):
    resume: str


class Removed(TypedDict):
    reason: RemovalReason


PARTICIPANTS_UPDATE: Final = ServerEvent("participants_update", ParticipantsUpdate)
WRITE_REQUESTED: Final = ServerEvent("write_requested", Person)
WRITE_REVOKED: Final = ServerEvent("write_revoked", WriteRevoked)
JOIN_REQUESTED: Final = ServerEvent("join_requested", Person)
ADMITTED: Final = ServerEvent("admitted", Admitted)
REMOVED: Final = ServerEvent("removed", Removed)

# --- chat -----------------------------------------------------------------------------------------


class ChatHistory(TypedDict):
    messages: list[ChatMessage]


CHAT_HISTORY: Final = ServerEvent("chat_history", ChatHistory)
CHAT_MESSAGE: Final = ServerEvent("chat_message", ChatMessage)

# --- the session ----------------------------------------------------------------------------------


class SessionUpdate(TypedDict, total=False):
    """The fields of `SessionView` that have changed."""

    session_id: str
    view_id: str
    may: Sequence[Action]
    title: str
    language: str
    write_mode: WriteMode
    run_policy: RunPolicy
    join_policy: JoinPolicy
    passcode_set: bool
    acting: bool
    saving: bool
    rotation: RotationView | None
    pen_since: str | None
    waiting: list[Person]


class Joined(JoinAnswer):
    """The acknowledgement of a join that asked for none."""

    ok: Literal[True]


class SessionClosed(TypedDict):
    reason: ClosingReason


class SessionError(WireError):
    event: str


SESSION_UPDATE: Final = ServerEvent("session_update", SessionUpdate)
SESSION_CLOSED: Final = ServerEvent("session_closed", SessionClosed)
SESSION_ERROR: Final = ServerEvent("session_error", SessionError)
JOINED: Final = ServerEvent("joined", Joined)

# --- runs -----------------------------------------------------------------------------------------


class RunQueued(TypedDict):
    run_id: str
    participant_id: str
    before: int  # how many runs come first


class RunStarted(TypedDict):
    run_id: str
    participant_id: str
    language: str
    started_at: str
    timeout: float  # seconds


class RunWaiting(TypedDict):
    run_id: str
    waiting: bool  # for input


class RunOutput(TypedDict):
    run_id: str
    stream: Stream
    data: str
    pieces: NotRequired[Sequence[tuple[Stream, int]]]  # the order of what follows with it


class RunFinished(RunOutcome):
    unanswered: NotRequired[bool]  # it waited for input for too long


RUN_QUEUED: Final = ServerEvent("run_queued", RunQueued)
RUN_STARTED: Final = ServerEvent("run_started", RunStarted)
RUN_WAITING: Final = ServerEvent("run_waiting", RunWaiting)
RUN_OUTPUT: Final = ServerEvent("run_output", RunOutput)
RUN_FINISHED: Final = ServerEvent("run_finished", RunFinished)

# --- awareness ------------------------------------------------------------------------------------


class RotationSoon(Person):
    """Of whoever gets the pen next."""

    seconds: int
    idle: NotRequired[bool]


class Pointed(TypedDict):
    participant_id: str
    range: TextRange


class ActivityUpdate(TypedDict):
    participant_id: str
    state: Activity


ROTATION_SOON: Final = ServerEvent("rotation_soon", RotationSoon)
GATHERING: Final = ServerEvent("gathering", Person)
POINTED: Final = ServerEvent("pointed", Pointed)
ACTIVITY: Final = ServerEvent("activity", ActivityUpdate)


SERVER_EVENTS: Final = {
    each.name: each for each in tuple(globals().values()) if isinstance(each, ServerEvent)
}
