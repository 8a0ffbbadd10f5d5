"""What clients send: every event with its fields, their checks and its answer.

To add an event, write its class here, its name into CLIENT_EVENTS, and its row in docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from . import fields
from .answers import (
    CheckAnswer,
    Done,
    EditAnswer,
    JoinAnswer,
    LastRunAnswer,
    LinksAnswer,
    PastRunAnswer,
    RenameAnswer,
    RunAnswer,
    RunsAnswer,
)
from .enums import Activity, JoinPolicy, RunPolicy, Which, WriteMode
from .fields import UNSET, Unset, optional, required
from .views import Cursor, TextRange


@dataclass(frozen=True, kw_only=True)
class ClientEvent:
    """What every event has. `answer` is what its acknowledgement holds."""

    answer: ClassVar[type] = Done
    session_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class JoinSession(ClientEvent):
    answer = JoinAnswer
    name: str | None = optional(fields.name)
    host_key: str | None = optional(fields.opaque)
    resume: str | None = optional(fields.opaque)
    passcode: str | None = optional(fields.given_passcode)
    state_vector: bytes | None = optional(fields.state_vector)
    tab: str | bool | None = optional(fields.tab)


@dataclass(frozen=True, kw_only=True)
class LeaveSession(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class CodeChange(ClientEvent):
    answer = EditAnswer
    content: str = required(fields.document_text)


@dataclass(frozen=True, kw_only=True)
class DocUpdate(ClientEvent):
    answer = EditAnswer
    update: bytes = required(fields.base64_bytes)


@dataclass(frozen=True, kw_only=True)
class DocCheck(ClientEvent):
    answer = CheckAnswer
    state_vector: bytes = required(fields.state_vector)
    hash: int = required(fields.crc32)


@dataclass(frozen=True, kw_only=True)
class Presence(ClientEvent):
    cursor: Cursor | None = required(fields.cursor)


@dataclass(frozen=True, kw_only=True)
class SendMessage(ClientEvent):
    message: str = required(fields.message)


@dataclass(frozen=True, kw_only=True)
class Rename(ClientEvent):
    answer = RenameAnswer
    name: str = required(fields.name)


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
    participant_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class RevokeWrite(ClientEvent):
    participant_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class TransferHost(ClientEvent):
    participant_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class RemoveParticipant(ClientEvent):
    participant_id: str = required(fields.opaque)
    rotate: bool = optional(fields.flag, False)


@dataclass(frozen=True, kw_only=True)
class RotateLinks(ClientEvent):
    answer = LinksAnswer
    which: Which = required(fields.which)


@dataclass(frozen=True, kw_only=True)
class Admit(ClientEvent):
    participant_id: str = required(fields.opaque)
    allow: bool = required(fields.flag)


@dataclass(frozen=True, kw_only=True)
class UpdateSession(ClientEvent):
    title: str | None = optional(fields.title)
    language: str | None = optional(fields.opaque)
    write_mode: WriteMode | None = optional(fields.write_mode)
    run_policy: RunPolicy | None = optional(fields.run_policy)
    join_policy: JoinPolicy | None = optional(fields.join_policy)
    passcode: str | Unset | None = optional(fields.passcode_or_none, UNSET)


@dataclass(frozen=True, kw_only=True)
class CloseSession(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class RunStart(ClientEvent):
    answer = RunAnswer
    code: str | None = optional(fields.run_code)
    stdin: str | None = optional(fields.stdin)


@dataclass(frozen=True, kw_only=True)
class RunInput(ClientEvent):
    run_id: str = required(fields.opaque)
    data: str = required(fields.stdin)
    eof: bool = optional(fields.flag, False)


@dataclass(frozen=True, kw_only=True)
class RunStop(ClientEvent):
    run_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class ListRuns(ClientEvent):
    answer = RunsAnswer


@dataclass(frozen=True, kw_only=True)
class GetRun(ClientEvent):
    answer = PastRunAnswer
    run_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class LastRun(ClientEvent):
    answer = LastRunAnswer
    known: str | None = optional(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class SetRotation(ClientEvent):
    minutes: int | None = required(fields.rotation_minutes)
    paused: bool | None = optional(fields.flag)
    order: tuple[str, ...] | None = optional(fields.rotation_order)


@dataclass(frozen=True, kw_only=True)
class RotationNext(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class RotationSkip(ClientEvent):
    participant_id: str = required(fields.opaque)


@dataclass(frozen=True, kw_only=True)
class Gather(ClientEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class Point(ClientEvent):
    range: TextRange = required(fields.text_range)


@dataclass(frozen=True, kw_only=True)
class SetActivity(ClientEvent):
    state: Activity = required(fields.activity)


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
