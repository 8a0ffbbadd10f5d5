"""The wire on one screen: every event of a client with its fields and their checks, and what the
server says.

Version 1 of the protocol; docs/protocol.md is its text. A client event is a frozen dataclass whose
fields carry their own check; `parse_event` builds one from what came over the wire or raises a
`Refusal`.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypedDict, TypeVar, cast

from .errors import BadRequest, TooLarge, UnknownEvent
from .invisible import hides_something, shows_something
from .settings import Limits

NAME_LENGTH: Final = 40
TITLE_LENGTH: Final = 120
PASSCODE_LENGTH: Final = 128
MOST_CARETS: Final = 50  # of one person, beside the main one
MOST_IN_ORDER: Final = 1000
"""People whose turns can be put in order; a session remembers fewer."""
LONGEST_TURN: Final = 120  # minutes
TOKEN_LENGTH: Final = 256  # IDs, keys and resume tokens; ours are far shorter
MOST_PARTS: Final = 10  # code points of which a character may be made, on the average
T = TypeVar("T")
MOST_STATE_VECTOR: Final = 256 * 1024  # of some 30,000 clients; reading one takes 100 ms
MAX_CLOCK: Final = 2**53 - 1  # the largest integer that JavaScript holds exactly


class WriteMode(StrEnum):
    HANDOFF = "handoff"
    OPEN = "open"


class RunPolicy(StrEnum):
    HOST = "host"
    WRITERS = "writers"
    EVERYONE = "everyone"
    OFF = "off"


class JoinPolicy(StrEnum):
    OPEN = "open"
    APPROVE = "approve"
    LOCKED = "locked"


class Which(StrEnum):
    JOIN = "join"
    VIEW = "view"
    BOTH = "both"


class Activity(StrEnum):
    ACTIVE = "active"
    IDLE = "idle"
    AWAY = "away"


class Unset:
    """Stands for a field that the sender left out, where null has a meaning of its own."""


UNSET: Final = Unset()

Check = Callable[[object, Limits], object]


# --- checks of single values -------------------------------------------------------------------


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequest("must be a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest("holds half of a surrogate pair") from None
    return value


def opaque(value: object, _limits: Limits) -> str:
    """An ID, key or token of ours: never interpreted, only compared."""
    text = _string(value)
    if not 0 < len(text) <= TOKEN_LENGTH:
        raise BadRequest(f"must have 1 to {TOKEN_LENGTH} characters")
    return text


_CURSOR_FIELDS: Final = frozenset({"anchor", "head", "others"})
_BIDI = frozenset(
    map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


def _line(value: object, longest: int) -> str:
    given = _string(value)
    # Normalising takes time with the square of the marks in a row: minutes for those of a frame.
    if len(given) <= MOST_PARTS * longest:
        given = unicodedata.normalize("NFC", given)
    text = given.strip()
    if not 1 <= len(text) <= longest:
        raise BadRequest(f"must have 1 to {longest} characters")
    # In all that was given: trimming takes line ends and separators away as well.
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in _BIDI for char in given):
        raise BadRequest("must not hold control, line separator or text direction characters")
    return text


def _visible_line(value: object, longest: int) -> str:
    text = _line(value, longest)
    if hides_something(text):
        raise BadRequest("must not hold invisible characters")
    if not shows_something(text):
        raise BadRequest("must not be blank")
    return text


def name(value: object, _limits: Limits) -> str:
    """A participant's name, normalised; 1 to 40 characters of one line."""
    return _visible_line(value, NAME_LENGTH)


def past_name(value: object, _limits: Limits) -> str:
    """The name of somebody who wrote or said something once, by whatever rules there were then."""
    return _line(value, NAME_LENGTH)


def title(value: object, _limits: Limits) -> str:
    return _visible_line(value, TITLE_LENGTH)


def passcode(value: object, _limits: Limits) -> str:
    return _visible_line(value, PASSCODE_LENGTH)


def given_passcode(value: object, _limits: Limits) -> str:
    """One that somebody tries: whatever was once set must be accepted."""
    return _line(value, PASSCODE_LENGTH)


def passcode_or_none(value: object, limits: Limits) -> str | None:
    return None if value is None or value == "" else passcode(value, limits)


def message(value: object, limits: Limits) -> str:
    """A chat message: not blank, no controls but newline and tab."""
    text = _string(value)
    if len(text) > limits.message:
        raise TooLarge(f"is longer than {limits.message} characters; send it in parts")
    if not text.strip():
        raise BadRequest("must not be blank")
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        raise BadRequest("must not hold control characters")
    return text


def document_text(value: object, limits: Limits) -> str:
    """A whole document, with `\\n` alone as line end."""
    text = normalize_lines(_string(value))
    if len(text) > limits.document or len(text.encode()) > limits.document:
        raise TooLarge(f"is larger than {limits.document} bytes, the most that a document may have")
    return text


def normalize_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _sized(value: object, limits: Limits, *, size: str) -> str:
    text = _string(value)
    most: int = getattr(limits, size)
    if len(text) > most or len(text.encode()) > most:
        raise TooLarge(f"is larger than {most} bytes")
    return text


run_code: Check = partial(_sized, size="run_code")
stdin: Check = partial(_sized, size="stdin")


def _base64(value: object, limits: Limits) -> bytes:
    text = _string(value)
    if len(text) > (limits.update + 2) * 4 // 3 + 4:
        raise TooLarge(f"is larger than {limits.update} bytes; send it in parts")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("must be standard base64 text") from None
    if len(data) > limits.update:
        raise TooLarge(f"is larger than {limits.update} bytes; send it in parts")
    return data


def state_vector(value: object, limits: Limits) -> bytes:
    if isinstance(value, str) and len(value) > MOST_STATE_VECTOR * 4 // 3:
        raise TooLarge(f"is larger than {MOST_STATE_VECTOR} bytes")
    return _base64(value, limits)


def crc32(value: object, _limits: Limits) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise BadRequest("must be a CRC-32, a whole number of 32 bits")
    return value


def tab(value: object, limits: Limits) -> str | bool:
    """True, or what a client calls one of its tabs."""
    return value if isinstance(value, bool) else opaque(value, limits)


def flag(value: object, _limits: Limits) -> bool:
    if not isinstance(value, bool):
        raise BadRequest("must be true or false")
    return value


def _one_of(value: object, _limits: Limits, *, kind: type[StrEnum]) -> StrEnum:
    if not isinstance(value, str) or value not in kind.__members__.values():
        raise BadRequest("must be one of: " + ", ".join(kind))
    return kind(value)


def _clock(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_CLOCK


def _relative_position(value: object) -> dict[str, object]:
    """One Yjs relative position as JSON: where in `content`, by item or at its end."""
    if not isinstance(value, dict) or not value.keys() <= {"type", "tname", "item", "assoc"}:
        raise BadRequest("must hold Yjs relative positions")
    clean: dict[str, object] = {}
    for part in ("type", "item"):
        ident = value.get(part)
        if ident is None:
            continue
        if (
            not isinstance(ident, dict)
            or ident.keys() != {"client", "clock"}
            or not all(map(_clock, ident.values()))
        ):
            raise BadRequest("must hold Yjs relative positions")
        clean[part] = {"client": ident["client"], "clock": ident["clock"]}
    if value.get("tname") is not None:
        if value["tname"] != "content":
            raise BadRequest("must point into the text `content`")
        clean["tname"] = "content"
    assoc = value.get("assoc", 0)
    if isinstance(assoc, bool) or not isinstance(assoc, int) or assoc not in (-1, 0):
        raise BadRequest("must hold Yjs relative positions")
    clean["assoc"] = assoc
    if not clean.keys() & {"type", "item", "tname"}:
        raise BadRequest("must hold Yjs relative positions")
    return clean


def pointed_range(value: object, _limits: Limits) -> dict[str, object]:
    if not isinstance(value, dict) or value.keys() != {"anchor", "head"}:
        raise BadRequest("must be {anchor, head}")
    return {end: _relative_position(value[end]) for end in ("anchor", "head")}


def cursor(value: object, limits: Limits) -> dict[str, object] | None:
    """The main caret or selection, and in `others` those of a multiple selection."""
    if value is None:
        return None
    if not isinstance(value, dict) or not {"anchor", "head"} <= value.keys() <= _CURSOR_FIELDS:
        raise BadRequest("must be {anchor, head, others?} or null")
    place = pointed_range({end: value[end] for end in ("anchor", "head")}, limits)
    others = value.get("others")
    if others is None:
        return place
    if not isinstance(others, list) or len(others) > MOST_CARETS:
        raise BadRequest(f"must have at most {MOST_CARETS} `others`")
    return {**place, "others": [pointed_range(each, limits) for each in others]}


def rotation_minutes(value: object, _limits: Limits) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_TURN:
        raise BadRequest(f"must be a whole number from 1 to {LONGEST_TURN}, or null")
    return value


def rotation_order(value: object, limits: Limits) -> tuple[str, ...]:
    """Participant IDs, each once; those that nobody has are of no consequence."""
    if not isinstance(value, list) or len(value) > MOST_IN_ORDER:
        raise BadRequest(f"must be a list of at most {MOST_IN_ORDER} participant IDs")
    order = tuple(opaque(each, limits) for each in value)
    if len(set(order)) != len(order):
        raise BadRequest("must name everybody once")
    return order


# --- client to server --------------------------------------------------------------------------


def _must(check: Check) -> Any:
    return field(metadata={"check": check})


def _may(check: Check, default: object = None) -> Any:
    return field(default=default, metadata={"check": check})


_write_mode: Check = partial(_one_of, kind=WriteMode)
_run_policy: Check = partial(_one_of, kind=RunPolicy)
_join_policy: Check = partial(_one_of, kind=JoinPolicy)
_activity: Check = partial(_one_of, kind=Activity)
_which: Check = partial(_one_of, kind=Which)


@dataclass(frozen=True, kw_only=True)
class ClientEvent:
    """What every event carries."""

    session_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class JoinSession(ClientEvent):
    name: str | None = _may(name)
    host_key: str | None = _may(opaque)
    resume: str | None = _may(opaque)
    passcode: str | None = _may(given_passcode)
    state_vector: bytes | None = _may(state_vector)
    tab: str | bool | None = _may(tab)


@dataclass(frozen=True, kw_only=True)
class LeaveSession(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class CodeChange(ClientEvent):
    content: str = _must(document_text)


@dataclass(frozen=True, kw_only=True)
class DocUpdate(ClientEvent):
    update: bytes = _must(_base64)


@dataclass(frozen=True, kw_only=True)
class DocCheck(ClientEvent):
    state_vector: bytes = _must(state_vector)
    hash: int = _must(crc32)


@dataclass(frozen=True, kw_only=True)
class Presence(ClientEvent):
    cursor: dict[str, object] | None = _must(cursor)


@dataclass(frozen=True, kw_only=True)
class SendMessage(ClientEvent):
    message: str = _must(message)


@dataclass(frozen=True, kw_only=True)
class Rename(ClientEvent):
    name: str = _must(name)


@dataclass(frozen=True, kw_only=True)
class RequestWrite(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class CancelRequest(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ReleaseWrite(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class GrantWrite(ClientEvent):
    participant_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class RevokeWrite(ClientEvent):
    participant_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class TransferHost(ClientEvent):
    participant_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class RemoveParticipant(ClientEvent):
    participant_id: str = _must(opaque)
    rotate: bool = _may(flag, False)


@dataclass(frozen=True, kw_only=True)
class RotateLinks(ClientEvent):
    which: Which = _must(_which)


@dataclass(frozen=True, kw_only=True)
class Admit(ClientEvent):
    participant_id: str = _must(opaque)
    allow: bool = _must(flag)


@dataclass(frozen=True, kw_only=True)
class UpdateSession(ClientEvent):
    title: str | None = _may(title)
    language: str | None = _may(opaque)
    write_mode: WriteMode | None = _may(_write_mode)
    run_policy: RunPolicy | None = _may(_run_policy)
    join_policy: JoinPolicy | None = _may(_join_policy)
    passcode: str | Unset | None = _may(passcode_or_none, UNSET)


@dataclass(frozen=True, kw_only=True)
class CloseSession(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class RunStart(ClientEvent):
    code: str | None = _may(run_code)
    stdin: str | None = _may(stdin)


@dataclass(frozen=True, kw_only=True)
class RunInput(ClientEvent):
    run_id: str = _must(opaque)
    data: str = _must(stdin)
    eof: bool = _may(flag, False)


@dataclass(frozen=True, kw_only=True)
class RunStop(ClientEvent):
    run_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class ListRuns(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class GetRun(ClientEvent):
    run_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class LastRun(ClientEvent):
    known: str | None = _may(opaque)


@dataclass(frozen=True, kw_only=True)
class SetRotation(ClientEvent):
    minutes: int | None = _must(rotation_minutes)
    paused: bool | None = _may(flag)
    order: tuple[str, ...] | None = _may(rotation_order)


@dataclass(frozen=True, kw_only=True)
class RotationNext(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class RotationSkip(ClientEvent):
    participant_id: str = _must(opaque)


@dataclass(frozen=True, kw_only=True)
class Gather(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class Point(ClientEvent):
    range: dict[str, object] = _must(pointed_range)


@dataclass(frozen=True, kw_only=True)
class SetActivity(ClientEvent):
    state: Activity = _must(_activity)


CLIENT_EVENTS: Final[Mapping[str, type[ClientEvent]]] = {
    "join_session": JoinSession,
    "leave_session": LeaveSession,
    "code_change": CodeChange,
    "doc_update": DocUpdate,
    "doc_check": DocCheck,
    "presence": Presence,
    "send_message": SendMessage,
    "rename": Rename,
    "request_write": RequestWrite,
    "cancel_request": CancelRequest,
    "release_write": ReleaseWrite,
    "grant_write": GrantWrite,
    "revoke_write": RevokeWrite,
    "transfer_host": TransferHost,
    "remove_participant": RemoveParticipant,
    "rotate_links": RotateLinks,
    "admit": Admit,
    "update_session": UpdateSession,
    "close_session": CloseSession,
    "run_start": RunStart,
    "run_input": RunInput,
    "run_stop": RunStop,
    "list_runs": ListRuns,
    "get_run": GetRun,
    "last_run": LastRun,
    "set_rotation": SetRotation,
    "rotation_next": RotationNext,
    "rotation_skip": RotationSkip,
    "gather": Gather,
    "point": Point,
    "activity": SetActivity,
}


# --- bodies of HTTP requests -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CreateSession:
    title: str | None = _may(title)
    language: str | None = _may(opaque)
    content: str | None = _may(document_text)
    example: bool = _may(flag, False)
    write_mode: WriteMode = _may(_write_mode, WriteMode.HANDOFF)
    run_policy: RunPolicy = _may(_run_policy, RunPolicy.WRITERS)
    join_policy: JoinPolicy = _may(_join_policy, JoinPolicy.OPEN)
    passcode: str | None = _may(passcode_or_none)


@dataclass(frozen=True, kw_only=True)
class RunCode:
    code: str = _must(run_code)
    language: str | None = _may(opaque)
    stdin: str | None = _may(stdin)


# --- parsing -----------------------------------------------------------------------------------


def parse_event(event: str, args: list[object], limits: Limits) -> ClientEvent:
    """The event that a client sent; raises `UnknownEvent`, `BadRequest` or `TooLarge`."""
    kind = CLIENT_EVENTS.get(event)
    if kind is None:
        raise UnknownEvent("There is no such event; see the protocol for those that there are.")
    if len(args) != 1:
        raise BadRequest("An event carries one argument, an object.")
    payload = args[0]
    if kind is JoinSession and isinstance(payload, dict) and payload.get("resume") is not None:
        payload = {**payload, "name": None}  # rule: a resuming client's name is ignored
    return parse(kind, payload, limits)


def parse(kind: type[T], payload: object, limits: Limits) -> T:
    """A `kind` from a JSON object; unknown fields are ignored, null counts as left out where it may
    be."""
    if not isinstance(payload, dict):
        raise BadRequest("The payload must be an object.")
    for ignored in payload.keys() - {each.name for each in fields(cast(Any, kind))}:
        if isinstance(payload[ignored], str):
            _checked("payload", payload[ignored], limits, lambda value, _: _string(value))
    values: dict[str, object] = {}
    for each in fields(cast(Any, kind)):
        value = payload.get(each.name, UNSET)
        required = each.default is MISSING
        if value is UNSET and required:
            raise BadRequest(f"`{each.name}` is missing.")
        if value is UNSET or (value is None and not required and each.default is not UNSET):
            continue
        values[each.name] = _checked(each.name, value, limits, each.metadata["check"])
    return kind(**values)


def _checked(field_name: str, value: object, limits: Limits, check: Check) -> object:
    try:
        return check(value, limits)
    except (BadRequest, TooLarge) as error:
        raise type(error)(f"`{field_name}` {error.message}.") from None


# --- server to clients -------------------------------------------------------------------------


class ParticipantView(TypedDict):
    id: str
    name: str
    color: str
    role: str
    can_write: bool
    online: bool
    joined_at: str
    wants_write: str | None
    holds_key: bool


class ParticipantsUpdate(TypedDict):
    participants: dict[str, ParticipantView]
    host_id: str | None
    writer_id: str | None
    writer_ids: list[str]


class ChatMessage(TypedDict):
    id: int
    participant_id: str | None
    name: str
    message: str
    timestamp: str
    kind: str


def encode_bytes(data: bytes) -> str:
    """A Yjs byte string as it travels: standard base64 text."""
    return base64.b64encode(data).decode("ascii")
