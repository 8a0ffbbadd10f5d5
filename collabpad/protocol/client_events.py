"""What clients send: every event with its fields, their checks and its answer.

To add an event, write its class here, its name into CLIENT_EVENTS, and its row in docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar, dataclass_transform

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

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def client_event(kind: type[T]) -> type[T]:
    """A frozen dataclass, without what takes time at the start and is not used; nothing prints an
    event, which may hold what people typed."""
    return dataclass(frozen=True, kw_only=True, eq=False, repr=False)(kind)


@client_event
class ClientEvent:
    """What every event has. `answer` is what its acknowledgement holds."""

    answer: ClassVar[type] = Done
    session_id: str = required(fields.opaque)


@client_event
class JoinSession(ClientEvent):
    answer = JoinAnswer
    name: str | None = optional(fields.name)
    host_key: str | None = optional(fields.opaque)
    resume: str | None = optional(fields.opaque)
    passcode: str | None = optional(fields.given_passcode)
    state_vector: bytes | None = optional(fields.state_vector)
    tab: str | bool | None = optional(fields.tab)


@client_event
class LeaveSession(ClientEvent):
    pass


@client_event
class CodeChange(ClientEvent):
    answer = EditAnswer
    content: str = required(fields.document_text)


@client_event
class DocUpdate(ClientEvent):
    answer = EditAnswer
    update: bytes = required(fields.base64_bytes)


@client_event
class DocCheck(ClientEvent):
    answer = CheckAnswer
    state_vector: bytes = required(fields.state_vector)
    hash: int = required(fields.crc32)


@client_event
class Presence(ClientEvent):
    cursor: Cursor | None = required(fields.cursor)


@client_event
class SendMessage(ClientEvent):
    message: str = required(fields.message)


@client_event
class Rename(ClientEvent):
    answer = RenameAnswer
    name: str = required(fields.name)


@client_event
class RequestWrite(ClientEvent):
    pass


@client_event
class CancelRequest(ClientEvent):
    pass


@client_event
class ReleaseWrite(ClientEvent):
    pass


@client_event
class GrantWrite(ClientEvent):
    participant_id: str = required(fields.opaque)


@client_event
class RevokeWrite(ClientEvent):
    participant_id: str = required(fields.opaque)


@client_event
class TransferHost(ClientEvent):
    participant_id: str = required(fields.opaque)


@client_event
class RemoveParticipant(ClientEvent):
    participant_id: str = required(fields.opaque)
    rotate: bool = optional(fields.flag, False)


@client_event
class RotateLinks(ClientEvent):
    answer = LinksAnswer
    which: Which = required(fields.which)


@client_event
class Admit(ClientEvent):
    participant_id: str = required(fields.opaque)
    allow: bool = required(fields.flag)


@client_event
class UpdateSession(ClientEvent):
    title: str | None = optional(fields.title)
    language: str | None = optional(fields.opaque)
    write_mode: WriteMode | None = optional(fields.write_mode)
    run_policy: RunPolicy | None = optional(fields.run_policy)
    join_policy: JoinPolicy | None = optional(fields.join_policy)
    passcode: str | Unset | None = optional(fields.passcode_or_none, UNSET)


@client_event
class CloseSession(ClientEvent):
    pass


@client_event
class RunStart(ClientEvent):
    answer = RunAnswer
    code: str | None = optional(fields.run_code)
    stdin: str | None = optional(fields.stdin)


@client_event
class RunInput(ClientEvent):
    run_id: str = required(fields.opaque)
    data: str = required(fields.stdin)
    eof: bool = optional(fields.flag, False)


@client_event
class RunStop(ClientEvent):
    run_id: str = required(fields.opaque)


@client_event
class ListRuns(ClientEvent):
    answer = RunsAnswer


@client_event
class GetRun(ClientEvent):
    answer = PastRunAnswer
    run_id: str = required(fields.opaque)


@client_event
class LastRun(ClientEvent):
    answer = LastRunAnswer
    known: str | None = optional(fields.opaque)


@client_event
class SetRotation(ClientEvent):
    minutes: int | None = required(fields.rotation_minutes)
    paused: bool | None = optional(fields.flag)
    order: tuple[str, ...] | None = optional(fields.rotation_order)


@client_event
class RotationNext(ClientEvent):
    pass


@client_event
class RotationSkip(ClientEvent):
    participant_id: str = required(fields.opaque)


@client_event
class Gather(ClientEvent):
    pass


@client_event
class Point(ClientEvent):
    range: TextRange = required(fields.text_range)


@client_event
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
