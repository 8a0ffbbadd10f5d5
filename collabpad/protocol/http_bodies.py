"""The bodies of HTTP: of requests as dataclasses that are parsed, of answers as TypedDicts.

The description of the API is made from them (web/openapi.py). `Annotated` adds what JSON Schema can
say beyond a type: a `Keyword`, or a description as a string.
"""

# Annotations are evaluated: TypedDict would compile each one that is a string, at every start.

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, NotRequired, TypedDict

from . import fields
from .enums import JoinPolicy, RunPolicy, WriteMode
from .fields import optional, required
from .views import LanguageView, WireError


class Keyword(NamedTuple):
    """Of JSON Schema."""

    name: str
    value: object


Url = Annotated[str, Keyword("format", "uri")]
Time = Annotated[str, Keyword("format", "date-time")]
Count = Annotated[int, Keyword("minimum", 0)]

# --- requests -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CreateSession:
    title: str | None = optional(fields.title)
    language: str | None = optional(fields.opaque)
    content: str | None = optional(fields.document_text)
    example: bool = optional(fields.flag, False)
    write_mode: WriteMode = optional(fields.write_mode, WriteMode.HANDOFF)
    run_policy: RunPolicy = optional(fields.run_policy, RunPolicy.WRITERS)
    join_policy: JoinPolicy = optional(fields.join_policy, JoinPolicy.OPEN)
    passcode: str | None = optional(fields.passcode_or_none)


@dataclass(frozen=True, kw_only=True)
class RunCode:
    code: str = required(fields.run_code)
    language: str | None = optional(fields.opaque)
    stdin: str | None = optional(fields.stdin)


# --- answers --------------------------------------------------------------------------------------


class ErrorAnswer(TypedDict):
    error: WireError


class Created(TypedDict):
    session_id: str
    host_key: str
    view_id: str
    editor_url: Url
    view_url: Url
    host_url: Url


class SessionState(TypedDict):
    session_id: str
    view_id: NotRequired[str]
    title: str
    language: str
    write_mode: WriteMode
    run_policy: RunPolicy
    join_policy: JoinPolicy
    people: Count
    online: Count
    size: Annotated[Count, "Bytes of the text in UTF-8."]
    created_at: Time
    active_at: Time
    join_url: NotRequired[Url]
    view_url: NotRequired[Url]


class Sessions(TypedDict):
    sessions: list[SessionState]


class Languages(TypedDict):
    languages: list[LanguageView]


class Ended(TypedDict):
    ok: Literal[True]


class Health(TypedDict):
    status: Literal["ok"]
    version: str


class Export(TypedDict):
    """A whole session, as the export in the format `json` gives it."""

    format: Literal["collabpad-session"]
    version: Literal[1]
    exported_at: NotRequired[object]  # of no consequence when it is imported
    title: str
    language: str
    write_mode: WriteMode
    created_at: NotRequired[object]
    content: str
    authors: NotRequired[dict[str, object]]
    base: NotRequired[dict[str, object] | None]
    updates: list[object]
    chat: list[object]
    runs: NotRequired[Annotated[list[object], "Not in exports of earlier versions."]]
